"""Reads stores: each with its state as a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from galleria.contracts.wire import DeploymentSummary, OperationRun, Page, Quarantine, Store
from galleria.contracts.words import IsolationMode, Runtime, StoreState, Wanted
from galleria.control.plane import state
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services
from galleria.control.plane.services import finding, history, reading
from galleria.control.registry.schema import (
    DeploymentRow,
    ObservationRow,
    OperationRunRow,
    SmokeRunRow,
    StoreRow,
)

_ORDER = {one: place for place, one in enumerate(StoreState)}


@dataclass(frozen=True)
class StoreFilter:
    """Which stores to list: ``q`` is part of id, name or host. Removed ones are listed only when asked for."""

    q: str = ""
    state: StoreState | None = None


@dataclass(frozen=True)
class _Found:
    """One store's rows, and what it is."""

    store: StoreRow
    deployment: DeploymentRow | None
    observation: ObservationRow | None
    smoke: SmokeRunRow | None
    described: state.Described


def list_stores(services: Services, caller: Caller, wanted: StoreFilter, page: PageRequest) -> Page[Store]:
    """Return one page of the stores that fit, what needs a person first."""
    del caller  # every role may look
    with services.database.reading() as session:
        found = [one for one in _find(services, session, wanted.state) if _fits(one.store, wanted.q)]
        if wanted.state is not None:
            found = [one for one in found if one.described.state is wanted.state]
        found.sort(key=lambda one: (_ORDER[one.described.state], one.store.store_id))
        shown = found[page.offset : page.offset + page.page_size]
        beside = _beside_all(session, [one.store for one in shown])
        items = [_store(services, one, beside) for one in shown]
    return Page(items=items, page=page.page, page_size=page.page_size, total=len(found))


def show_store(services: Services, caller: Caller, store_id: str) -> Store:
    """Return one store; one that was removed is shown as history.

    Raises:
        PlaneProblem: with ``store_not_found``.
    """
    del caller
    with services.database.reading() as session:
        row = finding.store_or_history(session, store_id)
        found = _Found(row, *_beside(services, session, row))
        return _store(services, found, _beside_all(session, [row]))


def states(services: Services) -> dict[str, StoreState]:
    """Return the state of every store of the fleet."""
    with services.database.reading() as session:
        return {one.store.store_id: one.described.state for one in _find(services, session, None)}


def counts(services: Services) -> dict[StoreState, int]:
    """Count the fleet's stores by state, those of 0 included; removed ones are no part of the fleet."""
    counted = Counter(states(services).values())
    return {one: counted[one] for one in StoreState if one is not StoreState.REMOVED}


def _find(services: Services, session: Session, wanted: StoreState | None) -> list[_Found]:
    removed = wanted is StoreState.REMOVED
    query = (
        select(StoreRow, DeploymentRow, ObservationRow, SmokeRunRow)
        .outerjoin(DeploymentRow, DeploymentRow.deployment_id == StoreRow.last_deployment_id)
        .outerjoin(ObservationRow, ObservationRow.store_key == StoreRow.key)
        .outerjoin(SmokeRunRow, SmokeRunRow.run_id == StoreRow.last_smoke_id)
        .where(StoreRow.removed_at.is_not(None) if removed else StoreRow.removed_at.is_(None))
    )
    now = services.now()
    return [_Found(*row, state.describe(reading.facts(*row), now)) for row in session.execute(query)]


def _beside(
    services: Services, session: Session, row: StoreRow
) -> tuple[DeploymentRow | None, ObservationRow | None, SmokeRunRow | None, state.Described]:
    deployment = session.get(DeploymentRow, row.last_deployment_id) if row.last_deployment_id else None
    observation = session.get(ObservationRow, row.key)
    smoke = session.get(SmokeRunRow, row.last_smoke_id) if row.last_smoke_id else None
    facts = reading.facts(row, deployment, observation, smoke)
    return deployment, observation, smoke, state.describe(facts, services.now())


def _fits(row: StoreRow, q: str) -> bool:
    needle = q.strip().casefold()
    return not needle or any(needle in text.casefold() for text in (row.store_id, row.name, row.host))


@dataclass(frozen=True)
class _Beside:
    """What is read for all stores of a page at once."""

    operations: dict[str, OperationRun]
    quarantines: dict[int, list[Quarantine]]


def _beside_all(session: Session, stores: Sequence[StoreRow]) -> _Beside:
    ids = [row.last_operation_id for row in stores if row.last_operation_id]
    rows = session.scalars(select(OperationRunRow).where(OperationRunRow.run_id.in_(ids))) if ids else ()
    operations = {row.run_id: reading.operation_run(row) for row in rows}
    return _Beside(operations, history.quarantines(session, [row.key for row in stores]))


def _store(services: Services, found: _Found, beside: _Beside) -> Store:
    row = found.store
    last: DeploymentSummary | None = reading.summary(found.deployment) if found.deployment else None
    return Store(
        store_id=row.store_id,
        name=row.name,
        host=row.host,
        url=services.settings.shop_url(row.host),
        runtime=Runtime(row.runtime),
        isolation_mode=IsolationMode(row.isolation_mode),
        isolation=reading.isolation(found.observation),
        wanted=Wanted(row.wanted),
        state=found.described.state,
        state_since=found.described.since,
        sentence=found.described.sentence,
        revision=reading.revision(row),
        processes=reading.processes(found.observation),
        last_deployment=last,
        last_operation=beside.operations.get(row.last_operation_id or ""),
        last_smoke=reading.smoke_run(found.smoke) if found.smoke else None,
        time_to_provision_seconds=row.time_to_provision_seconds,
        registered_at=row.registered_at,
        observed_at=found.observation.observed_at if found.observation else None,
        quarantined=beside.quarantines[row.key],
        version=row.version,
    )
