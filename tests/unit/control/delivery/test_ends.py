"""How a deployment ends that was interrupted: told once what it came to, and true though somebody else was there."""

from __future__ import annotations

import pytest

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import FinishReport, SmokeRequest, SmokeRun
from galleria.contracts.words import STORE_COMPONENTS, DeploymentKind, DeploymentStatus, Outcome, Slot
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.executing import LOST
from galleria.control.delivery.faults import AskAgain, GiveUp
from galleria.control.delivery.local import FAILED, roll_back_here
from tests.unit.control.delivery.stage import Stage, a_claim
from tests.unit.control.delivery.test_deploy import STORE, beside, deploy, live_slots, record, route, selling
from tests.unit.control.delivery.test_local import Heard

__all__ = ["selling"]

AWAY = "The control plane does not answer."


class Killed(BaseException):
    """What a runner meets that is killed."""


def attempt(
    stage: Stage,
    asked: DeploySpec | RollbackSpec | ConfigureSpec,
    number: int = 2,
    *,
    attempt: int = 1,
    checkpoints: NullCheckpoints | None = None,
) -> str:
    kind = {
        DeploySpec: DeploymentKind.DEPLOY,
        RollbackSpec: DeploymentKind.ROLLBACK,
        ConfigureSpec: DeploymentKind.CONFIGURE,
    }[type(asked)]
    claim = a_claim(kind, deployment_id="dep-9", attempt=attempt, revision_number=number, asked=asked)
    return stage.executor.carry_out(claim.model_dump_json(), checkpoints or NullCheckpoints())


def kill_at(stage: Stage, name: str, when: Outcome = Outcome.RUNNING) -> None:
    """Have the runner killed when it tells that this step begins, or has ended."""
    report_step = stage.plane.report_step

    def telling(deployment_id: str, report: object) -> None:
        if (report.name, report.outcome) == (name, when):  # type: ignore[attr-defined]
            stage.plane.report_step = report_step  # type: ignore[method-assign]
            raise Killed
        report_step(deployment_id, report)  # type: ignore[arg-type]

    stage.plane.report_step = telling  # type: ignore[method-assign]


def here(stage: Stage, to: int | None = None) -> int:
    """Roll back on the runner's machine."""
    return roll_back_here(stage.parts, STORE, RollbackSpec(to_revision=to), Heard())


# --- an end that was not heard ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [True, False])
def test_an_end_that_the_plane_did_not_hear_is_told_and_not_made_again(selling: Stage, fails: bool) -> None:
    if fails:
        selling.plane.failing_slots = {Slot.GREEN}
    asked = DeploySpec(release_id=selling.releases.add())
    selling.plane.faults["finish"] = [AskAgain(AWAY, retry_after=1.0)] * 100
    selling.clock.on_sleep = None  # no heartbeat is heard either
    assert attempt(selling, asked) == LOST
    assert selling.plane.finishes == []
    selling.plane.faults.clear()
    selling.clock.on_sleep = selling.leases.beat_once
    acts = list(selling.runtime.acts)
    ended = attempt(selling, asked, attempt=2)
    assert ended == (DeploymentStatus.FAILED if fails else DeploymentStatus.SUCCEEDED)
    (report,) = selling.plane.finishes
    assert report.status == ended
    assert report.quarantined is fails
    if fails:
        assert report.reason.startswith("Smoke the new slot: The smoke run failed")
    assert selling.runtime.acts == acts, "nothing is done again"
    assert list((selling.parts.home / "runner" / "ends").iterdir()) == []


def test_steps_that_the_plane_did_not_hear_are_told_with_the_end(selling: Stage) -> None:
    selling.plane.failing_slots = {Slot.GREEN}
    asked = DeploySpec(release_id=selling.releases.add())
    smoke = selling.plane.smoke

    def last_words(deployment_id: str, request: SmokeRequest) -> SmokeRun:
        for call in ("report_step", "finish", "heartbeat"):
            selling.plane.faults[call] = [AskAgain(AWAY, retry_after=1.0)] * 100
        return smoke(deployment_id, request)

    selling.plane.smoke = last_words  # type: ignore[method-assign]
    assert attempt(selling, asked) == LOST
    selling.plane.faults.clear()
    assert attempt(selling, asked, attempt=2) == DeploymentStatus.FAILED
    assert selling.plane.shown()["smoke the new slot"] is Outcome.FAILED
    assert selling.plane.shown()["undo prepare the free slot"] is Outcome.PASSED


def test_an_end_that_the_plane_refuses_needs_a_person_and_says_why(selling: Stage) -> None:
    refusal = GiveUp("The revision of this deployment has the number 3.", code=ErrorCode.INVALID_REQUEST)
    selling.plane.faults["finish"] = [refusal]
    assert attempt(selling, DeploySpec(release_id=selling.releases.add())) == DeploymentStatus.NEEDS_ATTENTION
    (report,) = selling.plane.finishes
    assert report.revision is None
    assert report.reason == (
        "It succeeded here, and the control plane refused to hear so: The revision of this deployment has the number 3."
    )


def test_an_end_that_cannot_be_written_down_is_told_all_the_same(selling: Stage) -> None:
    (selling.parts.home / "runner" / "ends").rmdir()
    (selling.parts.home / "runner" / "ends").write_text("in the way")
    assert attempt(selling, DeploySpec(release_id=selling.releases.add())) == DeploymentStatus.SUCCEEDED
    assert selling.plane.finishes[-1].status is DeploymentStatus.SUCCEEDED


