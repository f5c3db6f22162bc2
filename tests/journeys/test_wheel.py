"""A person without a clone: the wheel in an empty folder does what `make up` does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel_environment() -> Iterator[Path]:
    """An environment like one made by ``pip install galleria[all]``: distributions from here, galleria from a wheel."""
    folder = Path(tempfile.mkdtemp(prefix="g-wheel-"))
    environment = folder / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    here = Path(sysconfig.get_path("purelib"))
    there = environment / here.relative_to(sys.prefix)
    _link_tree(here, there)
    for mine in [
        *there.glob("galleria-*.dist-info"),
        *there.glob("*galleria*.pth"),
        *there.glob("__editable__*galleria*"),
    ]:
        shutil.rmtree(mine) if mine.is_dir() else mine.unlink()
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    python = environment / "bin/python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--compile", wheel]
    subprocess.run(install, check=True)
    _link_tree(Path(sys.prefix) / "bin", environment / "bin", only=("caddy", "supervisord", "supervisorctl"))
    yield environment
    shutil.rmtree(folder)


def _link_tree(source: Path, target: Path, only: tuple[str, ...] = ()) -> None:
    """Copy a tree by hard links where the file system allows it: hundreds of megabytes in a second."""

    def link(one: str, two: str) -> str:
        try:
            os.link(one, two)
        except OSError:
            shutil.copy2(one, two)
        return two

    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if only and entry.name not in only:
            continue
        if entry.is_dir():
            shutil.copytree(entry, target / entry.name, copy_function=link, dirs_exist_ok=True, symlinks=True)
        else:
            link(str(entry), str(target / entry.name))


def _page(port: int, host: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": f"{host}:{port}"})
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - a loopback address of our own
        return response.status, response.read().decode()


def test_a_wheel_in_an_empty_folder_brings_up_a_shop(wheel_environment: Path) -> None:
    empty = Path(tempfile.mkdtemp(prefix="g-empty-"))
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GALLERIA_")}
    environment = {**clean, "GALLERIA_PORT": str(port), "XDG_CONFIG_HOME": str(empty / "config")}
    galleria = str(wheel_environment / "bin/galleria")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [galleria, *arguments], cwd=empty, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    try:
        up = run("up", "--json")
        assert up.returncode == 0, up.stderr
        addresses = json.loads(up.stdout)
        assert [store["store_id"] for store in addresses["stores"]] == ["shop-001"]
        status, page = _page(port, "shop-001.localhost")
        assert status == 200
        assert "<h1" in page or "<main" in page
        for secret in (addresses["operator_token"], addresses["stores"][0]["login"]):
            assert Path(secret).stat().st_mode & 0o777 == 0o600
        assert run("ops", "smoke", "shop-001").returncode == 0
    finally:
        down = run("down")
        shutil.rmtree(empty, ignore_errors=True)
    assert down.returncode == 0, down.stderr
