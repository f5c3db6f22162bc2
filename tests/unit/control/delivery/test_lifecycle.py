"""Start, stop, restart and decommission over the null parts."""

from __future__ import annotations

import pytest

from galleria.contracts.words import DeploymentKind, DeploymentStatus, ProcessState
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.runtimes.port import RuntimeRefused
from tests.unit.control.delivery.stage import Stage, a_claim


def carry_out(stage: Stage, kind: DeploymentKind, store_id: str = "shop-001") -> DeploymentStatus:
    claim = a_claim(kind, store_id, deployment_id=f"dep-{kind}")
    return DeploymentStatus(stage.executor.carry_out(claim.model_dump_json(), NullCheckpoints()))


@pytest.fixture
def selling(stage: Stage) -> Stage:
    """A stage with shop-001 selling."""
    assert carry_out(stage, DeploymentKind.PROVISION) is DeploymentStatus.SUCCEEDED
    stage.plane.reports.clear()
    stage.plane.finishes.clear()
    return stage


def states(stage: Stage) -> set[ProcessState]:
    return {process.state for found in stage.runtime.observe() for process in found.processes}


def door_open(stage: Stage) -> bool:
    return any(not route.closed for route in stage.gateway.routes())


def test_stop_closes_the_door_before_anything_stops_and_keeps_the_store(selling: Stage) -> None:
    assert carry_out(selling, DeploymentKind.STOP) is DeploymentStatus.SUCCEEDED
    assert not door_open(selling)
    assert states(selling) == {ProcessState.STOPPED}
    names = [report.name for report in selling.plane.reports]
    assert names.index("close the door") < names.index("stop processes")


def test_start_after_stop_opens_the_door_again(selling: Stage) -> None:
    carry_out(selling, DeploymentKind.STOP)
    assert carry_out(selling, DeploymentKind.START) is DeploymentStatus.SUCCEEDED
    assert door_open(selling)
    assert states(selling) == {ProcessState.RUNNING}


def test_start_that_is_smoked_red_stops_the_store_again_with_its_door_closed(selling: Stage) -> None:
    carry_out(selling, DeploymentKind.STOP)
    selling.plane.smoke_passes = False
    assert carry_out(selling, DeploymentKind.START) is DeploymentStatus.FAILED
    assert not door_open(selling)
    assert states(selling) == {ProcessState.STOPPED}


def test_restart_is_smoked_and_never_closes_the_door(selling: Stage) -> None:
    assert carry_out(selling, DeploymentKind.RESTART) is DeploymentStatus.SUCCEEDED
    assert door_open(selling)
    assert "smoke" in [report.name for report in selling.plane.reports]


def test_restart_that_fails_says_why(selling: Stage) -> None:
    selling.plane.smoke_passes = False
    assert carry_out(selling, DeploymentKind.RESTART) is DeploymentStatus.FAILED
    assert selling.plane.finishes[0].reason.startswith("Smoke: The smoke run failed")


@pytest.mark.parametrize("kind", [DeploymentKind.START, DeploymentKind.STOP, DeploymentKind.RESTART])
def test_a_store_that_is_not_here_is_refused(stage: Stage, kind: DeploymentKind) -> None:
    assert carry_out(stage, kind) is DeploymentStatus.FAILED
    assert stage.plane.finishes[0].reason == "Find the store: There is no instance of shop-001 here."


def test_decommission_leaves_nothing(selling: Stage) -> None:
    assert carry_out(selling, DeploymentKind.DECOMMISSION) is DeploymentStatus.SUCCEEDED
    assert selling.held() == set()
    assert list(selling.gateway.routes()) == []
    assert selling.records.all() == []


def test_decommission_of_a_store_that_was_never_made_succeeds(stage: Stage) -> None:
    assert carry_out(stage, DeploymentKind.DECOMMISSION) is DeploymentStatus.SUCCEEDED


def test_decommission_that_fails_says_why_and_can_be_asked_again(selling: Stage) -> None:
    selling.runtime.faults["remove_instance"] = RuntimeRefused("A process does not end.")
    assert carry_out(selling, DeploymentKind.DECOMMISSION) is DeploymentStatus.FAILED
    assert carry_out(selling, DeploymentKind.DECOMMISSION) is DeploymentStatus.SUCCEEDED
    assert selling.records.all() == []


def test_acts_on_one_store_leave_another_alone(selling: Stage) -> None:
    carry_out(selling, DeploymentKind.PROVISION, "shop-002")
    before = [found for found in selling.runtime.observe() if found.store_id == "shop-001"]
    selling.runtime.acts.clear()
    for kind in (DeploymentKind.STOP, DeploymentKind.START, DeploymentKind.RESTART, DeploymentKind.DECOMMISSION):
        assert carry_out(selling, kind, "shop-002") is DeploymentStatus.SUCCEEDED
    assert [found for found in selling.runtime.observe() if found.store_id == "shop-001"] == before
    assert not any("shop-001" in act for act in selling.runtime.acts)
