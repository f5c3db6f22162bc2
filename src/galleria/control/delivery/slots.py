"""The steps by which a store moves from one revision to another: beside, smoked, switched, watched.

Until the switch no shopper meets anything new; after it the old processes run on beside, so that the way back is the
same switch the other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import ObservedProcess, SmokeRequest
from galleria.contracts.words import Component, ProcessState, Slot, Stage
from galleria.control.delivery import common
from galleria.control.delivery.faults import DoorFailed, GiveUp, NotNew
from galleria.control.delivery.knocking import socket_of
from galleria.control.delivery.moving import Move
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord, Moving, Warm
from galleria.control.delivery.shopping import Trade
from galleria.control.delivery.standing import begun, known, moving_of, owned, refuse_lost, refuse_outrun
from galleria.control.delivery.steps import Done, Step, Work
from galleria.control.gateway.port import Route
from galleria.control.runtimes.port import Doors

WATCH_POLL_SECONDS: Final = 0.25
HOPELESS_DEATHS: Final = 3
"""A new process that has died so often before it first answered does not start."""

MEMORY_GROWTH: Final = 256 * 1024 * 1024
"""A process that takes so many bytes more within the watch than when it went live will not live long."""


@dataclass(frozen=True)
class PrepareTheFreeSlot(Step):
    """Write how the new processes start. The record of the move comes first and goes last: a later attempt goes on."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "prepare the free slot"

    def run(self, work: Work) -> Done:
        move = move_of(work)
        record = known(self.parts, work)
        if begun(record, work) is None:
            refuse_outrun(record, move)
            self._take_away_what_is_beside(work, move, record)
            moving = Moving(deployment_id=work.claim.deployment_id, move=move)
            self.parts.records.change(work.store_id, lambda each: each.beginning(moving))
        if not move.placements or is_live(self.parts, work.store_id, move):
            return Done("There is nothing to prepare: the store runs all of it.", work.facts)
        self.parts.runtime.prepare_slot(work.store_id, move.placements)
        return Done(f"{_places(move)}, beside what shoppers meet.", work.facts)

    def undo(self, work: Work) -> str:
        record = self.parts.records.find(work.store_id)
        move = begun(record, work) if record else None
        if move is None:
            return ""
        self.parts.runtime.empty_slot(work.store_id, move.components)
        self.parts.records.change(work.store_id, lambda each: each.model_copy(update={"moving": None}))
        return "The new processes were stopped and forgotten."

    def _take_away_what_is_beside(self, work: Work, move: Move, record: InstanceRecord) -> None:
        """One revision is kept beside the live one: of any other, and of a move that was given up, nothing stays."""
        beside = self.parts.runtime.placements(work.store_id).beside
        warm = record.warm.components if record.warm and not move.placements else ()
        stale = [each for each, placement in beside.items() if placement not in move.placements and each not in warm]
        if stale:
            self.parts.runtime.empty_slot(work.store_id, stale)


@dataclass(frozen=True)
class Migrate(Step):
    """Bring the store's database forward. What was done stays, whatever comes: data never goes back."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "migrate"
    blames = True

    def run(self, work: Work) -> Done:
        move = move_of(work)
        artifact = move.artifact(Component.ENGINE)
        if not move.pending or artifact is None:
            return Done("The database is as the new engine wants it.", work.facts)
        self._remember(work, move)
        done = self.parts.runtime.migrate(work.store_id, artifact, move.goal.config_version)
        return Done(f"{len(done.pending)} migrations were run; the schema is at {done.level}.", work.facts)

    def undo(self, work: Work) -> str:
        moving = moving_of(self.parts, work)
        if moving is None or not moving.irreversible:
            return ""
        raise GiveUp(
            "The data was changed so that there is no way back (class C); look at the shop, then deploy what fits it.",
            code=ErrorCode.IRREVERSIBLE,
        )

    def _remember(self, work: Work, move: Move) -> None:
        """Write down that the data may be another from here on, before it is; and which way back that bars."""

        def migrating(record: InstanceRecord) -> InstanceRecord:
            moving = owned(record, work).model_copy(update={"migrating": True})
            classes = {**record.classes, move.goal.number: move.rollback_class}
            return record.model_copy(update={"moving": moving, "classes": classes})

        self.parts.records.change(work.store_id, migrating)


@dataclass(frozen=True)
class StartTheFreeSlot(Step):
    """Start the new processes beside the live ones; warm ones run already."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "start the free slot"

    def run(self, work: Work) -> Done:
        move = move_of(work)
        if not move.placements or is_live(self.parts, work.store_id, move):
            return Done("There is nothing to start.", work.facts)
        self.parts.runtime.start_slot(work.store_id, move.components)
        return Done(f"{_names(move)} run beside the live ones.", work.facts)


