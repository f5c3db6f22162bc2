"""What each store runs and ran: its revisions, and the releases that it takes no more."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from galleria.contracts.wire import KnownRevision, Page, Quarantine, Revision
from galleria.contracts.words import DeploymentKind, RollbackClass
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services
from galleria.control.plane.services import finding, reading
from galleria.control.registry.schema import DeploymentRow, QuarantineRow, RevisionRow, StoreRow


def list_revisions(services: Services, caller: Caller, store_id: str, page: PageRequest) -> Page[KnownRevision]:
    """Return one page of what a store runs and ran, the highest number first.

    Raises:
        PlaneProblem: with ``store_not_found``.
    """
    del caller  # every role may look
    with services.database.reading() as session:
        store = finding.store_or_history(session, store_id)
        mine = RevisionRow.store_key == store.key
        total = session.scalar(select(func.count()).select_from(RevisionRow).where(mine)) or 0
        query = select(RevisionRow).where(mine).order_by(RevisionRow.number.desc())
        rows = session.scalars(query.limit(page.page_size).offset(page.offset))
        current = reading.revision(store)
        items = [reading.known_revision(row, current) for row in rows]
    return Page(items=items, page=page.page, page_size=page.page_size, total=total)


def quarantines(session: Session, store_keys: Sequence[int]) -> dict[int, list[Quarantine]]:
    """Return, of each of these stores, the releases that it takes no more, the newest first."""
    query = select(QuarantineRow).where(QuarantineRow.store_key.in_(store_keys))
    found: dict[int, list[Quarantine]] = {key: [] for key in store_keys}
    for row in session.scalars(query.order_by(QuarantineRow.since.desc(), QuarantineRow.release_id)):
        found[row.store_key].append(reading.quarantine(row))
    return found


def held_releases(session: Session) -> dict[int, Set[str]]:
    """Return, of every store that has any, the ids of the releases that it takes no more."""
    found: dict[int, set[str]] = {}
    for key, release_id in session.execute(select(QuarantineRow.store_key, QuarantineRow.release_id)):
        found.setdefault(key, set()).add(release_id)
    return dict(found)


def now_runs(session: Session, store: StoreRow, revision: Revision, made_by: DeploymentRow | None) -> None:
    """Note that a store runs ``revision`` from now on. ``made_by`` is what moved it there, if that is known."""
    store.revision = revision.model_dump(mode="json")
    store.revision_number = max(store.revision_number, revision.number)
    row = session.get(RevisionRow, (store.key, revision.number))
    if row is None:
        made_by = made_by or _that_led_to(session, store, revision.number)
        row = RevisionRow(store_key=store.key, number=revision.number)
        session.add(row)
    if made_by is not None and made_by.kind != DeploymentKind.ROLLBACK.value:
        row.deployment_id, row.rollback_class = made_by.deployment_id, made_by.rollback_class
    row.revision = revision.model_dump(mode="json")
    row.healthy = revision.healthy


def bar(session: Session, store: StoreRow, revision: Revision, made_by: DeploymentRow) -> None:
    """Note that the store's data fits no revision before this one any more, although it is not known to run well."""
    row = session.get(RevisionRow, (store.key, revision.number))
    if row is None:
        row = RevisionRow(store_key=store.key, number=revision.number, healthy=False)
        session.add(row)
    row.revision = revision.model_dump(mode="json")
    row.deployment_id, row.rollback_class = made_by.deployment_id, RollbackClass.C.value


def _that_led_to(session: Session, store: StoreRow, number: int) -> DeploymentRow | None:
    """Return the deployment that this number was given to: it may not have ended well, and the store runs it all the
    same."""
    query = select(DeploymentRow).where(
        DeploymentRow.store_key == store.key,
        DeploymentRow.revision_number == number,
        DeploymentRow.kind.in_((DeploymentKind.DEPLOY.value, DeploymentKind.CONFIGURE.value)),
    )
    return session.scalar(query.limit(1))


def quarantine(
    session: Session, store: StoreRow, release_id: str, reason: str, since: datetime, made_by: DeploymentRow | None
) -> None:
    """Note that a store takes a release no more. Noted again, the first reason stays."""
    if session.get(QuarantineRow, (store.key, release_id)) is None:
        session.add(
            QuarantineRow(
                store_key=store.key,
                release_id=release_id,
                since=since,
                reason=reason,
                deployment_id=made_by.deployment_id if made_by else None,
            )
        )


def lift_quarantine(session: Session, store: StoreRow, release_id: str | None) -> None:
    """Note that a store runs a release well that it took no more before."""
    row = session.get(QuarantineRow, (store.key, release_id)) if release_id else None
    if row is not None:
        session.delete(row)


_TAKEN_BACK: Final = "It failed here or was taken back, as its runner's record says."
"""What is known of a release that the runner's record names and no deployment failed with."""


def follow_quarantines(session: Session, store: StoreRow, seen: Sequence[str], now: datetime) -> None:
    """Make the store's quarantines those that its runner's record has."""
    kept = session.scalars(select(QuarantineRow).where(QuarantineRow.store_key == store.key)).all()
    for row in kept:
        if row.release_id not in seen:
            session.delete(row)
    for release_id in sorted(set(seen) - {row.release_id for row in kept}):
        quarantine(session, store, release_id, _TAKEN_BACK, now, None)
