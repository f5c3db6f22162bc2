"""Takes in what runners see, and notices when a store's state changes by itself."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from galleria.contracts.wire import Acknowledged, Observation, ObservedStore
from galleria.contracts.words import StoreState
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.events import Change, Event
from galleria.control.plane.services import fleet, history, reading
from galleria.control.registry.schema import DeploymentRow, ObservationRow, RunnerRow, StoreRow

SETTLED: Final = timedelta(seconds=15)
"""How long after a deployment's end an observation that is older than it may still be on its way."""


def observe(services: Services, caller: RunnerCaller, observation: Observation) -> Acknowledged:
    """Replace what was known of the runner's stores by what it sees now.

    The plane's own clock says when: a runner whose clock is wrong must not make a store look fresh or stale. A store
    that this runner saw before and does not see any more has no processes. One that is not of the fleet is not kept.
    """
    del caller
    now = services.now()
    with services.database.writing() as session:
        _note_runner(session, observation, now)
        fleet_rows = {row.store_id: row for row in session.scalars(_of_the_fleet())}
        known = {row.store_key: row for row in session.scalars(select(ObservationRow))}
        held = history.held_releases(session)
        seen = {fleet_rows[one.store_id].key: one for one in observation.stores if one.store_id in fleet_rows}
        changed = []
        for store in fleet_rows.values():
            row = known.get(store.key)
            if store.key in seen:
                if _take(
                    session,
                    seen[store.key],
                    observation.runner_id,
                    _Kept(store, row, held.get(store.key, frozenset())),
                    now,
                ):
                    changed.append(store.store_id)
            elif row is not None and row.runner_id == observation.runner_id:
                if row.processes:
                    changed.append(store.store_id)
                row.processes, row.routed, row.observed_at = [], False, now
    services.events.publish(*(Event(type=Change.STORE, store_id=store_id) for store_id in changed))
    return Acknowledged()


def changes(services: Services, before: dict[str, StoreState]) -> dict[str, StoreState]:
    """Tell the listeners which stores' states differ from ``before``; return the states now.

    A state also changes when nothing happens: a store that nobody observes any more, a lease that has ended.
    """
    now = fleet.states(services)
    differing = [store_id for store_id in now.keys() | before.keys() if now.get(store_id) != before.get(store_id)]
    services.events.publish(*(Event(type=Change.STORE, store_id=store_id) for store_id in differing))
    return now


def _of_the_fleet() -> Select[StoreRow]:
    return select(StoreRow).where(StoreRow.removed_at.is_(None)).order_by(StoreRow.key)


@dataclass(frozen=True)
class _Kept:
    """What the registry has of one store."""

    store: StoreRow
    seen: ObservationRow | None
    quarantined: Set[str]


def _take(session: Session, one: ObservedStore, runner_id: str, kept: _Kept, now: datetime) -> bool:
    """Keep one store's part; say whether it is news."""
    processes = [process.model_dump(mode="json") for process in one.processes]
    isolation = one.isolation.model_dump(mode="json") if one.isolation else None
    row = kept.seen
    if row is None:
        row = ObservationRow(store_key=kept.store.key)
        session.add(row)
        news = True
    else:
        isolation = isolation or row.isolation
        news = row.routed != one.routed or _shape(row.processes) != _shape(processes) or row.isolation != isolation
    row.runner_id, row.observed_at, row.routed = runner_id, now, one.routed
    row.processes, row.isolation = processes, isolation
    return _follow(session, kept, one, now) or news


def _follow(session: Session, kept: _Kept, one: ObservedStore, now: datetime) -> bool:
    """Follow the runner's own record where it differs from the registry; say whether it did.

    Its record is the truth: it may have taken a store back while the control plane was away. While a deployment is at
    work, and right after it, what was seen may be older than what was reported; then nothing is followed.
    """
    store, known = kept.store, reading.revision(kept.store)
    if one.revision is None or known is None:
        return False
    moved = known.number != one.revision.number
    if not moved and kept.quarantined == set(one.quarantined):
        return False
    last = session.get(DeploymentRow, store.last_deployment_id) if store.last_deployment_id else None
    if last is not None and (last.finished_at is None or now - last.finished_at < SETTLED):
        return False
    history.follow_quarantines(session, store, one.quarantined, now)
    if moved:
        history.now_runs(session, store, one.revision, None)
        store.followed_from = known.number
    store.version += 1
    return True


def _shape(processes: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """What of processes is worth an event; that memory moves by a page is not."""
    return sorted((p["component"], p["slot"], p["state"], p["since"], p["restarts"], p.get("live")) for p in processes)


def _note_runner(session: Session, observation: Observation, now: datetime) -> None:
    row = session.get(RunnerRow, observation.runner_id)
    if row is None:
        row = RunnerRow(runner_id=observation.runner_id, runtime=observation.runtime.value, first_seen_at=now)
        session.add(row)
    row.last_seen_at = now
    if observation.releases is not None:
        row.releases = [release.model_dump(mode="json") for release in observation.releases]
