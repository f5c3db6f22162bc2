"""Rollouts as people ask for them: start, look, halt, go on, take back. What happens next is `driving`'s."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from galleria.contracts.delivery import DeploySpec, Rollout, RolloutSpec, RolloutSummary
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Page
from galleria.contracts.words import AuditAction, AuditOutcome, Role, RolloutStatus
from galleria.control.plane import rolling
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services, new_id
from galleria.control.plane.events import Change, Event
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import aiming, driving, releases, standing, writing
from galleria.control.registry.schema import RolloutRow, RolloutStoreRow, StoreRow

_MOVING: Final = (RolloutStatus.RUNNING, RolloutStatus.ROLLING_BACK)
_FROM: Final = {
    AuditAction.ROLLOUT_HALT: (RolloutStatus.RUNNING,),
    AuditAction.ROLLOUT_RESUME: (RolloutStatus.HALTED,),
    AuditAction.ROLLOUT_ROLLBACK: (RolloutStatus.RUNNING, RolloutStatus.HALTED, RolloutStatus.SUCCEEDED),
}
"""As what a rollout can be told to do this."""


def start(services: Services, caller: Caller, spec: RolloutSpec) -> Rollout:
    """Start a rollout: the first wave is asked for at once.

    Raises:
        PlaneProblem: ``forbidden``, ``release_not_found``, ``rollout_busy`` when another rollout moves one of the
            stores, ``invalid_request`` for stores, waves or components that are none.
    """
    role = Role.ADMIN if spec.accept_irreversible else Role.OPERATOR
    writing.require(services, caller, role, AuditAction.ROLLOUT_START)
    refused = writing.act(caller, AuditAction.ROLLOUT_START, outcome=AuditOutcome.REFUSED)
    with writing.refusals_audited(services, refused), services.database.writing() as session:
        row = _enter(services, session, caller, spec)
        detail = f"Rollout {row.rollout_id} of {spec.release_id} over {spec.stores}, waves {','.join(spec.waves)}."
        entry = writing.act(caller, AuditAction.ROLLOUT_START, detail=detail, outcome=AuditOutcome.ACCEPTED)
        writing.commit_with(services, session, entry)
    return _driven(services, row.rollout_id)


def list_rollouts(services: Services, caller: Caller, page: PageRequest) -> Page[RolloutSummary]:
    """Return one page of the rollouts, newest first."""
    del caller  # every role may look
    with services.database.reading() as session:
        total = session.scalar(select(func.count()).select_from(RolloutRow)) or 0
        query = select(RolloutRow).order_by(RolloutRow.requested_at.desc(), RolloutRow.rollout_id)
        rows = session.scalars(query.limit(page.page_size).offset(page.offset)).all()
        items = [standing.summary(row, standing.lines(session, row.rollout_id)) for row in rows]
    return Page(items=items, page=page.page, page_size=page.page_size, total=total)


def show_rollout(services: Services, caller: Caller, rollout_id: str) -> Rollout:
    """Return one rollout with its stores, in the order of their waves.

    Raises:
        PlaneProblem: with ``rollout_not_found``.
    """
    del caller
    with services.database.reading() as session:
        return standing.rollout(find(session, rollout_id), standing.lines(session, rollout_id))


def halt(services: Services, caller: Caller, rollout_id: str) -> Rollout:
    """Begin nothing more; what is under way ends. Raises as `resume` does, but never ``rollout_busy``."""
    return _tell(services, caller, rollout_id, AuditAction.ROLLOUT_HALT)


def resume(services: Services, caller: Caller, rollout_id: str) -> Rollout:
    """Go on after a halt; the failures so far count no more.

    Raises:
        PlaneProblem: ``forbidden``, ``rollout_not_found``; ``state_conflict`` when it makes no sense now;
            ``rollout_busy`` when another rollout moves one of its stores by now.
    """
    return _tell(services, caller, rollout_id, AuditAction.ROLLOUT_RESUME)


def take_back(services: Services, caller: Caller, rollout_id: str) -> Rollout:
    """Take every store that it moved back to what that store ran before. Raises as `resume` does."""
    return _tell(services, caller, rollout_id, AuditAction.ROLLOUT_ROLLBACK)


def find(session: Session, rollout_id: str, *, locked: bool = False) -> RolloutRow:
    """Return the rollout with this id.

    Raises:
        PlaneProblem: with ``rollout_not_found``.
    """
    query = select(RolloutRow).where(RolloutRow.rollout_id == rollout_id)
    row = session.scalar(query.with_for_update() if locked else query)
    if row is None:
        message = "There is no rollout with this id. Look at the list of rollouts."
        raise PlaneProblem(ErrorCode.ROLLOUT_NOT_FOUND, message, {"rollout_id": rollout_id[:64]})
    return row


def _enter(services: Services, session: Session, caller: Caller, spec: RolloutSpec) -> RolloutRow:
    release = releases.known(services, session).get(spec.release_id)
    if release is None:
        message = f"No runner that is alive has the release {spec.release_id}. See `galleria release list`."
        raise PlaneProblem(ErrorCode.RELEASE_NOT_FOUND, message, {"release_id": spec.release_id})
    aiming.refuse_parts(release, DeploySpec(release_id=spec.release_id, components=spec.components))
    fleet = {row.store_id: row for row in session.scalars(select(StoreRow).where(StoreRow.removed_at.is_(None)))}
    chosen, waves = _waves(spec, sorted(fleet))
    _refuse_busy(session, [fleet[store_id].key for store_id in chosen])
    row = RolloutRow(
        rollout_id=new_id("rol"),
        spec=spec.model_dump(mode="json"),
        status=RolloutStatus.RUNNING.value,
        requested_by=caller.name,
        requested_kind=caller.kind.value,
        requested_at=services.now(),
        request_id=caller.request_id,
        waves=max(waves),
        forgiven=0,
        reason="",
    )
    session.add(row)
    session.flush()
    for place, (store_id, wave) in enumerate(zip(chosen, waves, strict=True)):
        part = RolloutStoreRow(rollout_id=row.rollout_id, store_key=fleet[store_id].key, store_id=store_id)
        part.wave, part.place, part.reason = wave, place, ""
        session.add(part)
    return row


def _waves(spec: RolloutSpec, fleet: list[str]) -> tuple[list[str], list[int]]:
    try:
        chosen = rolling.select(spec.stores, fleet)
    except rolling.BadSelector as bad:
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, str(bad), {"field": "stores"}) from bad
    try:
        return chosen, rolling.waves(spec.waves, len(chosen))
    except rolling.BadWaves as bad:
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, str(bad), {"field": "waves"}) from bad


def _refuse_busy(session: Session, keys: Sequence[int], own_id: str = "") -> None:
    """Refuse when a rollout moves one of these stores; ``own_id`` is not counted."""
    query = (
        select(RolloutRow)
        .join(RolloutStoreRow, RolloutStoreRow.rollout_id == RolloutRow.rollout_id)
        .where(RolloutRow.status.in_([status.value for status in _MOVING]), RolloutStoreRow.store_key.in_(keys))
        .where(RolloutRow.rollout_id != own_id)
    )
    other = session.scalar(query.limit(1))
    if other is not None:
        message = f"Rollout {other.rollout_id} of {other.requested_by} moves some of these stores. Wait, or halt it."
        raise PlaneProblem(ErrorCode.ROLLOUT_BUSY, message, {"rollout_id": other.rollout_id})


def _tell(services: Services, caller: Caller, rollout_id: str, action: AuditAction) -> Rollout:
    writing.require(services, caller, Role.OPERATOR, action)
    refused = writing.act(caller, action, detail=f"Rollout {rollout_id}.", outcome=AuditOutcome.REFUSED)
    with writing.refusals_audited(services, refused), services.database.writing() as session:
        row = find(session, rollout_id, locked=True)
        _refuse_senseless(row, action)
        if action is not AuditAction.ROLLOUT_HALT:
            mine = select(RolloutStoreRow.store_key).where(RolloutStoreRow.rollout_id == rollout_id)
            _refuse_busy(session, session.scalars(mine).all(), rollout_id)
        _change(session, row, action, caller)
        entry = writing.act(caller, action, detail=f"Rollout {rollout_id}.", outcome=AuditOutcome.ACCEPTED)
        writing.commit_with(services, session, entry)
    return _driven(services, rollout_id)


_DONE: Final = {
    AuditAction.ROLLOUT_HALT: "halted",
    AuditAction.ROLLOUT_RESUME: "resumed",
    AuditAction.ROLLOUT_ROLLBACK: "taken back",
}


def _refuse_senseless(row: RolloutRow, action: AuditAction) -> None:
    if RolloutStatus(row.status) not in _FROM[action]:
        message = f"Rollout {row.rollout_id} is {row.status.replace('_', ' ')}; it can't be {_DONE[action]} from there."
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, message, {"rollout_id": row.rollout_id, "rollout": row.status})


def _change(session: Session, row: RolloutRow, action: AuditAction, caller: Caller) -> None:
    row.finished_at = None
    if action is AuditAction.ROLLOUT_HALT:
        row.status, row.reason = RolloutStatus.HALTED.value, f"Halted by {caller.name}."
    elif action is AuditAction.ROLLOUT_RESUME:
        known = standing.standing(row, standing.lines(session, row.rollout_id))
        row.status, row.reason = RolloutStatus.RUNNING.value, ""
        row.forgiven += known.failures
    else:
        row.status, row.reason = RolloutStatus.ROLLING_BACK.value, ""
        row.taken_back_by, row.taken_back_kind = caller.name, caller.kind.value


def _driven(services: Services, rollout_id: str) -> Rollout:
    """Let the rollout do what is next at once, and return how it is then."""
    services.events.publish(Event(type=Change.ROLLOUT, rollout_id=rollout_id), Event(type=Change.AUDIT))
    driving.drive(services, rollout_id)
    with services.database.reading() as session:
        return standing.rollout(find(session, rollout_id), standing.lines(session, rollout_id))
