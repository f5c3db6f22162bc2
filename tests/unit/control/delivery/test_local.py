"""A rollback without the control plane: what a person sees, what stays, and what the plane hears later."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from galleria.contracts.delivery import DeploySpec, RollbackSpec
from galleria.contracts.words import (
    STORE_COMPONENTS,
    Component,
    DeploymentKind,
    DeploymentStatus,
    ProcessState,
    Slot,
)
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.faults import AskAgain
from galleria.control.delivery.local import FAILED, REFUSED, roll_back_here, tell_of_local_deployments
from tests.unit.control.delivery.stage import Stage, a_claim
from tests.unit.control.delivery.test_deploy import ROLLBACK_STEPS, STORE, deploy, live_slots, record, route


@dataclass
class Heard:
    """What a person would see."""

    events: list[dict[str, object]] = field(default_factory=list)

    def __call__(self, event: dict[str, object]) -> None:
        self.events.append(event)

    @property
    def last(self) -> dict[str, object]:
        return self.events[-1]


@pytest.fixture
def moved(stage: Stage) -> Stage:
    """A stage with shop-001 at revision 2, and a control plane that is away from now on."""
    stage.executor.carry_out(a_claim().model_dump_json(), NullCheckpoints())
    asked = DeploySpec(release_id=stage.releases.add())
    claim = a_claim(DeploymentKind.DEPLOY, deployment_id="dep-2", revision_number=2, asked=asked)
    stage.clock.on_sleep = stage.leases.beat_once
    assert stage.executor.carry_out(claim.model_dump_json(), NullCheckpoints()) == DeploymentStatus.SUCCEEDED
    for call in ("smoke", "report_step", "heartbeat", "finish"):
        stage.plane.faults[call] = [AskAgain("The control plane does not answer.")] * 100
    return stage


def test_a_store_goes_back_with_nobody_else_there(moved: Stage) -> None:
    heard = Heard()
    assert roll_back_here(moved.parts, STORE, RollbackSpec(reason="Checkout fails."), heard) == 0
    assert set(live_slots(moved).values()) == {Slot.BLUE}
    assert "blue" in str(route(moved).engine_socket)
    assert record(moved).current == 1
    passed = [event["name"] for event in heard.events if event.get("outcome") == "passed"]
    assert passed == ROLLBACK_STEPS
    assert heard.last == {"event": "end", "status": "succeeded", "reason": "", "seconds": 0.0}


def test_the_control_plane_hears_of_it_once_when_it_is_back(moved: Stage) -> None:
    roll_back_here(moved.parts, STORE, RollbackSpec(reason="Checkout fails."), Heard())
    moved.plane.faults["local_deployment"] = [AskAgain("Not yet.")]
    with pytest.raises(AskAgain):
        tell_of_local_deployments(moved.parts)
    assert tell_of_local_deployments(moved.parts) == 1
    assert tell_of_local_deployments(moved.parts) == 0
    (told,) = moved.plane.locals
    assert told.status is DeploymentStatus.SUCCEEDED
    assert told.revision is not None
    assert told.revision.number == 1
    assert told.rollback.reason == "Checkout fails."
    assert told.requested_by.endswith("on the runner's machine")
    assert [step.name for step in told.steps] == ROLLBACK_STEPS


def test_an_old_slot_that_fails_is_not_switched_to(moved: Stage) -> None:
    moved.knocking.silent = {"storefront-blue.sock"}
    heard, before = Heard(), route(moved)
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), heard) == FAILED
    assert heard.last["status"] == "needs_attention"
    assert route(moved) == before
    assert record(moved).current == 2


def test_what_is_dead_and_stays_where_it_is_comes_back_too(moved: Stage) -> None:
    moved.plane.faults.clear()
    ended = deploy(moved, moved.releases.add(Component.STOREFRONT, generation=3), Component.STOREFRONT, number=3)
    assert ended.status is DeploymentStatus.SUCCEEDED, ended.reason
    for component in STORE_COMPONENTS:
        moved.runtime.stop(STORE, component)
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), Heard()) == 0
    (found,) = moved.runtime.observe()
    assert {each.component: each.state for each in found.processes if each.live} == dict.fromkeys(
        STORE_COMPONENTS, ProcessState.RUNNING
    )


def test_it_waits_while_all_stores_of_the_machine_are_starting(moved: Stage) -> None:
    moved.knocking.asked, moved.knocking.healthy_after = 0, 5000
    began = moved.clock.passed
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), Heard()) == 0
    assert moved.clock.passed - began > moved.parts.healthy_seconds


def test_the_door_moves_though_the_gateway_is_dead(moved: Stage) -> None:
    moved.gateway.dead = True
    heard = Heard()
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), heard) == FAILED
    assert "blue" in str(moved.gateway.door_of(STORE))
    assert heard.last["status"] == "needs_attention"
    assert "The gateway does not answer" in str(heard.last["reason"])
    moved.gateway.dead = False
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), Heard()) == 0


def test_a_platform_that_was_brought_down_is_left_down(moved: Stage) -> None:
    moved.runtime.is_down = True
    heard = Heard()
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), heard) == REFUSED
    assert "galleria up" in str(heard.last["message"])
    assert record(moved).current == 2


def test_run_again_it_goes_on_with_what_it_began(moved: Stage) -> None:
    moved.knocking.door_fails = 1
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), Heard()) == FAILED
    assert roll_back_here(moved.parts, STORE, RollbackSpec(), Heard()) == 0
    assert record(moved).current == 1
    assert record(moved).moving is None


def test_a_store_that_the_runner_works_on_is_refused(moved: Stage) -> None:
    heard = Heard()
    with moved.records.working_on(STORE, wait=False):
        assert roll_back_here(moved.parts, STORE, RollbackSpec(), heard) == REFUSED
    assert "The runner is at work" in str(heard.last["message"])


def test_a_store_that_is_not_here_is_refused(moved: Stage) -> None:
    heard = Heard()
    assert roll_back_here(moved.parts, "shop-009", RollbackSpec(), heard) == REFUSED
    assert "no instance of shop-009" in str(heard.last["message"])
