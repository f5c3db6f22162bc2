"""Drives rollouts: has decided what is next, and does it, one act a transaction.

An act and the note that it was done are committed together. So a plane that is killed anywhere goes on where it was:
no deployment is made twice, none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galleria.contracts.delivery import DeploySpec, RollbackSpec, RolloutSpec, RolloutStore
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Revision
from galleria.contracts.words import (
    ActorKind,
    AuditAction,
    AuditOutcome,
    Component,
    DeploymentStatus,
    Role,
    RolloutStatus,
)
from galleria.control.audit.chain import Act as AuditAct
from galleria.control.plane import rolling
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services
from galleria.control.plane.events import Change, Event
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.rolling import Deploy, End, Fate, TakeBack
from galleria.control.plane.services import aiming, finding, reading, releases, standing, wishing, writing
from galleria.control.plane.services.aiming import Wish
from galleria.control.plane.services.standing import Line
from galleria.control.registry.schema import DeploymentRow, RevisionRow, RolloutRow, StoreRow
from galleria.observability import logs

_log = logs.get(__name__)

_MOVING: Final = (RolloutStatus.RUNNING.value, RolloutStatus.ROLLING_BACK.value)

_FAILED: Final = (DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK, DeploymentStatus.NEEDS_ATTENTION)

_WAITS: Final = (ErrorCode.STORE_BUSY, ErrorCode.RELEASE_NOT_FOUND)
"""What passes by itself: the store is tried again."""


def drive_all(services: Services) -> None:
    """Drive every rollout that moves. Called at the plane's start and every few seconds."""
    with services.database.reading() as session:
        moving = session.scalars(select(RolloutRow.rollout_id).where(RolloutRow.status.in_(_MOVING))).all()
    for rollout_id in moving:
        drive(services, rollout_id)


def drive_after(services: Services, deployment: DeploymentRow) -> None:
    """Drive the rollout that a deployment which has ended belongs to, if it belongs to one."""
    if deployment.rollout_id is None:
        return
    services.events.publish(Event(type=Change.ROLLOUT, rollout_id=deployment.rollout_id))
    try:
        drive(services, deployment.rollout_id)
    except Exception:
        # The deployment has ended all the same, and its runner must hear so; the next look drives the rollout.
        _log.exception("driving a rollout failed", rollout_id=deployment.rollout_id)


def drive(services: Services, rollout_id: str) -> None:
    """Do all that is next in a rollout. A store that has to wait is tried again at the next call."""
    waiting: set[str] = set()
    while _act_once(services, rollout_id, waiting):
        services.events.publish(
            Event(type=Change.ROLLOUT, rollout_id=rollout_id), Event(type=Change.DEPLOYMENT), Event(type=Change.STORE)
        )


def _act_once(services: Services, rollout_id: str, waiting: set[str]) -> bool:
    """Do the next act; say whether there was one. Stores that wait are added to ``waiting``."""
    with services.database.writing() as session:
        row = session.get(RolloutRow, rollout_id, with_for_update=True)
        if row is None:
            return False
        found = {line.row.store_id: line for line in standing.lines(session, rollout_id)}
        acts = rolling.decide(standing.standing(row, list(found.values())))
        act = next((one for one in acts if isinstance(one, End) or one.store_id not in waiting), None)
        match act:
            case None:
                return False
            case End(status):
                _end(services, session, row, status, list(found.values()))
            case Deploy(store_id):
                _there(services, session, row, found[store_id], waiting)
            case TakeBack(store_id):
                _back(services, session, row, found[store_id], waiting)
        return True


def _there(services: Services, session: Session, row: RolloutRow, line: Line, waiting: set[str]) -> None:
    """Ask for one store's deployment, or settle it without one."""
    part, spec = line.row, RolloutSpec.model_validate(row.spec)
    store = session.get_one(StoreRow, part.store_key)
    if store.removed_at is not None:
        part.settled, part.reason = Fate.SKIPPED.value, "It was removed."
        return
    wanted = DeploySpec(
        release_id=spec.release_id, components=spec.components, accept_irreversible=spec.accept_irreversible
    )
    release = releases.known(services, session).get(spec.release_id)
    if release is not None and aiming.runs(reading.revision(store), release, wanted):
        part.settled, part.reason = Fate.SUCCEEDED.value, f"It runs {spec.release_id} already."
        return
    caller = Caller(row.requested_by, Role.ADMIN, ActorKind(row.requested_kind), "", row.request_id)
    try:
        made = _place(services, session, caller, Wish.to_deploy(wanted, row.rollout_id), part.store_id)
    except PlaneProblem as problem:
        part.reason = problem.message
        if problem.code in _WAITS:
            waiting.add(part.store_id)
        elif problem.code is ErrorCode.STATE_CONFLICT:
            part.settled = Fate.SKIPPED.value
        else:
            part.settled = Fate.FAILED.value
        return
    part.deployment_id, part.reason = made.deployment_id, ""


