"""A whole platform in a temporary state folder and on a port of its own, for measurements; gone afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from galleria.cli.client import PlaneClient
from galleria.cli.place import Place
from galleria.contracts.wire import Deployment, StoreSpec
from tests.support.ports import free_port

PROGRAM = "galleria.control.runtimes.process.platform"


@dataclass(frozen=True)
class TemporaryPlatform:
    """A running platform and a client of its plane with an admin's token."""

    home: Path
    port: int
    plane: PlaneClient

    def create(self, spec: StoreSpec) -> Deployment:
        """Ask for a store; return at once."""
        return self.plane.post("/api/v1/stores", Deployment, spec)

    def wait(self, deployment_id: str, seconds: float = 300.0) -> Deployment:
        """Wait until the deployment has ended."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            deployment = self.plane.get(f"/api/v1/deployments/{deployment_id}", Deployment)
            if deployment.status.final:
                return deployment
            time.sleep(0.05)
        raise TimeoutError(f"{deployment_id} has not ended after {seconds:.0f} s")


@contextmanager
def temporary_platform() -> Iterator[TemporaryPlatform]:
    """Bring a platform up, and down again."""
    home, port = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp")), free_port()
    try:
        _run("up", home, port)
        place = Place(home=home, url=f"http://galleria.localhost:{port}", port=port)
        with PlaneClient(place, (home / "operator-token").read_text().strip()) as plane:
            yield TemporaryPlatform(home, port, plane)
    finally:
        _run("down", home, port)
        shutil.rmtree(home, ignore_errors=True)


def _run(act: str, home: Path, port: int) -> None:
    command = [sys.executable, "-m", PROGRAM, act, "--home", str(home), "--port", str(port), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"platform {act} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def write_result(name: str, result: dict[str, object]) -> Path:
    """Write what was measured to ``bench/out/<name>.json``."""
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    file = out / f"{name}.json"
    file.write_text(json.dumps(result, indent=2) + "\n")
    return file
