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
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import cast

import psutil
import pytest

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.wire import Claim
from galleria.contracts.words import DeploymentKind, DeploymentStatus, Outcome, Slot
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord, Making, Records
from galleria.control.delivery.runner import workflows
from tests.support.mortal import Deaths
from tests.unit.control.delivery.mortal_runner import LastingRuntime
from tests.unit.control.delivery.plane_server import serving
from tests.unit.control.delivery.stage import HandClock, ScriptedPlane, ScriptedReleases, a_claim
from tests.unit.control.delivery.test_deploy import DEPLOY_STEPS, ROLLBACK_STEPS
from tests.unit.control.delivery.test_provision import STEPS

ROOT = Path(__file__).parents[4]
PATIENCE = 900.0

ALL_STEPS = {kind: [step.name for step in steps] for kind, steps in workflows(cast(Parts, None)).items()}
"""Of each kind of deployment, from the workflows themselves."""


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


def run_until_finished(home: Path, plane: ScriptedPlane, deployment_id: str = "dep-1") -> int:
    """Let runners live, each after the death of the one before, until the deployment is finished; count the deaths."""
    deaths, give_up_at = Deaths(home / "deaths"), time.monotonic() + PATIENCE
    before = deaths.happened()
    if plane.ended(deployment_id):  # beside another one
        return 0
    with (home / "runner.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.unit.control.delivery.mortal_runner", str(home)]
        runners = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        while not plane.ended(deployment_id):
            assert runners.poll() is None, (home / "runner.log").read_text()[-5000:]
            assert time.monotonic() < give_up_at, (home / "runner.log").read_text()[-5000:]
            time.sleep(0.01)
        runners.send_signal(signal.SIGTERM)
        assert runners.wait(60) == 0
    return deaths.happened() - before


def spare(home: Path, deployment_id: str, keep: Set[str] = frozenset(), steps: Sequence[str] = STEPS) -> None:
    """Let no death happen in the steps of a deployment but those to ``keep``."""
    deaths = Deaths(home / "deaths")
    for when in ("before", "after"):
        for name in steps:
            if f"{when} {name}" not in keep:
                deaths.spare(deployment_id, f"{when} {name}")


def routes(home: Path) -> dict[str, object]:
    loaded: dict[str, object] = pickle.loads((home / "gateway.pickle").read_bytes())  # noqa: S301 - our own file
    return loaded


def instances(home: Path) -> dict[str, object]:
    _, loaded, _ = pickle.loads((home / "runtime.pickle").read_bytes())  # noqa: S301 - our own file
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
    assert "storefront page" in finish.reason
    assert routes(home) == instances(home) == {}
    assert Records(home / "runner" / "stores").all() == []


def test_two_stores_are_made_side_by_side_through_deaths(home: Path, plane: ScriptedPlane) -> None:
    plane.claims = [a_claim(), a_claim(store_id="shop-002", deployment_id="dep-2")]
    spare(home, "dep-1", keep={"after smoke", "before open the door"})
    spare(home, "dep-2", keep={"after copy template", "after start processes"})
    run_until_finished(home, plane, "dep-1")
    run_until_finished(home, plane, "dep-2")
    assert {finish.status for finish in plane.finishes} == {DeploymentStatus.SUCCEEDED}
    assert set(routes(home)) == set(instances(home)) == {"shop-001", "shop-002"}


def test_decommission_ends_true_through_every_death(home: Path, plane: ScriptedPlane) -> None:
    spare(home, "dep-1")
    plane.claims = [a_claim()]
    run_until_finished(home, plane)
    plane.finishes.clear()
    plane.claims = [a_claim(DeploymentKind.DECOMMISSION, deployment_id="dep-2")]
    assert run_until_finished(home, plane, "dep-2") == 6
    assert plane.finishes[-1].status is DeploymentStatus.SUCCEEDED
    assert routes(home) == instances(home) == {}
    assert Records(home / "runner" / "stores").all() == []


@pytest.fixture
def selling(home: Path, plane: ScriptedPlane) -> ScriptedPlane:
    """A plane with a store that was made without a death."""
    spare(home, "dep-1")
    plane.claims = [a_claim()]
    run_until_finished(home, plane)
    plane.finishes.clear()
    plane.reports.clear()
    return plane


def a_deploy(deployment_id: str = "dep-2", generation: int = 2, number: int = 2) -> Claim:
    asked = DeploySpec(release_id=ScriptedReleases().add(generation=generation))
    return a_claim(DeploymentKind.DEPLOY, deployment_id=deployment_id, revision_number=number, asked=asked)