def _back(services: Services, session: Session, row: RolloutRow, line: Line, waiting: set[str]) -> None:
    """Ask for the rollback of one store that this rollout moved, or settle it without one."""
    part, moved = line.row, line.there
    store = session.get_one(StoreRow, part.store_key)
    here = reading.revision(store)
    if store.removed_at is not None or moved is None or moved.from_revision is None or here is None:
        part.back_settled, part.reason = Fate.SKIPPED.value, "It was removed."
        return
    if here.number == moved.from_revision and finding.unfinished(session, store) is None:
        part.back_settled, part.reason = Fate.SUCCEEDED.value, f"It is back at revision {here.number} already."
        return
    if here.number != moved.to_revision and finding.unfinished(session, store) is None:
        part.back_settled, part.reason = _moved_on(session, here, moved)
        return
    name, kind = row.taken_back_by or row.requested_by, ActorKind(row.taken_back_kind or row.requested_kind)
    caller = Caller(name, Role.OPERATOR, kind, "", row.request_id)
    spec = RollbackSpec(to_revision=moved.from_revision, reason=f"Rollout {row.rollout_id} is taken back")
    try:
        made = _place(services, session, caller, Wish.to_roll_back(spec, row.rollout_id), part.store_id)
    except PlaneProblem as problem:
        part.reason = problem.message
        if problem.code in _WAITS:
            waiting.add(part.store_id)
        else:
            part.back_settled = Fate.FAILED.value
        return
    part.rollback_deployment_id, part.reason = made.deployment_id, ""


def _moved_on(session: Session, here: Revision, moved: DeploymentRow) -> tuple[str, str]:
    """Settle a store that somebody has moved on since: it is left alone, which is fine if nothing of this is left."""
    since = f"It has moved on to revision {here.number} since"
    if not _brought(session, moved) & here.artifacts.items():
        return Fate.SKIPPED.value, f"{since}, and runs nothing of this rollout any more."
    by_hand = f"Roll it back by hand: before this rollout it ran revision {moved.from_revision}."
    return Fate.FAILED.value, f"{since}, which still runs {moved.release_id}. {by_hand}"


def _brought(session: Session, moved: DeploymentRow) -> set[tuple[Component, str]]:
    """The artifacts that this deployment brought to its store."""
    before, after = (
        session.get_one(RevisionRow, (moved.store_key, number)) for number in (moved.from_revision, moved.to_revision)
    )
    now = Revision.model_validate(after.revision).artifacts
    return now.items() - Revision.model_validate(before.revision).artifacts.items()


def _place(services: Services, session: Session, caller: Caller, wish: Wish, store_id: str) -> DeploymentRow:
    """Enter a deployment. Somebody who was faster has made the store busy."""
    try:
        with session.begin_nested():
            return wishing.place(services, session, caller, wish, store_id)
    except IntegrityError as error:
        raise PlaneProblem(ErrorCode.STORE_BUSY, "Another deployment has just begun on it.") from error


def _end(services: Services, session: Session, row: RolloutRow, status: RolloutStatus, found: list[Line]) -> None:
    """Note that the rollout halts or has ended by itself, and why."""
    row.status = status.value
    row.reason = _why(status, row, found)
    if status is not RolloutStatus.HALTED:
        row.finished_at = services.now()
    well = status in (RolloutStatus.SUCCEEDED, RolloutStatus.ROLLED_BACK)
    entry = AuditAct(
        actor="control-plane",
        actor_kind=ActorKind.SYSTEM,
        action=AuditAction.ROLLOUT_HALT if status is RolloutStatus.HALTED else AuditAction.ROLLOUT_FINISH,
        outcome=AuditOutcome.SUCCEEDED if well else AuditOutcome.FAILED,
        request_id=row.request_id,
        detail=f"Rollout {row.rollout_id}, {status.value}: {row.reason}",
    )
    writing.commit_with(services, session, entry)


def _why(status: RolloutStatus, row: RolloutRow, found: list[Line]) -> str:
    shown = standing.rollout(row, found)
    if status is RolloutStatus.HALTED:
        failed = [part for part in shown.parts if part.status in _FAILED]
        last = failed[-1]
        return f"{shown.failed} of {shown.stores} stores failed. {last.store_id}: {last.reason or 'no reason given'}"
    if status is RolloutStatus.SUCCEEDED:
        skipped = sum(part.skipped for part in shown.parts)
        beside = f", {skipped} skipped" if skipped else ""
        return f"{shown.succeeded} of {shown.stores} stores run it, {shown.failed} failed{beside}."
    return " ".join(_taken_back(shown.parts, [line.row.store_id for line in found if line.stuck]))


def _taken_back(parts: Sequence[RolloutStore], stuck: Sequence[str]) -> Iterator[str]:
    """Say what became of the stores, those that need a person first."""
    bad = [part.store_id for part in parts if part.rollback_status in _FAILED]
    if bad:
        yield f"Not taken back: {', '.join(bad)}."
    if stuck:
        yield f"Waits for a person since its deployment: {', '.join(stuck)}."
    if bad or stuck:
        yield "See each store's page."
    moved = sum(part.deployment_id is not None and part.status is DeploymentStatus.SUCCEEDED for part in parts)
    back = sum(part.rollback_status is DeploymentStatus.SUCCEEDED for part in parts)
    if back or not bad:
        yield _back_are(back, moved)
    left = [part.store_id for part in parts if part.rollback_skipped]
    if left:
        yield f"Left alone: {', '.join(left)}."


def _back_are(back: int, moved: int) -> str:
    if moved < 2:
        is_back = "back at what it ran before" if back else "not back"
        return f"The store that it moved is {is_back}." if moved else "It had moved no store."
    if back < 2:
        return f"{back or 'None'} of the {moved} stores that it moved is back at what it ran before."
    return f"{back if back < moved else 'All'} of the {moved} stores that it moved are back at what they ran before."
