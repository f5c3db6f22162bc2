"""What the plane is told of the stores, and when."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from galleria.contracts.delivery import DeploySpec
from galleria.contracts.words import Component, DeploymentKind, DeploymentStatus, ProcessState
from galleria.control.delivery.answers import KNOCK_EVERY_SECONDS, SILENCES
from galleria.control.delivery.checkpoints import NullCheckpoints
from galleria.control.delivery.faults import AskAgain
from galleria.control.delivery.observing import TELL_SECONDS, Observing
from galleria.control.gateway.port import GatewayUnavailable
from tests.unit.control.delivery.stage import ScriptedKnocking, Stage, a_claim


@pytest.fixture
def selling(stage: Stage) -> Stage:
    stage.executor.carry_out(a_claim().model_dump_json(), NullCheckpoints())
    return stage


def watching(stage: Stage) -> Observing:
    return Observing(stage.parts, patience_seconds=30)  # a scripted answer comes at once, on a busy machine a bit later


def states(stage: Stage) -> set[ProcessState]:
    (store,) = stage.plane.observations[-1].stores
    return {process.state for process in store.processes}


def test_tells_at_once_then_only_every_two_seconds(selling: Stage) -> None:
    observing = watching(selling)
    assert observing.once()
    assert not observing.once()
    selling.clock.passed += TELL_SECONDS
    assert observing.once()


def test_tells_a_change_at_once(selling: Stage) -> None:
    observing = watching(selling)
    observing.once()
    selling.runtime.stop("shop-001")
    assert observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert {process.state for process in store.processes} == {ProcessState.STOPPED}


def test_a_closed_door_is_told_as_not_routed(selling: Stage) -> None:
    observing = watching(selling)
    observing.once()
    selling.gateway.close("shop-001")
    assert observing.once()
    assert [store.routed for store in selling.plane.observations[-1].stores] == [False]


def test_a_gateway_that_is_silent_twice_lets_nobody_in_and_once_is_no_change(selling: Stage) -> None:
    observing = watching(selling)
    observing.once()
    selling.gateway.faults += [GatewayUnavailable("away"), GatewayUnavailable("away")]
    assert not observing.once()
    assert observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert not store.routed
    assert len(store.processes) == 3


def test_what_the_plane_did_not_hear_is_told_again(selling: Stage) -> None:
    observing = watching(selling)
    selling.plane.faults["observed"] = [AskAgain("away")]
    with pytest.raises(AskAgain):
        observing.once()
    assert observing.once()


def test_a_process_is_starting_until_it_answers_and_is_then_asked_every_few_seconds(selling: Stage) -> None:
    observing = watching(selling)
    selling.knocking.healthy_after = selling.knocking.asked + 3
    observing.once()
    assert states(selling) == {ProcessState.STARTING}
    assert observing.once()
    assert states(selling) == {ProcessState.RUNNING}
    asked = selling.knocking.asked
    observing.once()
    assert selling.knocking.asked == asked
    selling.clock.passed += KNOCK_EVERY_SECONDS
    observing.once()
    assert selling.knocking.asked == asked + 3


def test_a_process_that_ceases_to_answer_is_silent_and_runs_again_when_it_answers(selling: Stage) -> None:
    observing = watching(selling)
    observing.once()
    selling.knocking.healthy_after = 1_000_000
    fell_silent = selling.clock.now() + timedelta(seconds=KNOCK_EVERY_SECONDS)
    for _ in range(SILENCES):
        assert states(selling) == {ProcessState.RUNNING}
        selling.clock.passed += KNOCK_EVERY_SECONDS
        observing.once()
    assert states(selling) == {ProcessState.SILENT}
    (store,) = selling.plane.observations[-1].stores
    assert {process.since for process in store.processes} == {fell_silent}
    selling.knocking.healthy_after = 0
    selling.clock.passed += KNOCK_EVERY_SECONDS
    assert observing.once()
    assert states(selling) == {ProcessState.RUNNING}


def test_knocks_that_fail_now_and_then_are_no_silence(selling: Stage) -> None:
    observing = watching(selling)
    observing.once()
    for healthy_after in (1_000_000, 1_000_000, 0) * 3:
        selling.knocking.healthy_after = healthy_after
        selling.clock.passed += KNOCK_EVERY_SECONDS
        observing.once()
        assert states(selling) == {ProcessState.RUNNING}


def test_a_process_that_never_began_to_answer_is_silent_after_the_time_that_a_start_may_take(selling: Stage) -> None:
    observing = watching(selling)
    selling.knocking.healthy_after = 1_000_000
    for _ in range(SILENCES + 1):
        observing.once()
    assert states(selling) == {ProcessState.STARTING}
    selling.clock.passed += selling.parts.healthy_seconds + 1
    assert observing.once()
    assert states(selling) == {ProcessState.SILENT}


def test_a_slow_store_holds_up_no_other(stage: Stage) -> None:
    for number in range(1, 4):
        store_id = f"shop-00{number}"
        stage.executor.carry_out(
            a_claim(store_id=store_id, deployment_id=store_id).model_dump_json(), NullCheckpoints()
        )
    slow = {stage.runtime.doors("shop-001").engine, stage.runtime.doors("shop-002").engine}
    never = threading.Event()

    class Slow(ScriptedKnocking):
        def healthy(self, component: Component, socket_path: Path) -> bool:
            if socket_path in slow:
                never.wait(60)
            return True

    observing = Observing(replace(stage.parts, knocking=Slow()), patience_seconds=0.5)
    try:
        began = time.monotonic()
        observing.once()
        stage.clock.passed += TELL_SECONDS
        observing.once()  # what hangs already is not waited for again
        assert time.monotonic() - began < 10
        shown = {
            store.store_id: {process.state for process in store.processes}
            for store in stage.plane.observations[-1].stores
        }
        assert shown["shop-003"] == {ProcessState.RUNNING}
        assert shown["shop-001"] == shown["shop-002"] == {ProcessState.STARTING}
    finally:
        never.set()


def test_a_restarted_process_is_asked_again(selling: Stage) -> None:
    observing = watching(selling)
    observing.once()
    asked = selling.knocking.asked
    selling.clock.passed += 1
    selling.runtime.restart("shop-001")
    observing.once()
    assert selling.knocking.asked == asked + 3


def test_a_move_that_somebody_is_at_tells_no_revision_and_one_that_was_left_does(selling: Stage) -> None:
    selling.clock.on_sleep = selling.leases.beat_once
    selling.knocking.door_passes = False
    asked = DeploySpec(release_id=selling.releases.add())
    claim = a_claim(DeploymentKind.DEPLOY, deployment_id="dep-2", revision_number=2, asked=asked)
    assert selling.executor.carry_out(claim.model_dump_json(), NullCheckpoints()) == DeploymentStatus.NEEDS_ATTENTION
    record = selling.records.find("shop-001")
    assert record is not None
    assert record.moving is not None
    observing = watching(selling)
    with selling.records.working_on("shop-001", wait=True):
        assert observing.once()
        assert [store.revision for store in selling.plane.observations[-1].stores] == [None]
    assert observing.once()
    (store,) = selling.plane.observations[-1].stores
    assert store.revision == record.revision(record.current)


def test_looking_turns_away_nobody_who_does_not_wait(selling: Stage) -> None:
    stopped = threading.Event()

    def look() -> None:
        while not stopped.is_set():
            selling.records.busy("shop-001")

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(300):
            with selling.records.working_on("shop-001", wait=False):
                assert selling.records.busy("shop-001")
    finally:
        stopped.set()
        looking.join()
    assert not selling.records.busy("shop-001")