def slots_of(home: Path) -> tuple[set[Slot], int]:
    """Return the live slots of the store and how many processes are beside them."""
    slots = instances(home)["shop-001"].slots  # type: ignore[attr-defined]  # the null runtime's own
    return {place.slot for place in slots.live.values()}, len(slots.beside)


def the_record(home: Path) -> InstanceRecord:
    (record,) = Records(home / "runner" / "stores").all()
    return record


def test_killed_before_and_after_every_step_of_a_deployment_it_is_made_once(home: Path, selling: ScriptedPlane) -> None:
    selling.claims = [a_deploy()]
    assert run_until_finished(home, selling, "dep-2") == 2 * len(DEPLOY_STEPS)
    finish = selling.finishes[-1]
    assert finish.status is DeploymentStatus.SUCCEEDED
    assert selling.shown().items() >= dict.fromkeys(DEPLOY_STEPS, Outcome.PASSED).items()
    assert slots_of(home) == ({Slot.GREEN}, 3)
    record = the_record(home)
    assert (record.current, record.moving, len(record.revisions)) == (2, None, 2)
    assert "green" in str(routes(home)["shop-001"])


def test_killed_before_and_after_every_undo_of_a_deployment_the_store_is_as_before(
    home: Path, selling: ScriptedPlane
) -> None:
    (home / "green-door-fails").touch()
    selling.claims = [a_deploy()]
    before_the_door = DEPLOY_STEPS.index("smoke through the public door")
    assert run_until_finished(home, selling, "dep-2") == 2 * before_the_door + 1 + 2 * len(DEPLOY_STEPS)
    finish = selling.finishes[-1]
    assert finish.status is DeploymentStatus.ROLLED_BACK
    assert finish.quarantined
    assert slots_of(home) == ({Slot.BLUE}, 0)
    record = the_record(home)
    assert (record.current, record.moving, len(record.quarantined)) == (1, None, 1)
    assert "blue" in str(routes(home)["shop-001"])


def test_killed_before_and_after_every_step_of_a_rollback_it_goes_back_once(home: Path, selling: ScriptedPlane) -> None:
    for claim in (a_deploy("dep-2", 2, 2), a_deploy("dep-3", 3, 3)):
        spare(home, claim.deployment_id, steps=DEPLOY_STEPS)
        selling.claims = [claim]
        run_until_finished(home, selling, claim.deployment_id)
    selling.reports.clear()
    selling.claims = [a_claim(DeploymentKind.ROLLBACK, deployment_id="dep-4", asked=RollbackSpec())]
    assert run_until_finished(home, selling, "dep-4") == 2 * len(ROLLBACK_STEPS)
    finish = selling.finishes[-1]
    assert finish.status is DeploymentStatus.SUCCEEDED
    assert selling.shown().items() >= dict.fromkeys(ROLLBACK_STEPS, Outcome.PASSED).items()
    assert slots_of(home) == ({Slot.GREEN}, 0)
    assert (the_record(home).current, the_record(home).moving) == (2, None)


def test_killed_before_and_after_every_step_of_a_configuration_it_comes_once(
    home: Path, selling: ScriptedPlane
) -> None:
    LastingRuntime(home / "runtime.pickle").put_configuration("shop-001", 2, "A=2")
    spec = ConfigureSpec(config_version=2, secret_version=2)
    selling.claims = [a_claim(DeploymentKind.CONFIGURE, deployment_id="dep-2", revision_number=2, asked=spec)]
    assert run_until_finished(home, selling, "dep-2") == 2 * len(ALL_STEPS[DeploymentKind.CONFIGURE])
    assert selling.finishes[-1].status is DeploymentStatus.SUCCEEDED
    assert slots_of(home) == ({Slot.GREEN}, 3)
    record = the_record(home)
    assert (record.current, record.moving, len(record.revisions)) == (2, None, 2)


def test_killed_before_and_after_every_step_a_store_stops_and_starts(home: Path, selling: ScriptedPlane) -> None:
    for number, kind in enumerate((DeploymentKind.STOP, DeploymentKind.START, DeploymentKind.RESTART), start=2):
        selling.claims = [a_claim(kind, deployment_id=f"dep-{number}")]
        assert run_until_finished(home, selling, f"dep-{number}") == 2 * len(ALL_STEPS[kind])
        assert selling.finishes[-1].status is DeploymentStatus.SUCCEEDED
        assert routes(home)["shop-001"].closed is (kind is DeploymentKind.STOP)  # type: ignore[attr-defined]
    assert the_record(home).current == 1


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
        assert runner.wait(60) == 0
    assert (home / "runner" / "dbos.sqlite").stat().st_mode & 0o777 == 0o600
