"""Where a store stands: what its record says that it runs, and whose move it is at."""

from __future__ import annotations

from collections.abc import Mapping

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Revision
from galleria.contracts.words import Component
from galleria.control.delivery.faults import GiveUp
from galleria.control.delivery.moving import Move, revision_of
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord, Making, Moving
from galleria.control.delivery.steps import Work
from galleria.control.runtimes.port import Artifact, Placement


def known(parts: Parts, work: Work) -> InstanceRecord:
    """Return the record of a store that is whole and whose revisions are known.

    :raises GiveUp: this runner knows no such store.
    """
    record = parts.records.find(work.store_id)
    if record is None or record.making is not Making.WHOLE:
        raise GiveUp(f"There is no instance of {work.store_id} here.", code=ErrorCode.STORE_NOT_FOUND)
    live = parts.runtime.placements(work.store_id).live
    if record.current and record.revision(record.current) is not None:
        if record.moving is not None:
            return record
        return parts.records.change(work.store_id, lambda each: following(each, live)) or record
    found = revision_of(live, max(1, work.claim.revision_number - 1), record.since)
    return parts.records.change(work.store_id, lambda each: each.running(found)) or record


def following(record: InstanceRecord, live: Mapping[Component, Placement]) -> InstanceRecord:
    """Let the record follow the installed environment, whose digest changes when it is installed anew: what is live is
    the fact, and no revision can be gone back to an installation that is no more."""
    now = record.revision(record.current)
    moved = {
        now.artifacts[component]: placement.artifact
        for component, placement in live.items()
        if now is not None and now.artifacts[component] != placement.artifact.digest
    }
    if not moved:
        return record
    return record.model_copy(update={"revisions": tuple(_moved(each, moved) for each in record.revisions)})


def _moved(revision: Revision, moved: Mapping[str, Artifact]) -> Revision:
    artifacts, versions = dict(revision.artifacts), dict(revision.versions)
    for component, digest in revision.artifacts.items():
        if digest in moved:
            artifacts[component], versions[component] = moved[digest].digest, moved[digest].version
    return revision.model_copy(update={"artifacts": artifacts, "versions": versions})


def begun(record: InstanceRecord, work: Work) -> Move | None:
    """Return the move that an earlier attempt at this deployment has begun, if any."""
    if record.moving is not None and record.moving.deployment_id == work.claim.deployment_id:
        return record.moving.move
    return None


def settled(record: InstanceRecord, work: Work) -> Move | None:
    """Return a move that has nothing left to do, if this deployment went to its end before."""
    now = record.revision(record.current)
    if now is None or record.settled != work.claim.deployment_id:
        return None
    return Move(origin=now, goal=now, placements=())


def moving_of(parts: Parts, work: Work) -> Moving | None:
    """Return this deployment's move as the store's record has it; None if it is at none, or at another's."""
    record = parts.records.find(work.store_id)
    moving = record.moving if record else None
    return moving if moving is not None and moving.deployment_id == work.claim.deployment_id else None


def owned(record: InstanceRecord, work: Work) -> Moving:
    """Return this deployment's move as the record has it.

    :raises GiveUp: the store is at another's, or at none: somebody took it over.
    """
    if record.moving is None or record.moving.deployment_id != work.claim.deployment_id:
        raise GiveUp(_taken_over(record), code=ErrorCode.STATE_CONFLICT)
    return record.moving


def refuse_lost(record: InstanceRecord, work: Work, move: Move) -> None:
    """Raise GiveUp if somebody took the store over since this deployment began its move."""
    if move.placements:
        owned(record, work)
    else:
        refuse_outrun(record, move)


def refuse_outrun(record: InstanceRecord, move: Move) -> None:
    """Raise GiveUp if the store does not run what the move leads away from: somebody was faster."""
    if record.current != move.origin.number:
        raise GiveUp(_taken_over(record), code=ErrorCode.STATE_CONFLICT)


def _taken_over(record: InstanceRecord) -> str:
    return f"{record.store_id} was moved to revision {record.current} on the runner's machine meanwhile."