@dataclass(frozen=True)
class WaitUntilTheSlotIsHealthy(common.WaitUntilHealthy):
    """Wait until every process of the slot answers on its own socket."""

    blames = True

    def _give_up_early(self, work: Work) -> None:
        """Processes that die again and again will not be healthy in the rest of the time either."""
        for each in processes_of(self.parts, work.store_id, move_of(work)).values():
            if each.state is ProcessState.GAVE_UP or each.restarts >= HOPELESS_DEATHS:
                died = f"it died {each.restarts} times" if each.restarts else "its start was given up"
                raise GiveUp(f"The new {each.component} does not start: {died}.", code=ErrorCode.UNAVAILABLE)

    def _too_late(self, work: Work, silent: Sequence[Component], reason: str) -> GiveUp:
        if set(silent) <= set(move_of(work).components):
            return super()._too_late(work, silent, reason)
        beside = [each for each in silent if each not in move_of(work).components]
        return NotNew(f"{reason} Not new: {', '.join(beside)}.", code=ErrorCode.UNAVAILABLE)

    def _doors(self, work: Work) -> Doors:
        return self.parts.runtime.doors(work.store_id, move_of(work).slots)


@dataclass(frozen=True)
class SmokeTheNewSlot(common.Smoke):
    """Shop in the new slot before any shopper meets it."""

    name = "smoke the new slot"
    blames = True

    def _request(self, work: Work) -> SmokeRequest:
        slots = move_of(work).slots
        return SmokeRequest(
            runner_id=self.parts.runner_id,
            environment=self.parts.environment,
            agent=slots.get(Component.SHOP_AGENT),
            storefront=slots.get(Component.STOREFRONT),
        )


@dataclass(frozen=True)
class SmokeThroughAnUnseenDoor(Step):
    """Come in to the new slot as a shopper will, by the gateway and at the shop's own host, before any shopper does."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "smoke through an unseen door"
    blames = True

    def run(self, work: Work) -> Done:
        move = move_of(work)
        if not move.placements:
            return Done("Shoppers meet it already.", work.facts)
        secret = self.parts.gateway.open_unseen(route_to(self.parts, work, move.slots))
        try:
            run = common.shop_at_the_door(self.parts, work, secret, lambda work: doubt_of_a_sell_out(self.parts, work))
        finally:
            self.parts.gateway.close_unseen(work.store_id)
        if not run.passed:
            raise DoorFailed(f"Through the gateway it fails: {common.what_failed(run)}.", run)
        facts = work.facts.model_copy(update={"door": run})
        return Done(f"All {len(run.results)} checks passed through the gateway, unseen, in {run.seconds:.1f} s.", facts)

    def undo(self, work: Work) -> str:
        self.parts.gateway.close_unseen(work.store_id)
        return ""


@dataclass(frozen=True)
class Switch(Step):
    """Let shoppers in to the new slot. The gateway's move is the last act, and one atomic write."""

    parts: Parts
    stage = Stage.DEPLOY
    name = "switch"
    meets_shoppers = True

    def run(self, work: Work) -> Done:
        move = move_of(work)
        if not move.placements:
            return Done("Shoppers meet it already.", work.facts)
        self._remember(work, move)
        self.parts.runtime.switch_slots(work.store_id, move.slots)
        if move.closed:
            self.parts.runtime.start(work.store_id)  # they run already; from now on they start with the platform too
        lead_shoppers_to(self.parts, work, move.slots)
        return Done(f"Shoppers of {work.host} meet {_names(move)}.", work.facts)

    def undo(self, work: Work) -> str:
        """Lead shoppers back to the old processes, and shop there again; a door that was closed is closed again.

        :raises GiveUp: the old ones fail as well, or can't read the data any more: a person must look.
        """
        moving = moving_of(self.parts, work)
        if moving is None or not moving.met:
            return ""
        move = moving.move
        if moving.irreversible:
            raise GiveUp(
                f"Shoppers stay at revision {move.goal.number}: the data was changed so that the code of revision "
                f"{move.origin.number} can't read it (class C). Deploy a release that mends it.",
                code=ErrorCode.IRREVERSIBLE,
            )
        lead_shoppers_to(self.parts, work, move.slots_before, closed=move.closed)
        self.parts.runtime.switch_slots(work.store_id, move.slots_before)
        if move.closed:
            self.parts.runtime.stop(work.store_id)
        self.parts.records.change(work.store_id, lambda each: each.running(move.origin))
        if move.closed:
            return f"The store is stopped at revision {move.origin.number}, and its door closed, as before."
        return f"Shoppers are back at revision {move.origin.number}. {smoke_after_the_way_back(self.parts, work)}"

    def _remember(self, work: Work, move: Move) -> None:
        """Write down that shoppers may meet it from here on, before they do."""

        def met(record: InstanceRecord) -> InstanceRecord:
            moving = owned(record, work).model_copy(update={"met": True})
            before = record.revision(move.goal.number)
            healthy = before is not None and before.healthy
            goal = move.goal.model_copy(update={"healthy": healthy})
            origin = record.running(move.origin).model_copy(update={"moving": moving})
            return origin.running(goal, move.rollback_class)

        self.parts.records.change(work.store_id, met)


