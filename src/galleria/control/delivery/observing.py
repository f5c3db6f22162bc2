"""The observation loop: tells the plane what is really there, every two seconds and at every change."""

from __future__ import annotations

import threading
from typing import Final

from galleria.contracts.delivery import ReleaseInfo
from galleria.contracts.wire import Observation, ObservedProcess, ObservedStore, Revision
from galleria.control.delivery.answers import PATIENCE_SECONDS, Answers
from galleria.control.delivery.faults import AskAgain
from galleria.control.delivery.local import tell_of_local_deployments
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord
from galleria.control.delivery.warm import end_what_was_warm
from galleria.control.gateway.port import GatewayUnavailable
from galleria.control.runtimes.port import ObservedInstance, RuntimeUnavailable
from galleria.observability import logs

_log = logs.get(__name__)

TELL_SECONDS: Final = 2.0
"""The plane hears from us at least this often while it is there."""

LOOK_SECONDS: Final = 0.5
"""How soon a change is seen."""

KEEP_UP_SECONDS: Final = 1.0
"""How soon a supervisor that is gone comes back."""

_SILENCES: Final = 2


class Observing:
    """Looks, and tells when something changed or it is time to."""

    def __init__(self, parts: Parts, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._parts = parts
        self._answers = Answers(parts, patience_seconds)
        self._told: tuple[ObservedStore, ...] | None = None
        self._told_at = float("-inf")
        self._told_releases: list[ReleaseInfo] | None = None
        self._open: set[str] = set()
        self._silences = 0
        self._look_now = threading.Event()

    def look_now(self) -> None:
        """Something was just done: look at once."""
        self._look_now.set()

    def run(self, stopped: threading.Event) -> None:
        """Observe until ``stopped``."""
        while not stopped.is_set():
            self._look_now.wait(LOOK_SECONDS)
            self._look_now.clear()
            try:
                self.once()
            except (RuntimeUnavailable, AskAgain):
                continue  # the plane shows "unobserved" by itself when it hears nothing; the next look may do better
            except Exception:
                _log.exception("observation failed")
        self._answers.close()

    def once(self) -> bool:
        """Look, and tell if needed. Return whether the plane was told."""
        tell_of_local_deployments(self._parts)
        seen, releases = self._look(), self._parts.releases.known()
        now = self._parts.clock.monotonic()
        changed = self._told is None or releases != self._told_releases or _essence(seen) != _essence(self._told)
        if not changed and now - self._told_at < TELL_SECONDS:
            return False
        self._parts.plane.observed(
            Observation(
                runner_id=self._parts.runner_id,
                runtime=self._parts.runtime.kind,
                observed_at=self._parts.clock.now(),
                stores=list(seen),
                releases=releases,
            )
        )
        self._told, self._told_at, self._told_releases = seen, now, releases
        return True

    def _look(self) -> tuple[ObservedStore, ...]:
        routed, found = self._routed(), list(self._parts.runtime.observe())
        self._answers.ask({each.store_id: each.processes for each in found})
        records = {record.store_id: record for record in self._parts.records.all()}
        return tuple(self._seen(each, records.get(each.store_id), routed=each.store_id in routed) for each in found)

    def _seen(self, found: ObservedInstance, record: InstanceRecord | None, *, routed: bool) -> ObservedStore:
        return ObservedStore(
            store_id=found.store_id,
            processes=[self._answers.shown(found.store_id, process) for process in found.processes],
            isolation=found.isolation,
            routed=routed,
            revision=self._runs(record) if record else None,
            quarantined=list(record.quarantined) if record else [],
        )

    def _runs(self, record: InstanceRecord) -> Revision | None:
        """Say what a store runs. While somebody is at a move nobody knows yet: the deployment's end will say.

        A move that was left as it is has no such end.
        """
        if record.moving is not None and self._parts.records.busy(record.store_id):
            return None
        return record.revision(record.current)

    def _routed(self) -> set[str]:
        """Return the stores whose door is open. A gateway that is silent twice in a row lets nobody in; once, it is
        taking up a change."""
        try:
            self._open = {route.store_id for route in self._parts.gateway.routes() if not route.closed}
            self._silences = 0
        except GatewayUnavailable:
            self._silences += 1
        return self._open if self._silences < _SILENCES else set()


class KeepingUp:
    """Has the runtime mend its own machinery, every second, and ends what was kept warm for long enough."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def run(self, stopped: threading.Event) -> None:
        """Keep up until ``stopped``."""
        while not stopped.wait(KEEP_UP_SECONDS):
            try:
                if self._parts.runtime.keep_up():
                    _log.warning("runtime mended")
                end_what_was_warm(self._parts)
            except RuntimeUnavailable:
                continue
            except Exception:
                _log.exception("keeping up failed")


def _essence(stores: tuple[ObservedStore, ...]) -> list[tuple[object, ...]]:
    """Leave out what changes all the time and is no change: how much memory a process has."""
    return [
        (
            store.store_id,
            store.routed,
            store.isolation,
            store.revision,
            tuple(store.quarantined),
            tuple(_process(each) for each in store.processes),
        )
        for store in stores
    ]


def _process(process: ObservedProcess) -> tuple[object, ...]:
    return (process.component, process.slot, process.live, process.state, process.restarts)
