"""The releases that the platform's runners have."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from galleria.contracts.delivery import ReleaseInfo
from galleria.contracts.wire import Page
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import ALIVE, PageRequest, Services
from galleria.control.registry.schema import QuarantineRow, RunnerRow, StoreRow


def list_releases(services: Services, caller: Caller, page: PageRequest) -> Page[ReleaseInfo]:
    """Return one page of what live runners have, the newest commit first."""
    del caller  # every role may look
    with services.database.reading() as session:
        found = sorted(known(services, session).values(), key=lambda one: (one.committed_at, one.release_id))
    found.reverse()
    items = found[page.offset : page.offset + page.page_size]
    return Page(items=items, page=page.page, page_size=page.page_size, total=len(found))


def count_failed(services: Services) -> dict[str, int]:
    """Count the stores of the fleet on which each release is quarantined; those that are on none are left out."""
    query = (
        select(QuarantineRow.release_id, func.count())
        .join(StoreRow, StoreRow.key == QuarantineRow.store_key)
        .where(StoreRow.removed_at.is_(None))
        .group_by(QuarantineRow.release_id)
    )
    with services.database.reading() as session:
        return {row[0]: row[1] for row in session.execute(query)}


def known(services: Services, session: Session) -> dict[str, ReleaseInfo]:
    """Return the releases that live runners have, by id; what one says is promoted is promoted."""
    now = services.now()
    rows = session.scalars(select(RunnerRow).order_by(RunnerRow.runner_id))
    found: dict[str, ReleaseInfo] = {}
    for row in rows:
        for plain in (row.releases or []) if now - row.last_seen_at <= ALIVE else []:
            release = ReleaseInfo.model_validate(plain)
            before = found.get(release.release_id)
            promoted = sorted({*release.promoted, *(before.promoted if before else [])})
            found[release.release_id] = release.model_copy(update={"promoted": promoted})
    return found