@dataclass(frozen=True)
class SmokeThroughThePublicDoor(common.SmokeThroughThePublicDoor):
    """Come in to the new slot as a shopper does."""

    blames = True

    def _doubt(self, work: Work) -> str:
        return doubt_of_a_sell_out(self.parts, work)


@dataclass(frozen=True)
class Watch(Step):
    """Watch the new processes for a while: some releases are well at first, then leak, and die."""

    parts: Parts
    stage = Stage.POST_DEPLOY
    name = "watch"
    blames = True

    def run(self, work: Work) -> Done:
        move, seconds = move_of(work), self.parts.watch_seconds
        if not move.placements:
            return Done("Nothing is new.", work.facts)
        first = processes_of(self.parts, work.store_id, move)
        until = self.parts.clock.monotonic() + seconds
        silences: dict[Component, int] = {}
        while self.parts.clock.monotonic() < until:
            self.parts.clock.sleep(WATCH_POLL_SECONDS)
            now = processes_of(self.parts, work.store_id, move)
            for component in move.components:
                if wrong := _degraded(first.get(component), now.get(component)):
                    raise GiveUp(f"The new {component} {wrong}.", code=ErrorCode.UNAVAILABLE)
                silences[component] = 0 if self._answers(work, move, component) else silences.get(component, 0) + 1
                if silences[component] >= 2:
                    raise GiveUp(f"The new {component} has ceased to answer.", code=ErrorCode.UNAVAILABLE)
        return Done(f"The new processes stayed well for {seconds:.0f} s.", work.facts)

    def _answers(self, work: Work, move: Move, component: Component) -> bool:
        doors = self.parts.runtime.doors(work.store_id, move.slots)
        return self.parts.knocking.healthy(component, socket_of(doors, component))


@dataclass(frozen=True)
class KeepTheOldSlotWarm(Step):
    """Let the old processes end what they began, and run on for a while: the quickest way back."""

    parts: Parts
    stage = Stage.COMPLETION
    name = "keep the old slot warm"

    def run(self, work: Work) -> Done:
        move, seconds = move_of(work), self.parts.warm_seconds
        goal = move.goal.model_copy(update={"healthy": True})
        warm = Warm(components=move.components, until=self.parts.clock.now() + timedelta(seconds=seconds))

        def settle(record: InstanceRecord) -> InstanceRecord:
            if record.settled == work.claim.deployment_id:
                return record
            refuse_lost(record, work, move)
            now = record.running(goal).without_quarantine_of(goal.release_id)
            kept = record.warm if not move.placements else None if move.closed else warm
            return now.model_copy(update={"moving": None, "warm": kept, "settled": work.claim.deployment_id})

        if move.closed and moving_of(self.parts, work):
            self.parts.runtime.empty_slot(work.store_id, move.components)
        self.parts.records.change(work.store_id, settle)
        facts = work.facts.model_copy(update={"revision": goal})
        if not move.placements:
            return Done(f"The store runs revision {goal.number}, as before.", facts)
        if move.closed:
            return Done(f"Revision {move.origin.number} was stopped, so there is nothing to keep warm.", facts)
        return Done(f"Revision {move.origin.number} stays warm for {seconds / 60:.0f} min.", facts)


@dataclass(frozen=True)
class EmptyTheOldSlot(Step):
    """After a rollback nobody needs the processes that it led away from: they end what they began, then go."""

    parts: Parts
    stage = Stage.COMPLETION
    name = "empty the old slot"

    def run(self, work: Work) -> Done:
        move = move_of(work)
        goal = move.goal.model_copy(update={"healthy": True})

        def settle(record: InstanceRecord) -> InstanceRecord:
            if record.settled == work.claim.deployment_id:
                return record
            refuse_lost(record, work, move)
            kept = None if move.placements else record.warm
            fit = record.without_quarantine_of(goal.release_id)
            if goal.number < move.origin.number and move.origin.release_id != goal.release_id:
                fit = fit.with_quarantine_of(move.origin.release_id)
            return fit.running(goal).model_copy(
                update={"moving": None, "warm": kept, "settled": work.claim.deployment_id}
            )

        if move.placements and moving_of(self.parts, work):
            self.parts.runtime.empty_slot(work.store_id, move.components)
        self.parts.records.change(work.store_id, settle)
        facts = work.facts.model_copy(update={"revision": goal})
        return Done(f"The store runs revision {goal.number} again.", facts)


