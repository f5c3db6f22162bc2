"""What the plane is told of the stores, and when."""

from __future__ import annotations

import pytest

from galleria.contracts.words import ProcessState
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.faults import AskAgain
from galleria.control.delivery.observing import TELL_SECONDS, Observing
from galleria.control.gateway.port import GatewayUnavailable
from tests.unit.control.delivery.stage import Stage, a_claim


@pytest.fixture
def selling(stage: Stage) -> Stage:
    stage.executor.carry_out(a_claim().model_dump_json(), NullCheckpoints())
    return stage


def test_tells_at_once_then_only_every_two_seconds(selling: Stage) -> None:
    observing = Observing(selling.parts)
    assert observing.once()
    assert not observing.once()
    selling.clock.passed += TELL_SECONDS
    assert observing.once()


def test_tells_a_change_at_once(selling: Stage) -> None:
    observing = Observing(selling.parts)
    observing.once()
    selling.runtime.stop("shop-001")
    assert observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert {process.state for process in store.processes} == {ProcessState.STOPPED}


def test_a_closed_door_is_told_as_not_routed(selling: Stage) -> None:
    observing = Observing(selling.parts)
    observing.once()
    selling.gateway.close("shop-001")
    assert observing.once()
    assert [store.routed for store in selling.plane.observations[-1].stores] == [False]


def test_a_gateway_that_is_silent_twice_lets_nobody_in_and_once_is_no_change(selling: Stage) -> None:
    observing = Observing(selling.parts)
    observing.once()
    selling.gateway.faults += [GatewayUnavailable("away"), GatewayUnavailable("away")]
    assert not observing.once()
    assert observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert not store.routed
    assert len(store.processes) == 3


def test_what_the_plane_did_not_hear_is_told_again(selling: Stage) -> None:
    observing = Observing(selling.parts)
    selling.plane.faults["observed"] = [AskAgain("away")]
    with pytest.raises(AskAgain):
        observing.once()
    assert observing.once()


def test_a_process_is_starting_until_it_answers_and_is_then_not_asked_again(selling: Stage) -> None:
    observing = Observing(selling.parts)
    selling.knocking.healthy_after = selling.knocking.asked + 3
    observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert {process.state for process in store.processes} == {ProcessState.STARTING}
    assert observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert {process.state for process in store.processes} == {ProcessState.RUNNING}
    asked = selling.knocking.asked
    observing.once()
    assert selling.knocking.asked == asked


def test_a_restarted_process_is_asked_again(selling: Stage) -> None:
    observing = Observing(selling.parts)
    observing.once()
    asked = selling.knocking.asked
    selling.clock.passed += 1
    selling.runtime.restart("shop-001")
    observing.once()
    assert selling.knocking.asked == asked + 3
