"""One deployment from claim to finish report: lease, steps, end. Called by the journal, again after a restart."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from galleria.contracts.wire import Claim, FinishReport, Revision
from galleria.contracts.words import DeploymentKind, DeploymentStatus
from galleria.control.delivery.checkpoints import Checkpoints, NullCheckpoints
from galleria.control.delivery.ends import Ended, Ends
from galleria.control.delivery.faults import AskAgain, DeliveryFault, LeaseLost
from galleria.control.delivery.lease import Lease, LeaseKeeper
from galleria.control.delivery.parts import Parts
from galleria.control.delivery.records import InstanceRecord
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
        self._ends = Ends(parts.home / "runner" / "ends")

    def carry_out(self, written_claim: str, checkpoints: Checkpoints) -> str:
        """Carry out one attempt and return how it ended: a `DeploymentStatus`, or `LOST`."""
        claim = Claim.model_validate_json(written_claim)
        lease = Lease(claim, self._parts.runner_id, self._parts.plane, self._parts.clock)
        # The lease is kept while an attempt before this one, whose lease was lost, still comes to its step boundary.
        with self._leases.keeping(lease), self._stores[claim.spec.store_id], self._alone(claim):
            try:
                lease.establish()
                reporter = Reporter(self._parts.plane, lease, self._parts.runner_id)
                ended = self._end_of(claim, lease, checkpoints, reporter)
                report = self._finish(ended.report, claim, lease, reporter)
            except LeaseLost as lost:
                _log.warning("lease lost", reason=str(lost), **_about(claim))
                return LOST
        _log.info("deployment ended", status=report.status, reason=report.reason, **_about(claim))
        return report.status

    def _alone(self, claim: Claim) -> AbstractContextManager[None]:
        # A rollback on this machine without the control plane may be at work; it is bounded in time.
        return self._parts.records.working_on(claim.spec.store_id, wait=True)

    def _end_of(self, claim: Claim, lease: Lease, checkpoints: Checkpoints, reporter: Reporter) -> Ended:
        """Return how it ends: as an earlier attempt left it, or as this one makes it, which is written down first."""
        ended = self._ends.find(claim.deployment_id)
        if ended is not None:
            reporter.tell_late(ended.untold)
        record = self._parts.records.find(claim.spec.store_id)
        overtaken = overtaken_end(record, claim.deployment_id, ended.report.revision if ended else None)
        if overtaken is not None or ended is None:
            end = overtaken or self._run(claim, lease, checkpoints, reporter)
            ended = Ended(report=self._report(end, claim), untold=reporter.untold)
            self._keep(claim, ended)
        return ended

    def _keep(self, claim: Claim, ended: Ended) -> None:
        try:
            self._ends.keep(claim.deployment_id, ended)
        except OSError:
            _log.exception("end not kept", **_about(claim))  # most likely the disk is full; it is told all the same

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

    def _report(self, end: End, claim: Claim) -> FinishReport:
        succeeded = end.status is DeploymentStatus.SUCCEEDED
        return FinishReport(
            runner_id=self._parts.runner_id,
            status=end.status,
            reason=end.reason[:_REASON_LENGTH],
            revision=end.facts.revision if succeeded else None,
            no_way_back_before=None if succeeded else self._barrier(claim),
            quarantined=self._quarantine(end, claim),
            seconds=self._seconds(end, claim),
        )

    def _finish(self, report: FinishReport, claim: Claim, lease: Lease, reporter: Reporter) -> FinishReport:
        """Tell the plane how it ended, for as long as the lease lasts; return what it heard.

        :raises LeaseLost: the plane did not hear it in time; the next attempt tells it.
        """
        while True:
            lease.ensure_held()
            if not reporter.flush():
                self._parts.clock.sleep(_PAUSE_SECONDS)
                continue
            try:
                self._parts.plane.finish(claim.deployment_id, report)
            except AskAgain as again:
                self._parts.clock.sleep(again.retry_after)
            except LeaseLost:
                raise
            except DeliveryFault as fault:
                if report.status is not DeploymentStatus.SUCCEEDED:
                    raise LeaseLost(f"The plane refuses the finish report: {fault}") from fault
                report = _refused(report, str(fault))
                self._keep(claim, Ended(report=report))
            else:
                self._ends.forget(claim.deployment_id)
                return report

    def _barrier(self, claim: Claim) -> Revision | None:
        """Return the revision that this deployment could not reach, if its migrations changed the data for good."""
        record = self._parts.records.find(claim.spec.store_id)
        moves = (*record.left, record.moving) if record else ()
        return next(
            (
                each.move.goal
                for each in moves
                if each is not None and each.deployment_id == claim.deployment_id and each.irreversible
            ),
            None,
        )

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


def overtaken_end(record: InstanceRecord | None, deployment_id: str, reached: Revision | None) -> End | None:
    """Return how a deployment ends whose store was moved without it, on the runner's machine; None if none did. Pure.

    :param reached: the revision that it led the store to, if it had ended well before.
    """
    if record is None:
        return None
    left = next((each for each in record.left if each.deployment_id == deployment_id), None)
    if left is None and (reached is None or reached.number == record.current):
        return None
    if record.moving is not None:
        status = DeploymentStatus.NEEDS_ATTENTION
        reason = f"{record.store_id} was being taken back on the runner's machine meanwhile, which has not ended well."
    else:
        status = DeploymentStatus.FAILED if left and not left.met else DeploymentStatus.ROLLED_BACK
        reason = f"{record.store_id} was taken back to revision {record.current} on the runner's machine meanwhile."
    return End(status=status, reason=reason, facts=Facts())


def _refused(report: FinishReport, why: str) -> FinishReport:
    """Return what is told instead of a success that the plane does not take: silence would be called a dead runner."""
    reason = f"It succeeded here, and the control plane refused to hear so: {why}"[:_REASON_LENGTH]
    update = {"status": DeploymentStatus.NEEDS_ATTENTION, "reason": reason, "revision": None}
    return report.model_copy(update=update)


def _about(claim: Claim) -> dict[str, str | int]:
    return {
        "deployment_id": claim.deployment_id,
        "store_id": claim.spec.store_id,
        "kind": claim.kind,
        "attempt": claim.attempt,
    }
