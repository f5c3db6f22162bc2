"""A real control plane process on its Unix socket, for tests that need the wire."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True)
class RunningPlane:
    """A plane that answers."""

    home: Path
    process: subprocess.Popen[bytes]
    start_seconds: float

    @property
    def socket(self) -> Path:
        """Where it answers."""
        return self.home / "plane" / "run" / "plane.sock"

    @property
    def operator_token(self) -> str:
        """The first admin's token."""
        return (self.home / "operator-token").read_text("ascii").strip()

    @property
    def runner_token(self) -> str:
        """The runner's token."""
        return (self.home / "runner" / "token").read_text("ascii").strip()

    def client(self, token: str | None = None, timeout: float = 30) -> httpx.Client:
        """Connect to it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.HTTPTransport(uds=str(self.socket))
        return httpx.Client(transport=transport, base_url="http://galleria.localhost", headers=headers, timeout=timeout)

    def resident_bytes(self) -> int:
        """How much memory it holds."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def log(self) -> str:
        """What it has written."""
        return (self.home / "log").read_text("utf-8")


def init(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """Set a plane up and return what the command printed."""
    command = [sys.executable, "-m", "galleria.control.plane", "init", "--home", str(home)]
    done = subprocess.run(
        command, capture_output=True, check=True, timeout=60, env={**os.environ, **(environment or {})}
    )
    (line,) = done.stdout.decode().splitlines()
    told: dict[str, object] = json.loads(line)
    return told


@contextmanager
def running(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[RunningPlane]:
    """Serve from ``home`` until the block ends."""
    plane = home / "plane"
    command = [sys.executable, "-m", "galleria.control.plane", "serve", "--data", str(plane)]
    command += ["--agents", str(home / "agents"), "--socket", str(plane / "run" / "plane.sock")]
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
    begun = time.monotonic()
    try:
        _wait_until_it_answers(home, process, begun)
        yield RunningPlane(home, process, time.monotonic() - begun)
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()


@contextmanager
def fresh_plane(environment: Mapping[str, str] | None = None) -> Iterator[RunningPlane]:
    """Set up and serve a plane in a folder of its own, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="g-"))  # short: a Unix socket's address has 107 bytes
    try:
        init(home, environment)
        with running(home, environment) as plane:
            yield plane
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_it_answers(home: Path, process: subprocess.Popen[bytes], begun: float) -> None:
    address = str(home / "plane" / "run" / "plane.sock")
    while time.monotonic() - begun < 60 and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as knocking:  # httpx would leave a refused socket unclosed
            if knocking.connect_ex(address) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"the plane did not come up: {(home / 'log').read_text('utf-8')[-2000:]}")
