"""How a store goes back to a revision that it ran before: code, configuration and secrets together; data never.

The same switch as in a deployment, the other way. It is a way back already, so it has none itself: what fails is left
for a person to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.contracts.going_back import revision_before
from galleria.contracts.wire import Revision
from galleria.contracts.words import STORE_COMPONENTS, RollbackClass, Stage
from galleria.control.delivery import common, deploy, slots, standing
from galleria.control.delivery.faults import GiveUp, NotNew
from galleria.control.delivery.moving import Move, artifacts_of, places
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord
from galleria.control.delivery.shopping import Trade
from galleria.control.delivery.steps import Done, Step, Work

_SOLD_OUT_INDEED: Final = "If the live one sells what is not there: stop the store, then go back."

BOUND_SECONDS: Final = 300.0
"""How long a rollback may take by contract (DESIGN.md section 9). Longer is a failure."""


def rollback(parts: Parts) -> tuple[Step, ...]:
    """List the steps from what a store runs back to what it ran before."""
    return (
        FindTheWayBack(parts),
        deploy.FetchTheArtifacts(parts),
        slots.PrepareTheFreeSlot(parts),
        StartTheOldSlot(parts),
        slots.WaitUntilTheSlotIsHealthy(parts),
        SmokeTheOldSlot(parts),
        slots.Switch(parts),
        SmokeThroughThePublicDoor(parts),
        slots.EmptyTheOldSlot(parts),
        RecordTimeToRollBack(parts),
    )


@dataclass(frozen=True)
class FindTheWayBack(Step):
    """Find the revision to go back to, and refuse one that can't be gone back to."""

    parts: Parts
    stage = Stage.INTAKE
    name = "find the way back"

    def run(self, work: Work) -> Done:
        record = standing.known(self.parts, work)
        move = standing.begun(record, work) or standing.settled(record, work) or self._new_move(work, record)
        facts = work.facts.model_copy(update={"begun_at": self.parts.clock.now(), "move": move, "classified": True})
        why = work.claim.rollback.reason if work.claim.rollback else ""
        said = f" Reason: {why}" if why else ""
        if not move.placements:
            return Done(f"{work.store_id} runs revision {move.goal.number} already.{said}", facts)
        return Done(f"From revision {move.origin.number} to {move.goal.number}.{said}", facts)

    def _new_move(self, work: Work, record: InstanceRecord) -> Move:
        origin = record.revision(record.current)
        if origin is None:
            raise GiveUp(f"Nobody knows what {work.store_id} runs.", code=ErrorCode.REVISION_NOT_FOUND)
        goal = target(record, work.claim.rollback.to_revision if work.claim.rollback else None)
        live = self.parts.runtime.placements(work.store_id).live
        closed = slots.door_is_closed(self.parts, work.store_id)
        placements = places(live, artifacts_of(goal), goal.config_version, whole=closed)
        worst = worst_between(record, goal.number)
        return Move(origin=origin, goal=goal, placements=placements, rollback_class=worst, closed=closed)


@dataclass(frozen=True)
class StartTheOldSlot(slots.StartTheFreeSlot):
    """Start the old processes, and what is live, stays live and is dead; warm ones run already."""

    name = "warm or start the old slot"

    def run(self, work: Work) -> Done:
        done, move = super().run(work), slots.move_of(work)
        left = () if slots.is_live(self.parts, work.store_id, move) else move.components
        for component in STORE_COMPONENTS:
            if component not in left:
                self.parts.runtime.start(work.store_id, component)
        return done


@dataclass(frozen=True)
class SmokeTheOldSlot(slots.SmokeTheNewSlot):
    """Shop in the old slot before shoppers are led back to it."""

    name = "smoke the old slot"

    def run(self, work: Work) -> Done:
        """Nobody comes in to it through an unseen door, so whether it is rightly sold out is asked here."""
        done, move = super().run(work), slots.move_of(work)
        visited = self.parts.knocking.in_the_slot(self.parts.runtime.doors(work.store_id, move.slots), work.host)
        doubt = slots.doubt_of_a_sell_out(self.parts, work) if visited.trade is Trade.SOLD_OUT else ""
        if doubt:
            raise NotNew(f"The smoke run fails: {doubt}. {_SOLD_OUT_INDEED}", code=ErrorCode.SMOKE_FAILED)
        return done


@dataclass(frozen=True)
class SmokeThroughThePublicDoor(common.SmokeThroughThePublicDoor):
    """Come in as a shopper does, who was led back."""

    def _doubt(self, work: Work) -> str:
        return slots.doubt_of_a_sell_out(self.parts, work)


@dataclass(frozen=True)
class RecordTimeToRollBack(slots.RecordTime):
    """Write down how long it took from the request until shoppers were back."""

    name = "record time-to-rollback"


def target(record: InstanceRecord, wanted: int | None) -> Revision:
    """Return the revision to go back to: the one that is named, or the one that the store ran before.

    :raises GiveUp: there is none, it was never healthy, or the data has changed so that there is no way back.
    """
    if wanted is None:
        before = revision_before(record.revisions, record.current, record.quarantined)
        if before is None:
            raise GiveUp(
                f"{record.store_id} has no revision before {record.current} that is known healthy.",
                code=ErrorCode.REVISION_NOT_FOUND,
            )
        goal = before
    else:
        found = record.revision(wanted)
        if found is None:
            known = ", ".join(str(each.number) for each in record.revisions)
            raise GiveUp(
                f"{record.store_id} has no revision {wanted} to go back to; there are: {known}.",
                code=ErrorCode.REVISION_NOT_FOUND,
            )
        goal = found
    if not goal.healthy and goal.number != record.current:
        raise GiveUp(
            f"Revision {goal.number} of {record.store_id} was never known healthy; choose another.",
            code=ErrorCode.REVISION_NOT_FOUND,
        )
    if goal.number != record.current and is_barred(record, goal.number):
        raise GiveUp(
            f"There is no way back from revision {record.current} to {goal.number}: the data has changed for good "
            "(class C). Deploy a release that mends it instead.",
            code=ErrorCode.IRREVERSIBLE,
        )
    return goal


def worst_between(record: InstanceRecord, number: int) -> RollbackClass:
    """Return the worst class of the moves that lie between a revision and the current one."""
    classes = [each for revision, each in record.classes.items() if number < revision <= record.current]
    return max(classes, default=RollbackClass.A)


def is_barred(record: InstanceRecord, number: int) -> bool:
    """Say whether the data was changed for good after a revision, so that it can't be gone back to.

    By a revision that failed as well: its code went, what it did to the data stays.
    """
    return any(each is RollbackClass.C for revision, each in record.classes.items() if revision > number)