# --- a store that was taken back on the machine meanwhile -------------------------------------------------------------


@pytest.mark.parametrize("resumed", [True, False])
@pytest.mark.parametrize("at", ["watch", "keep the old slot warm", "switch", "start the free slot"])
def test_what_was_taken_back_on_the_machine_stays_so_when_the_runner_is_back(
    selling: Stage, at: str, resumed: bool
) -> None:
    deploy(selling, selling.releases.add(generation=2))
    selling.plane.finishes.clear()
    release_id = selling.releases.add(generation=3)
    asked, checkpoints = DeploySpec(release_id=release_id), NullCheckpoints()
    kill_at(selling, at)
    with pytest.raises(Killed):
        attempt(selling, asked, number=3, checkpoints=checkpoints)
    met = at in ("watch", "keep the old slot warm")
    assert record(selling).current == (3 if met else 2)
    assert here(selling) == 0
    back = 2 if met else 1
    before = (record(selling), live_slots(selling), beside(selling), route(selling))
    assert record(selling).current == back
    if resumed:
        ended = attempt(selling, asked, number=3, checkpoints=checkpoints)
    else:
        ended = attempt(selling, asked, number=3, attempt=2)
    (report,) = selling.plane.finishes
    assert ended == report.status == (DeploymentStatus.ROLLED_BACK if met else DeploymentStatus.FAILED)
    assert report.reason == f"{STORE} was taken back to revision {back} on the runner's machine meanwhile."
    assert not report.quarantined
    assert (record(selling), live_slots(selling), beside(selling), route(selling)) == before


def test_a_configuration_that_was_taken_back_meanwhile_does_not_come_again(selling: Stage) -> None:
    selling.runtime.put_configuration(STORE, 2, "A=2")
    kill_at(selling, "watch")
    asked = ConfigureSpec(config_version=2, secret_version=1)
    with pytest.raises(Killed):
        attempt(selling, asked)
    assert here(selling) == 0
    assert attempt(selling, asked, attempt=2) == DeploymentStatus.ROLLED_BACK
    assert record(selling).current == 1


def test_a_rollback_that_was_outrun_on_the_machine_ends_so(selling: Stage) -> None:
    for generation in (2, 3):
        deploy(selling, selling.releases.add(generation=generation), number=generation)
    kill_at(selling, "empty the old slot")
    with pytest.raises(Killed):
        attempt(selling, RollbackSpec(to_revision=2), checkpoints=(checkpoints := NullCheckpoints()))
    assert here(selling, 1) == 0
    assert attempt(selling, RollbackSpec(to_revision=2), checkpoints=checkpoints) == DeploymentStatus.ROLLED_BACK
    assert record(selling).current == 1


def test_a_rollback_on_the_machine_that_failed_leaves_it_to_a_person(selling: Stage) -> None:
    asked = DeploySpec(release_id=selling.releases.add())
    kill_at(selling, "watch")
    with pytest.raises(Killed):
        attempt(selling, asked, checkpoints=(checkpoints := NullCheckpoints()))
    selling.knocking.door_fails = 1
    assert here(selling) == FAILED
    assert attempt(selling, asked, checkpoints=checkpoints) == DeploymentStatus.NEEDS_ATTENTION
    assert "has not ended well" in selling.plane.finishes[-1].reason


def test_a_success_that_the_plane_did_not_hear_and_that_was_taken_back_is_told_as_taken_back(selling: Stage) -> None:
    asked = DeploySpec(release_id=selling.releases.add())
    selling.plane.faults["finish"] = [AskAgain(AWAY, retry_after=1.0)] * 100
    selling.clock.on_sleep = None
    assert attempt(selling, asked) == LOST
    assert here(selling) == 0
    selling.plane.faults.clear()
    assert attempt(selling, asked, attempt=2) == DeploymentStatus.ROLLED_BACK
    report: FinishReport = selling.plane.finishes[-1]
    assert report.revision is None
    assert report.reason == f"{STORE} was taken back to revision 1 on the runner's machine meanwhile."
    assert live_slots(selling) == dict.fromkeys(STORE_COMPONENTS, Slot.BLUE)


def test_a_deployment_that_had_begun_nothing_goes_on_from_what_the_store_runs_now(selling: Stage) -> None:
    deploy(selling, selling.releases.add(generation=2))
    asked = DeploySpec(release_id=selling.releases.add(generation=3))
    for resumed in (True, False):
        kill_at(selling, "check the promotion")
        with pytest.raises(Killed):
            attempt(selling, asked, number=3, checkpoints=(checkpoints := NullCheckpoints()))
        if resumed:
            assert here(selling) == 0
            assert attempt(selling, asked, number=3, checkpoints=checkpoints) == DeploymentStatus.FAILED
            reason = selling.plane.finishes[-1].reason
            assert (
                reason == f"Prepare the free slot: {STORE} was moved to revision 1 on the runner's machine meanwhile."
            )
            assert record(selling).current == 1
        else:
            assert attempt(selling, asked, number=3, attempt=2) == DeploymentStatus.SUCCEEDED
            assert record(selling).current == 3