@dataclass(frozen=True)
class RecordTime(Step):
    """Write down how long it took from the request until shoppers met it."""

    parts: Parts
    stage = Stage.COMPLETION
    name = "record time-to-deploy"

    def run(self, work: Work) -> Done:
        asked_at = work.asked_at or self.parts.clock.now()
        seconds = (self.parts.clock.now() - asked_at).total_seconds()
        return Done(f"{seconds:.1f} s after the request.", work.facts)


def move_of(work: Work) -> Move:
    """Return the move that was worked out at the intake."""
    if work.facts.move is None:
        raise GiveUp("No move was worked out.")
    return work.facts.move


def processes_of(parts: Parts, store_id: str, move: Move) -> dict[Component, ObservedProcess]:
    """Look at the processes of a move, as they are now."""
    found = next((each for each in parts.runtime.observe() if each.store_id == store_id), None)
    processes = found.processes if found else ()
    return {each.component: each for each in processes if move.slots.get(each.component) is each.slot}


def is_live(parts: Parts, store_id: str, move: Move) -> bool:
    """Say whether the processes of a move are the live ones."""
    live = parts.runtime.placements(store_id).live
    return all(live[each.component] == each for each in move.placements)


def door_is_closed(parts: Parts, store_id: str) -> bool:
    """Say whether the store has a door that is closed: it was stopped, or did not start."""
    door = parts.gateway.door_of(store_id)
    return door is not None and door.closed


def lead_shoppers_to(parts: Parts, work: Work, slots: dict[Component, Slot], *, closed: bool = False) -> None:
    """Move the door: engine and storefront together, in one atomic write. An agent is met by no shopper."""
    parts.gateway.put_route(replace(route_to(parts, work, slots), closed=closed))


def route_to(parts: Parts, work: Work, slots: dict[Component, Slot]) -> Route:
    """Return the way to engine and storefront in these slots."""
    doors = parts.runtime.doors(work.store_id, slots)
    return Route(work.store_id, work.host, doors.engine, doors.storefront)


def doubt_of_a_sell_out(parts: Parts, work: Work) -> str:
    """Say why the slot that a move leads to is not believed that everything is sold out: where shoppers came from,
    something can be bought. Asked after it, since a shop may sell out between the two questions; at that slot's own
    sockets, which are there before the switch and after it. One that gives no answer is no reason for a doubt: that may
    be why somebody goes back.
    """
    move = move_of(work)
    doors = parts.runtime.doors(work.store_id, move.slots_before)
    if parts.knocking.in_the_slot(doors, work.host).trade is not Trade.SELLS:
        return ""
    return "the new slot says that everything is sold out, and the shop sells"


def smoke_after_the_way_back(parts: Parts, work: Work) -> str:
    """Shop once more after a way back, through the door and by the store's agent.

    :raises GiveUp: it fails: what is live now is known broken, and a person must look.
    """
    door = common.shop_at_the_door(parts, work)
    if not door.passed:
        raise DoorFailed(f"After the way back the public door fails: {common.what_failed(door)}.", door)
    run = parts.plane.smoke(
        work.claim.deployment_id, SmokeRequest(runner_id=parts.runner_id, environment=parts.environment)
    )
    if not run.passed:
        raise GiveUp(f"After the way back the smoke run fails: {common.what_failed(run)}.", code=ErrorCode.SMOKE_FAILED)
    return f"All {len(run.results)} checks passed again."


def _degraded(first: ObservedProcess | None, now: ObservedProcess | None) -> str:
    if first is None or now is None:
        return "is gone"
    if now.restarts > first.restarts or now.since > first.since:
        return "died and was restarted"
    if now.state is not ProcessState.RUNNING:
        return f"is {now.state}"
    grown = (now.memory_bytes or 0) - (first.memory_bytes or 0)
    if first.memory_bytes and grown > MEMORY_GROWTH:
        return f"has grown by {grown // (1024 * 1024)} MB since it went live"
    return ""


def _names(move: Move) -> str:
    return ", ".join(f"{each.component} in {each.slot}" for each in move.placements)


def _places(move: Move) -> str:
    return "; ".join(f"{each.component} {each.artifact.version} in {each.slot}" for each in move.placements)
