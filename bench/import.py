"""How long an import takes and what it weighs: ``python bench/import.py [--data FOLDER] [--database URL]``.

A new store is founded, the file imported twice by the merchant's own command, each time in a process of its own.
Prints a table and, with ``--json FILE``, writes the figures. Nothing passes or fails by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from galleria.contracts import instance

ROOT = Path(__file__).parents[1]
LUMA = ROOT.parent / "shared" / "data" / "luma"
KEY = '{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'


@dataclass(frozen=True)
class Measured:
    """One run of a command. ``megabytes`` is the most its process held."""

    what: str
    seconds: float
    megabytes: int
    created: int
    changed: int
    unchanged: int
    skipped: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=LUMA, help="folder with products.csv and media/")
    parser.add_argument("--database", default="sqlite:///data/engine.db", help="the store's database address")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="g-import-") as name:
        store = make_store(Path(name), given.database)
        command = ["import", str(given.data / "products.csv"), "--media", str(given.data / "media")]
        runs = [measure(what, store, command) for what in ("first import", "same file again")]
    print(f"{'':18}{'seconds':>9}{'MB':>6}{'new':>7}{'changed':>9}{'same':>7}{'refused':>9}")
    for run in runs:
        figures = f"{run.seconds:9.2f}{run.megabytes:6}{run.created:7}{run.changed:9}{run.unchanged:7}{run.skipped:9}"
        print(f"{run.what:18}{figures}")
    if given.json:
        given.json.write_text(json.dumps([asdict(run) for run in runs], indent=2) + "\n")


def make_store(folder: Path, database: str) -> Path:
    """Return the folder of a new, empty, provisioned store."""
    (folder / "logs").mkdir()
    values = instance.defaults() | {
        "GALLERIA_STORE_ID": "bench",
        "GALLERIA_STORE_NAME": "Bench",
        "GALLERIA_STORE_HOST": "bench.localhost",
        "GALLERIA_PUBLIC_URL": "http://bench.localhost",
        "GALLERIA_MERCHANT_EMAIL": "merchant@bench.localhost",
        "GALLERIA_DATABASE_URL": database,
        "GALLERIA_SECRET_KEY": secrets.token_urlsafe(48),
        "GALLERIA_SESSION_SECRET": secrets.token_urlsafe(48),
        "GALLERIA_AGENT_PUBLIC_KEY": KEY,
    }
    (folder / ".env").write_text(instance.render_env(values))
    if database.startswith("sqlite"):
        engine("template", "--out", str(folder / "data"))
    else:
        (folder / "data").mkdir()
    engine("provision", "--store-dir", str(folder))
    return folder


def measure(what: str, store: Path, command: list[str]) -> Measured:
    """Run a command of the store in a process of its own and return what it took."""
    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    report = engine(*command, "--store-dir", str(store), "--json")
    held = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    found = json.loads(report)
    return Measured(
        what,
        time.perf_counter() - began,
        held // 1024,
        *(found[name] for name in ("created", "changed", "unchanged", "skipped")),
    )


def engine(*arguments: str) -> str:
    """Run a command of the engine and return what it printed."""
    command = [sys.executable, "-I", "-m", "galleria.shop.engine", *arguments]
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
