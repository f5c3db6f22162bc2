"""One deployment from claim to finish report: lease, steps, end. Called by the journal, again after a restart."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from galleria.contracts.wire import Claim, FinishReport
from galleria.contracts.words import DeploymentKind, DeploymentStatus
from galleria.control.delivery.checkpoints import Checkpoints, NullCheckpoints
from galleria.control.delivery.faults import AskAgain, DeliveryFault, LeaseLost
from galleria.control.delivery.lease import Lease, LeaseKeeper
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.reporting import Reporter
from galleria.control.delivery.rollback import BOUND_SECONDS
from galleria.control.delivery.steps import Facts, Step, Work
from galleria.control.delivery.workflow import End, Workflow
from galleria.observability import logs

_log = logs.get(__name__)

Workflows = Mapping[DeploymentKind, Sequence[Step]]
"""What each kind of deployment is: its list of steps."""

LOST: Final = "lost"
"""How an attempt ends that no longer owns its deployment."""

_REASON_LENGTH: Final = 2000
_PAUSE_SECONDS: Final = 0.5


class Executor:
    """Carries out claimed deployments, one at a time for each store."""

    def __init__(self, parts: Parts, workflows: Workflows, leases: LeaseKeeper, changed: Callable[[], None]) -> None:
        """``changed`` is called when a store may look different now, so that it is observed at once."""
        self._parts = parts
        self._workflows = workflows
        self._leases = leases
        self._changed = changed
        self._stores: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def carry_out(self, written_claim: str, checkpoints: Checkpoints) -> str:
        """Carry out one attempt and return how it ended: a `DeploymentStatus`, or `LOST`."""
        claim = Claim.model_validate_json(written_claim)
        lease = Lease(claim, self._parts.runner_id, self._parts.plane, self._parts.clock)
        # The lease is kept while an attempt before this one, whose lease was lost, still comes to its step boundary.
        with self._leases.keeping(lease), self._stores[claim.spec.store_id], self._alone(claim):
            try:
                lease.establish()
                reporter = Reporter(self._parts.plane, lease, self._parts.runner_id)
                end = self._run(claim, lease, checkpoints, reporter)
                self._finish(end, claim, lease, reporter)
            except LeaseLost as lost:
                _log.warning("lease lost", reason=str(lost), **_about(claim))
                return LOST
        _log.info("deployment ended", status=end.status, reason=end.reason, **_about(claim))
        return end.status

    def _alone(self, claim: Claim) -> AbstractContextManager[None]:
        # A rollback on this machine without the control plane may be at work; it is bounded in time.
        return self._parts.records.working_on(claim.spec.store_id, wait=True)

    def _run(self, claim: Claim, lease: Lease, checkpoints: Checkpoints, reporter: Reporter) -> End:
        steps = self._workflows[claim.kind]
        workflow = Workflow(
            steps,
            checkpoints,
            reporter,
            lease,
            self._parts.clock,
            self._changed,
            takes_back=claim.kind is not DeploymentKind.ROLLBACK,
            bound_seconds=BOUND_SECONDS if claim.kind is DeploymentKind.ROLLBACK else None,
        )
        try:
            return workflow.carry_out(Work(claim))
        except LeaseLost:
            raise
        except Exception:
            # The journal itself fails, most likely for want of disk space. Taking everything back needs no journal:
            # every undo can run twice, and what it removes makes room.
            _log.exception("journal failed", **_about(claim))
            reason = "The runner could not write its journal: is the disk full?"
            if not workflow.takes_back:
                return End(status=DeploymentStatus.NEEDS_ATTENTION, reason=reason, facts=Facts())
            return replace(workflow, checkpoints=NullCheckpoints()).take_back(Work(claim), reason)

    def _finish(self, end: End, claim: Claim, lease: Lease, reporter: Reporter) -> None:
        """Tell the plane how it ended, for as long as the lease lasts.

        :raises LeaseLost: the plane did not hear it in time; the next attempt finds everything done.
        """
        report = FinishReport(
            runner_id=self._parts.runner_id,
            status=end.status,
            reason=end.reason[:_REASON_LENGTH],
            revision=end.facts.revision if end.status is DeploymentStatus.SUCCEEDED else None,
            quarantined=self._quarantine(end, claim),
            seconds=self._seconds(end, claim),
        )
        while True:
            lease.ensure_held()
            if not reporter.flush():
                self._parts.clock.sleep(_PAUSE_SECONDS)
                continue
            try:
                return self._parts.plane.finish(claim.deployment_id, report)
            except AskAgain as again:
                self._parts.clock.sleep(again.retry_after)
            except LeaseLost:
                raise
            except DeliveryFault as fault:
                raise LeaseLost(f"The plane refuses the finish report: {fault}") from fault

    def _quarantine(self, end: End, claim: Claim) -> bool:
        """Let the store take a release no more that failed on it, and say whether that is so."""
        release_id = claim.deploy.release_id if claim.deploy else None
        if not end.blamed or release_id is None:
            return False
        self._parts.records.change(claim.spec.store_id, lambda record: record.with_quarantine_of(release_id))
        return True

    def _seconds(self, end: End, claim: Claim) -> float:
        """Return the seconds from the request to the end, or to the green smoke run of a new store."""
        asked_at = claim.requested_at or end.facts.begun_at or self._parts.clock.now()
        until = end.facts.green_at if claim.kind is DeploymentKind.PROVISION else None
        return max(0.0, ((until or self._parts.clock.now()) - asked_at).total_seconds())


def _about(claim: Claim) -> dict[str, str | int]:
    return {
        "deployment_id": claim.deployment_id,
        "store_id": claim.spec.store_id,
        "kind": claim.kind,
        "attempt": claim.attempt,
    }
