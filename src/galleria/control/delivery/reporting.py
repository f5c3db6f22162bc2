"""Tells the plane how far a deployment is. A plane that is away costs no step: it is told when it is back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from galleria.contracts.wire import SmokeRun, StepReport
from galleria.contracts.words import Outcome, Stage
from galleria.control.delivery.faults import AskAgain, DeliveryFault, LeaseLost
from galleria.control.delivery.lease import Lease
from galleria.control.delivery.plane import PlanePort
from galleria.control.delivery.steps import StepEnd
from galleria.observability import logs

_log = logs.get(__name__)

EVIDENCE_LENGTH = 2000
"""What the contract takes at most."""


class Reporter:
    """Reports the steps of one deployment, in order."""

    def __init__(self, plane: PlanePort, lease: Lease, runner_id: str) -> None:
        self._plane = plane
        self._lease = lease
        self._runner_id = runner_id
        self._untold: list[StepReport] = []

    @property
    def untold(self) -> tuple[StepReport, ...]:
        """What the plane has not heard yet."""
        return tuple(self._untold)

    def tell_late(self, reports: Iterable[StepReport]) -> None:
        """Tell, as far as the plane listens, what an earlier attempt could not."""
        self._untold.extend(reports)
        self.flush()

    def began(self, stage: Stage, name: str, started_at: datetime) -> None:
        """A step began."""
        self._tell(
            StepReport(
                runner_id=self._runner_id,
                stage=stage,
                name=name,
                outcome=Outcome.RUNNING,
                started_at=started_at,
            )
        )

    def ended(self, stage: Stage, name: str, end: StepEnd) -> None:
        """A step ended."""
        self._tell(
            StepReport(
                runner_id=self._runner_id,
                stage=stage,
                name=name,
                outcome=end.outcome,
                started_at=end.started_at,
                finished_at=end.finished_at,
                evidence=end.evidence[:EVIDENCE_LENGTH],
                rollback_class=end.facts.move.rollback_class if end.facts.classified and end.facts.move else None,
                smoke=_shopped(end),
            )
        )

    def _tell(self, report: StepReport) -> None:
        self._untold.append(report)
        self.flush()

    def flush(self) -> bool:
        """Tell what is still untold, as far as the plane listens; return whether it heard everything."""
        while self._untold:
            report = self._untold[0]
            try:
                self._plane.report_step(self._lease.claim.deployment_id, report)
            except AskAgain:
                return False
            except LeaseLost as lost:
                self._lease.lose(str(lost))
                return False
            except DeliveryFault as fault:
                # One report that the plane will not take must not hold up the store; the end is reported all the same.
                _log.error("step report refused", step=report.name, reason=str(fault))
            self._untold.pop(0)
        return True


def _shopped(end: StepEnd) -> SmokeRun | None:
    """Return the run that this very step made through the public door, if it made one."""
    door = end.facts.door
    return door if door is not None and door.started_at >= end.started_at else None
