"""Takes in what runners see, and notices when a store's state changes by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from galleria.contracts.wire import Acknowledged, Observation, ObservedStore
from galleria.contracts.words import StoreState
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.events import Change, Event
from galleria.control.plane.services import fleet
from galleria.control.registry.schema import ObservationRow, RunnerRow, StoreRow


def observe(services: Services, caller: RunnerCaller, observation: Observation) -> Acknowledged:
    """Replace what was known of the runner's stores by what it sees now.

    The plane's own clock says when: a runner whose clock is wrong must not make a store look fresh or stale. A store
    that this runner saw before and does not see any more has no processes.
    """
    del caller
    now = services.now()
    with services.database.writing() as session:
        _note_runner(session, observation, now)
        keys = _keys(session)
        known = {row.store_key: row for row in session.scalars(select(ObservationRow))}
        changed = [one.store_id for one in observation.stores if _take(session, observation, one, keys, known, now)]
        seen = {keys[one.store_id] for one in observation.stores if one.store_id in keys}
        names = {key: store_id for store_id, key in keys.items()}
        for key, row in known.items():
            if row.runner_id == observation.runner_id and key not in seen:
                if row.processes and key in names:
                    changed.append(names[key])
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


def _keys(session: Session) -> dict[str, int]:
    rows = session.execute(select(StoreRow.store_id, StoreRow.key).where(StoreRow.removed_at.is_(None)))
    return dict(iter(rows))


def _take(
    session: Session,
    observation: Observation,
    one: ObservedStore,
    keys: dict[str, int],
    known: dict[int, ObservationRow],
    now: datetime,
) -> bool:
    """Keep one store's part; say whether it is news. A store that is not of the fleet is not kept."""
    key = keys.get(one.store_id)
    if key is None:
        return False
    processes = [process.model_dump(mode="json") for process in one.processes]
    isolation = one.isolation.model_dump(mode="json") if one.isolation else None
    row = known.get(key)
    if row is None:
        row = ObservationRow(store_key=key)
        session.add(row)
        news = True
    else:
        isolation = isolation or row.isolation
        news = row.routed != one.routed or _shape(row.processes) != _shape(processes) or row.isolation != isolation
    row.runner_id, row.observed_at, row.routed = observation.runner_id, now, one.routed
    row.processes, row.isolation = processes, isolation
    return news


def _shape(processes: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """What of processes is worth an event; that memory moves by a page is not."""
    return sorted((p["component"], p["slot"], p["state"], p["since"], p["restarts"]) for p in processes)


def _note_runner(session: Session, observation: Observation, now: datetime) -> None:
    row = session.get(RunnerRow, observation.runner_id)
    if row is None:
        session.add(
            RunnerRow(
                runner_id=observation.runner_id,
                runtime=observation.runtime.value,
                first_seen_at=now,
                last_seen_at=now,
            )
        )
    else:
        row.last_seen_at = now
