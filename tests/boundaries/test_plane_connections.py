"""Every outgoing connection, started program and opened file of the plane's process, over a full session with a store.

The store's shop agent is the real one. The plane may reach its socket, and nothing else of the store or of the world.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from galleria.contracts.words import STORE_COMPONENTS, Operation
from tests.support.running_agent import STORE, running_agent
from tests.support.running_plane import RunningPlane, init, running

RECORDER = """
import json, os, sys

_out = os.open(os.environ["GALLERIA_TEST_RECORD"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_names = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen",
          "os.exec", "os.posix_spawn", "os.fork", "os.system", "open"}

def _hook(name, arguments):
    if name not in _names:
        return
    if name == "open" and "/instances" not in str(arguments[0]):
        return
    address = arguments[1] if name in ("socket.connect", "socket.sendto") else arguments[0]
    if isinstance(address, str) and name == "socket.connect":
        address = os.path.realpath(address)  # the client goes by way of a descriptor
    os.write(_out, (json.dumps([name, str(address)]) + "\\n").encode())

sys.addaudithook(_hook)
"""


@dataclass(frozen=True)
class Recorded:
    """A plane that records itself."""

    plane: RunningPlane
    file: Path

    def lines(self) -> set[tuple[str, str]]:
        """What it has recorded so far."""
        return {(name, address) for name, address in map(json.loads, self.file.read_text("utf-8").splitlines())}


def recording(folder: Path) -> dict[str, str]:
    """The environment in which a Python process records itself."""
    (folder / "sitecustomize.py").write_text(RECORDER, "utf-8")
    return {"PYTHONPATH": str(folder), "GALLERIA_TEST_RECORD": str(folder / "record")}


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with running_agent() as agent:
        (agent.home / "plane").mkdir(mode=0o700)
        shutil.copy(agent.home / "signing-key", agent.home / "plane" / "signing-key")
        init(agent.home)
        with running(agent.home, recording(tmp_path)) as plane:
            yield Recorded(plane, tmp_path / "record")


def test_a_full_session_reaches_the_agent_and_nothing_else(recorded: Recorded) -> None:
    plane = recorded.plane
    with plane.client(plane.operator_token) as operator, plane.client(plane.runner_token) as runner:
        provision(operator, runner)
        for operation in Operation:
            run = operator.post(f"/api/v1/stores/{STORE}/operations/{operation.value}").json()["data"]
            # The store around the agent is a made-up one, whose diagnostics are honest about that.
            assert run["outcome"] == "passed" or operation is Operation.DIAGNOSTICS, run
            assert run["error_code"] in (None, "operation_failed"), run
        for path in ("/status", "/api/v1/stores", "/api/v1/audit/verify", "/api/v1/deployments", "/api/v1/tokens"):
            assert operator.get(path).status_code == 200
        browse(plane)
        assert operator.delete(f"/api/v1/stores/{STORE}").status_code == 202
    agent_socket = str(plane.home / "agents" / STORE / "agent.sock")
    assert recorded.lines() == {("socket.connect", agent_socket)}


def provision(operator: httpx.Client, runner: httpx.Client) -> None:
    """Register the store and carry its provisioning out, as a runner does."""
    assert operator.post("/api/v1/stores", json={"store_id": STORE, "name": "One"}).status_code == 202
    who = {"runner_id": "runner-a"}
    claim = runner.post("/api/v1/runner/claim", json={**who, "runtimes": ["process"], "wait_seconds": 0}).json()["data"]
    at, now = f"/api/v1/runner/deployments/{claim['deployment_id']}", datetime.now(UTC).isoformat()
    assert runner.post(f"{at}/heartbeat", json=who).status_code == 200
    smoke = runner.post(f"{at}/smoke", json=who).json()["data"]
    assert smoke["passed"], smoke
    revision = {"number": 1, "artifacts": {}, "versions": {}, "since": now}
    end = {**who, "status": "succeeded", "reason": "", "revision": revision, "seconds": 1.0}
    assert runner.post(f"{at}/finish", json=end).status_code == 200
    processes = [
        {"component": component.value, "slot": "blue", "state": "running", "since": now}
        for component in STORE_COMPONENTS
    ]
    seen = {"store_id": STORE, "processes": processes, "routed": True}
    observation = {**who, "runtime": "process", "observed_at": now, "stores": [seen]}
    assert runner.post("/api/v1/runner/observations", json=observation).status_code == 200
    assert operator.get(f"/api/v1/stores/{STORE}").json()["data"]["state"] == "selling"


def browse(plane: RunningPlane) -> None:
    """Look at the pages as a browser does."""
    with plane.client() as browser:
        for path in ("/", "/sign-in", f"/stores/{STORE}", "/audit", "/nothing"):
            assert browser.get(path, headers={"Accept": "text/html"}).status_code < 500


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "socket.connect"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import pathlib; pathlib.Path('/tmp/instances').is_dir() or open('/tmp/instances/x', 'a')", "open"),
    ],
)
def test_the_recorder_would_see_it(tmp_path: Path, act: str, expected: str) -> None:
    environment = {**os.environ, **recording(tmp_path)}
    subprocess.run([sys.executable, "-c", act], env=environment, capture_output=True, check=False, timeout=30)
    assert expected in (tmp_path / "record").read_text("utf-8")
