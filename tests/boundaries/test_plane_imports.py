"""No import path leads from the plane to a store's trade, or to a runtime that could act."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROBE = """
import json, sys
from pathlib import Path
from galleria.control.plane import founding, serving
from galleria.control.plane.api.app import create_app
from galleria.control.plane import wiring
from galleria.control.plane.settings import PlaneSettings
home = Path(sys.argv[1])
settings = PlaneSettings(data=home / "plane", agents=home / "agents")
founding.found(settings, home)
create_app(wiring.open_services(settings))
if len(sys.argv) > 2:
    __import__(sys.argv[2])
print(json.dumps(sorted(sys.modules)))
"""

FORBIDDEN = (
    "galleria.shop",
    "galleria.cli",
    "galleria.control.delivery",
    "galleria.control.runtimes",
    "galleria.control.gateway",
    "galleria.control.secrets",
    "django",
    "oscar",
    "ariadne",
    "tantivy",
    "dbos",
    "supervisor",
    "docker",
    "kubernetes",
)


def loaded(home: Path, more: str = "") -> list[str]:
    """The modules of a process that has built the whole plane, and of ``more``."""
    command = [sys.executable, "-c", PROBE, str(home), *([more] if more else [])]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    return modules


def forbidden(modules: list[str]) -> list[str]:
    return [name for name in modules if any(name == one or name.startswith(f"{one}.") for one in FORBIDDEN)]


def test_the_whole_plane_loads_no_shop_and_no_runtime(tmp_path: Path) -> None:
    modules = loaded(tmp_path)
    assert "galleria.control.plane.ui.site" in modules
    assert forbidden(modules) == []


@pytest.mark.parametrize("module", ["galleria.shop.engine", "galleria.control.runtimes.port", "django"])
def test_the_probe_would_see_one(tmp_path: Path, module: str) -> None:
    assert forbidden(loaded(tmp_path, module)) != []


def test_the_import_rules_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    for contract in ("The plane asks, never acts", "Zones never import each other"):
        assert contract in done.stdout
