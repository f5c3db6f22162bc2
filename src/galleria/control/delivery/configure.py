"""How a store moves to another configuration, or to new secrets: a deployment like any other, with the same way back.

What is in it lies with the store already, put there on this machine; it never passes through the control plane.
"""

from __future__ import annotations

from dataclasses import dataclass

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Stage
from galleria.control.delivery import deploy, slots, standing
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.moving import Move, artifacts_of, places
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord
from galleria.control.delivery.steps import Done, Step, Work


def configure(parts: Parts) -> tuple[Step, ...]:
    """List the steps from one configuration to another."""
    return (
        ReadTheNewConfiguration(parts),
        deploy.FetchTheArtifacts(parts),
        slots.PrepareTheFreeSlot(parts),
        slots.StartTheFreeSlot(parts),
        slots.WaitUntilTheSlotIsHealthy(parts),
        slots.SmokeTheNewSlot(parts),
        slots.SmokeThroughAnUnseenDoor(parts),
        slots.Switch(parts),
        slots.SmokeThroughThePublicDoor(parts),
        slots.Watch(parts),
        slots.KeepTheOldSlotWarm(parts),
        slots.RecordTime(parts),
    )


@dataclass(frozen=True)
class ReadTheNewConfiguration(Step):
    """Say which configuration comes, by number: what is in it is the store's."""

    parts: Parts
    stage = Stage.INTAKE
    name = "read what is wanted"

    def run(self, work: Work) -> Done:
        record = standing.known(self.parts, work)
        move = standing.begun(record, work) or standing.settled(record, work) or self._new_move(work, record)
        facts = work.facts.model_copy(update={"begun_at": self.parts.clock.now(), "move": move, "classified": True})
        before, after = move.origin, move.goal
        return Done(
            f"Configuration {before.config_version} to {after.config_version}, "
            f"secrets {before.secret_version} to {after.secret_version}; the code stays.",
            facts,
        )

    def _new_move(self, work: Work, record: InstanceRecord) -> Move:
        origin, wanted = record.revision(record.current), work.claim.configure
        if origin is None or wanted is None:
            raise GiveUp("The deployment names no configuration.", code=ErrorCode.INVALID_REQUEST)
        live = self.parts.runtime.placements(work.store_id).live
        closed = slots.door_is_closed(self.parts, work.store_id)
        placements = places(live, artifacts_of(origin), wanted.config_version, whole=closed)
        if not placements:
            return Move(origin=origin, goal=origin, placements=())
        new = {
            "number": work.claim.revision_number,
            "config_version": wanted.config_version,
            "secret_version": wanted.secret_version,
            "healthy": False,
            "came_from": origin.number,
            "since": self.parts.clock.now(),
        }
        return Move(origin=origin, goal=origin.model_copy(update=new), placements=placements, closed=closed)
