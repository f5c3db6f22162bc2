"""A lost lease stops the work at the next step boundary; a plane that is away for a while costs nothing."""

from __future__ import annotations

import pytest

from galleria.contracts.words import DeploymentStatus, Outcome
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.executing import LOST
from galleria.control.delivery.faults import AskAgain, GiveUp, LeaseLost
from galleria.control.delivery.lease import Lease
from tests.unit.control.delivery.stage import Stage, a_claim


def carry_out(stage: Stage, attempt: int = 1) -> str:
    return stage.executor.carry_out(a_claim(attempt=attempt).model_dump_json(), NullCheckpoints())


def a_lease(stage: Stage) -> Lease:
    return Lease(a_claim(), "runner-1", stage.plane, stage.clock)


def test_held_as_long_as_the_plane_answers(stage: Stage) -> None:
    lease = a_lease(stage)
    for _ in range(20):
        stage.clock.passed += 5
        lease.beat()
        lease.ensure_held()
    assert len(stage.plane.beats) == 20


def test_lost_when_the_plane_was_silent_for_its_whole_length(stage: Stage) -> None:
    lease = a_lease(stage)
    stage.plane.faults["heartbeat"] = [AskAgain("away")] * 10
    stage.clock.passed = 29.9
    lease.beat()
    lease.ensure_held()
    stage.clock.passed = 30.0
    with pytest.raises(LeaseLost, match="not answered for 30 s"):
        lease.ensure_held()


def test_counts_from_when_the_answered_heartbeat_was_sent(stage: Stage) -> None:
    lease = a_lease(stage)
    stage.clock.passed = 10
    lease.beat()
    stage.clock.passed = 39.9
    lease.ensure_held()
    stage.clock.passed = 40
    with pytest.raises(LeaseLost):
        lease.ensure_held()


@pytest.mark.parametrize("fault", [LeaseLost("Another runner has it."), GiveUp("There is no such deployment.")])
def test_lost_when_the_plane_says_so_and_never_found_again(stage: Stage, fault: Exception) -> None:
    lease = a_lease(stage)
    stage.plane.faults["heartbeat"] = [fault]
    lease.beat()
    lease.beat()
    with pytest.raises(LeaseLost, match=str(fault)):
        lease.ensure_held()


def test_a_lost_lease_stops_at_the_next_step_boundary_and_undoes_nothing(stage: Stage) -> None:
    stage.plane.faults["report_step"] = [LeaseLost("Another runner has it.")]
    assert carry_out(stage) == LOST
    assert stage.plane.finishes == []
    assert not any(act.startswith(("make_template", "remove_instance")) for act in stage.runtime.acts)


def test_a_lease_lost_in_the_middle_of_a_step_ends_the_attempt(stage: Stage) -> None:
    stage.plane.faults["smoke"] = [LeaseLost("Another runner has it.")]
    assert carry_out(stage) == LOST
    assert stage.held() == {"shop-001"}


def test_nothing_is_done_before_the_plane_has_answered_a_heartbeat(stage: Stage) -> None:
    stage.plane.faults["heartbeat"] = [AskAgain("away"), AskAgain("away"), LeaseLost("Another runner has it.")]
    assert carry_out(stage) == LOST
    assert stage.runtime.acts == []


def test_the_next_attempt_after_a_lost_lease_ends_well(stage: Stage) -> None:
    stage.plane.faults["smoke"] = [LeaseLost("Another runner has it.")]
    carry_out(stage)
    assert carry_out(stage, attempt=2) == DeploymentStatus.SUCCEEDED


def test_what_the_plane_missed_while_it_was_away_is_told_in_order(stage: Stage) -> None:
    stage.plane.faults["report_step"] = [AskAgain("away")] * 6
    assert carry_out(stage) == DeploymentStatus.SUCCEEDED
    passed = [report.name for report in stage.plane.reports if report.outcome is Outcome.PASSED]
    assert passed[:2] == ["read what is wanted", "prepare artifact"]
    assert len(passed) == 15


def test_a_report_that_the_plane_refuses_does_not_hold_up_the_store(stage: Stage) -> None:
    stage.plane.faults["report_step"] = [GiveUp("no such step")]
    assert carry_out(stage) == DeploymentStatus.SUCCEEDED


def test_the_finish_report_is_repeated_until_the_plane_hears_it(stage: Stage) -> None:
    stage.plane.faults["finish"] = [AskAgain("away", retry_after=1.0)] * 5
    assert carry_out(stage) == DeploymentStatus.SUCCEEDED
    assert len(stage.plane.finishes) == 1


def test_a_plane_that_stays_away_ends_the_attempt_as_lost(stage: Stage) -> None:
    stage.plane.faults["finish"] = [AskAgain("away", retry_after=1.0)] * 1000
    assert carry_out(stage) == LOST
    assert stage.clock.passed == pytest.approx(30, abs=1.5)


def test_steps_untold_at_the_end_are_told_before_the_end(stage: Stage) -> None:
    stage.plane.faults["report_step"] = [AskAgain("away")] * 30
    assert carry_out(stage) == DeploymentStatus.SUCCEEDED
    assert [report.name for report in stage.plane.reports][-1] == "record time-to-provision"
