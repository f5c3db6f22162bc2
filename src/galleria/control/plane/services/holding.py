"""Who holds a deployment, and how what its runner does is told and put into the audit."""

from __future__ import annotations

from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, DeploymentStatus
from galleria.control.audit.chain import Act
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.events import Change, Event
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import finding
from galleria.control.registry.schema import DeploymentRow


def held(session: Session, deployment_id: str, runner_id: str) -> DeploymentRow:
    """Return a deployment that this runner holds, locked.

    Raises:
        PlaneProblem: ``deployment_not_found``, or ``lease_lost``: another runner has it, or it has ended.
    """
    row = finding.deployment(session, deployment_id, locked=True)
    refuse_unheld(row, runner_id)
    return row


def refuse_unheld(row: DeploymentRow, runner_id: str) -> None:
    """Refuse a runner that does not hold the deployment (any more). Raises ``lease_lost``."""
    if row.runner_id == runner_id and row.status == DeploymentStatus.RUNNING.value:
        return
    why = f"it has {row.status}" if DeploymentStatus(row.status).final else "another runner has it, or none yet"
    message = f"This deployment is not this runner's: {why}. Do nothing more for it."
    raise PlaneProblem(ErrorCode.LEASE_LOST, message, {"deployment_id": row.deployment_id})


def act(
    runner_id: str, caller: RunnerCaller, action: AuditAction, row: DeploymentRow, outcome: AuditOutcome, detail: str
) -> Act:
    """Return what a runner did to a deployment as an audit entry's content."""
    return Act(runner_id, ActorKind.RUNNER, action, outcome, caller.request_id, row.store_id, detail)


def tell(services: Services, row: DeploymentRow) -> None:
    """Tell listeners that a deployment has changed."""
    about = {"store_id": row.store_id, "deployment_id": row.deployment_id}
    services.events.publish(Event(type=Change.DEPLOYMENT, **about), Event(type=Change.STORE, **about))
