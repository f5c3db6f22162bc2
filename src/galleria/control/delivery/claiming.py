"""The claim loop: asks the plane for work whenever a slot is free."""

from __future__ import annotations

import threading
from typing import Final

from galleria.contracts.wire import ClaimRequest
from galleria.control.delivery.faults import AskAgain, DeliveryFault
from galleria.control.delivery.journal import Journal
from galleria.control.delivery.parts import Parts
from galleria.observability import logs

_log = logs.get(__name__)

WAIT_SECONDS: Final = 20.0
"""How long the plane holds a request for work open."""

_BUSY_SECONDS: Final = 0.2
_LONGEST_PAUSE: Final = 5.0


class Claiming:
    """Claims deployments and hands them to the journal, at most ``slots`` at a time."""

    def __init__(self, parts: Parts, journal: Journal, slots: int) -> None:
        self._parts = parts
        self._journal = journal
        self._slots = slots
        self._request = ClaimRequest(
            runner_id=parts.runner_id, runtimes=[parts.runtime.kind], wait_seconds=WAIT_SECONDS
        )

    def run(self, stopped: threading.Event) -> None:
        """Claim until ``stopped``. No answer of the plane ends this loop."""
        pause = 0.0
        while not stopped.wait(pause):
            try:
                pause = self.once()
            except AskAgain as again:
                pause = min(max(again.retry_after, pause * 2), _LONGEST_PAUSE)
            except DeliveryFault as fault:
                _log.error("claim refused", reason=str(fault))
                pause = _LONGEST_PAUSE
            except Exception:
                _log.exception("claim failed")
                pause = _LONGEST_PAUSE

    def once(self) -> float:
        """Claim once if a slot is free; return how many seconds to wait before the next time."""
        if len(self._journal.running()) >= self._slots:
            return _BUSY_SECONDS
        claim = self._parts.plane.claim(self._request)
        if claim is not None:
            _log.info("claimed", deployment_id=claim.deployment_id, store_id=claim.spec.store_id, kind=claim.kind)
            self._journal.start(f"{claim.deployment_id}-{claim.attempt}", claim.model_dump_json())
        return 0.0
