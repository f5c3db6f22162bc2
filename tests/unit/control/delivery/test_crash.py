"""A runner that is killed at every point goes on where it was, and what it ends with is true.

One deployment meets every death in turn: right before and right after each step (after: the effect is there, the
checkpoint is not), and the same in every undo. After each death a new runner starts on what the last one left.
"""

from __future__ import annotations

import fcntl
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Set
from pathlib import Path

import psutil
import pytest

from galleria.contracts.words import DeploymentKind, DeploymentStatus, Outcome
from galleria.control.delivery.records import Making, Records
from tests.unit.control.delivery.plane_server import serving
from tests.unit.control.delivery.stage import HandClock, ScriptedPlane, a_claim
from tests.unit.control.delivery.test_provision import STEPS

ROOT = Path(__file__).parents[4]
PATIENCE = 900.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "platform.json").write_text('{"port": 8080}')
    (tmp_path / "runner").mkdir()
    (tmp_path / "runner" / "token").write_text("t")
    return tmp_path


@pytest.fixture
def plane(home: Path) -> Iterator[ScriptedPlane]:
    plane = ScriptedPlane(HandClock())
    with serving(plane, home / "plane" / "run" / "plane.sock"):
        yield plane


def run_until_finished(home: Path, plane: ScriptedPlane) -> int:
    """Start runners, each after the death of the one before, until the deployment is finished; count the deaths."""
    deaths, give_up_at = 0, time.monotonic() + PATIENCE
    with (home / "runner.log").open("wb") as log:
        while True:
            command = [sys.executable, "-m", "tests.unit.control.delivery.mortal_runner", str(home)]
            runner = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            while runner.poll() is None and not plane.finishes:
                assert time.monotonic() < give_up_at, (home / "runner.log").read_text()[-5000:]
                time.sleep(0.01)
            if plane.finishes:
                runner.send_signal(signal.SIGTERM)
                assert runner.wait(10) == 0
                return deaths
            assert runner.returncode == -signal.SIGKILL, (home / "runner.log").read_text()[-5000:]
            deaths += 1


def spare(home: Path, deployment_id: str, keep: Set[str] = frozenset()) -> None:
    """Let no death happen in the steps of a provisioning but those to ``keep``."""
    (home / "deaths").mkdir(exist_ok=True)
    for when in ("before", "after"):
        for name in STEPS:
            if f"{when} {name}" not in keep:
                (home / "deaths" / f"{deployment_id} {when} {name}").touch()


def routes(home: Path) -> dict[str, object]:
    loaded: dict[str, object] = pickle.loads((home / "gateway.pickle").read_bytes())  # noqa: S301 - our own file
    return loaded


def instances(home: Path) -> dict[str, object]:
    _, loaded = pickle.loads((home / "runtime.pickle").read_bytes())  # noqa: S301 - our own file
    assert isinstance(loaded, dict)
    return loaded


def test_killed_before_and_after_every_step_a_store_is_made_once(home: Path, plane: ScriptedPlane) -> None:
    plane.claims = [a_claim()]
    assert run_until_finished(home, plane) == 2 * len(STEPS)
    (finish,) = plane.finishes
    assert finish.status is DeploymentStatus.SUCCEEDED
    assert plane.shown() == dict.fromkeys(STEPS, Outcome.PASSED)
    assert set(routes(home)) == set(instances(home)) == {"shop-001"}
    (record,) = Records(home / "runner" / "stores").all()
    assert record.making is Making.WHOLE
    assert record.attempt == 1


def test_killed_before_and_after_every_undo_nothing_is_left(home: Path, plane: ScriptedPlane) -> None:
    (home / "door-fails").touch()
    plane.claims = [a_claim()]
    run_and_undo = 2 * (len(STEPS) - 1) - 1 + 2 * len(STEPS)  # the failing step has no "after", the last never runs
    assert run_until_finished(home, plane) == run_and_undo
    (finish,) = plane.finishes
    assert finish.status is DeploymentStatus.FAILED
    assert "front page" in finish.reason
    assert routes(home) == instances(home) == {}
    assert Records(home / "runner" / "stores").all() == []


def test_two_stores_are_made_side_by_side_through_deaths(home: Path, plane: ScriptedPlane) -> None:
    plane.claims = [a_claim(), a_claim(store_id="shop-002", deployment_id="dep-2")]
    spare(home, "dep-1", keep={"after smoke", "before open the door"})
    spare(home, "dep-2", keep={"after copy template", "after start processes"})
    while len(plane.finishes) < 2:
        plane.finishes, first = [], plane.finishes
        run_until_finished(home, plane)
        plane.finishes += first
    assert {finish.status for finish in plane.finishes} == {DeploymentStatus.SUCCEEDED}
    assert set(routes(home)) == set(instances(home)) == {"shop-001", "shop-002"}


def test_decommission_ends_true_through_every_death(home: Path, plane: ScriptedPlane) -> None:
    spare(home, "dep-1")
    plane.claims = [a_claim()]
    run_until_finished(home, plane)
    plane.finishes.clear()
    plane.claims = [a_claim(DeploymentKind.DECOMMISSION, deployment_id="dep-2")]
    assert run_until_finished(home, plane) == 6
    assert plane.finishes[0].status is DeploymentStatus.SUCCEEDED
    assert routes(home) == instances(home) == {}
    assert Records(home / "runner" / "stores").all() == []


def test_a_second_runner_on_the_same_state_folder_is_refused(home: Path, plane: ScriptedPlane) -> None:
    command = [sys.executable, "-m", "galleria.control.delivery", "serve", "--home", str(home)]
    with (home / "runner" / "runner.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 3
    assert "another runner" in second.stdout


def test_the_runner_listens_on_no_tcp_port(home: Path, plane: ScriptedPlane) -> None:
    spare(home, "dep-1")
    plane.claims = [a_claim()]
    command = [sys.executable, "-m", "tests.unit.control.delivery.mortal_runner", str(home)]
    runner = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not plane.finishes:
            assert runner.poll() is None
            time.sleep(0.01)
        assert psutil.Process(runner.pid).net_connections(kind="inet") == []
    finally:
        runner.terminate()
        assert runner.wait(10) == 0
    assert (home / "runner" / "dbos.sqlite").stat().st_mode & 0o777 == 0o600
