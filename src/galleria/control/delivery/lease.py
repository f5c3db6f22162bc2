"""The lease on a deployment: kept by heartbeats, lost when the plane says so or has been silent for its whole length.

A runner that can't reach the plane must stop before another one may take over; so it counts from the moment at which
it *sent* the last heartbeat that was answered, which is never later than the moment from which the plane counts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from galleria.contracts.wire import Claim, Heartbeat
from galleria.control.delivery.clock import Clock
from galleria.control.delivery.faults import AskAgain, DeliveryFault, LeaseLost
from galleria.control.delivery.plane import PlanePort
from galleria.observability import logs

HEARTBEAT_SECONDS: Final = 5.0
"""How often a runner says that it is alive."""

_PAUSE_SECONDS: Final = 0.5

_log = logs.get(__name__)


class Lease:
    """One deployment's lease. `ensure_held` is asked at every step boundary."""

    def __init__(self, claim: Claim, runner_id: str, plane: PlanePort, clock: Clock) -> None:
        self.claim = claim
        self._beat = Heartbeat(runner_id=runner_id)
        self._plane = plane
        self._clock = clock
        self._answered_at = clock.monotonic()
        self._lost_because: str | None = None

    def ensure_held(self) -> None:
        """Return if the deployment is still ours.

        :raises LeaseLost: it is not; do nothing more.
        """
        if self._lost_because is None and self._silent_for() >= self.claim.lease_seconds:
            self._lost_because = f"The control plane has not answered for {self.claim.lease_seconds:.0f} s."
        if self._lost_because is not None:
            raise LeaseLost(self._lost_because)

    def establish(self) -> None:
        """Wait until the plane has answered a heartbeat: after a restart nobody knows how old the last one is.

        :raises LeaseLost: the deployment is no longer ours, or the plane stays silent.
        """
        while not self.beat():
            self.ensure_held()
            self._clock.sleep(_PAUSE_SECONDS)

    def beat(self) -> bool:
        """Send one heartbeat and return whether it prolonged the lease."""
        sent_at = self._clock.monotonic()
        try:
            self._plane.heartbeat(self.claim.deployment_id, self._beat)
        except AskAgain:
            return False
        except DeliveryFault as fault:
            self._lost_because = str(fault)
            return False
        self._answered_at = sent_at
        return True

    def lose(self, reason: str) -> None:
        """Some other answer of the plane told that the lease is lost."""
        self._lost_because = reason

    def _silent_for(self) -> float:
        return self._clock.monotonic() - self._answered_at


class LeaseKeeper:
    """Sends the heartbeats of all leases that are held, from one thread."""

    def __init__(self) -> None:
        self._held: dict[str, Lease] = {}
        self._lock = threading.Lock()

    @contextmanager
    def keeping(self, lease: Lease) -> Iterator[Lease]:
        """Send heartbeats for ``lease`` as long as the block runs."""
        key = lease.claim.deployment_id
        with self._lock:
            self._held[key] = lease
        try:
            yield lease
        finally:
            with self._lock:
                if self._held.get(key) is lease:
                    del self._held[key]

    def beat_once(self) -> None:
        """Send one heartbeat for each lease."""
        with self._lock:
            held = list(self._held.values())
        for lease in held:
            lease.beat()

    def run(self, stopped: threading.Event) -> None:
        """Send heartbeats until ``stopped``."""
        while not stopped.wait(HEARTBEAT_SECONDS):
            try:
                self.beat_once()
            except Exception:
                # A thread that dies would silently cost every lease; the next beat may do better.
                _log.exception("heartbeat failed")
