"""Takes in rollbacks that were made on a runner's machine while the control plane was away."""

from __future__ import annotations

from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Acknowledged, LocalDeployment
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, DeploymentKind, DeploymentStatus, Wanted
from galleria.control.audit.chain import Act
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import finding, history, holding, writing
from galleria.control.registry.schema import DeploymentRow, StepRow, StoreRow
from galleria.observability.redaction import redact_text


def take(services: Services, caller: RunnerCaller, told: LocalDeployment) -> Acknowledged:
    """Keep a local rollback as a deployment. Told again, it changes nothing.

    Raises:
        PlaneProblem: ``invalid_request`` when it has not ended, ``store_not_found``, ``state_conflict`` when its id is
            another deployment's.
    """
    if not told.status.final:
        message = f"{told.status.value} is no end; a local deployment is told when it has ended."
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "status"})
    with services.database.writing() as session:
        store = finding.store_or_history(session, told.store_id)
        known = session.get(DeploymentRow, told.deployment_id)
        if known is not None:
            _refuse_another(known, store)
            return Acknowledged(deployment_id=told.deployment_id)
        row = _row(store, told, caller)
        session.add(row)
        session.flush()
        for step in told.steps:
            session.merge(
                StepRow(
                    deployment_id=row.deployment_id,
                    stage=step.stage.value,
                    name=step.name,
                    outcome=step.outcome.value,
                    started_at=step.started_at,
                    finished_at=step.finished_at,
                    evidence=redact_text(step.evidence),
                )
            )
        _apply(session, store, row, told)
        writing.commit_with(services, session, _act(told, row, caller))
    holding.tell(services, row)
    return Acknowledged(deployment_id=told.deployment_id)


def _refuse_another(known: DeploymentRow, store: StoreRow) -> None:
    if not known.local or known.store_key != store.key:
        message = "Another deployment has this id. Give each local deployment an id of its own."
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, message, {"deployment_id": known.deployment_id})


def _row(store: StoreRow, told: LocalDeployment, caller: RunnerCaller) -> DeploymentRow:
    ran = (store.revision or {}).get("number")
    here = ran if isinstance(ran, int) else None
    return DeploymentRow(
        deployment_id=told.deployment_id,
        store_key=store.key,
        store_id=store.store_id,
        kind=DeploymentKind.ROLLBACK.value,
        status=told.status.value,
        runtime=store.runtime,
        spec=store.spec,
        revision_number=told.revision.number if told.revision else store.revision_number,
        requested_by=told.requested_by,
        requested_at=told.started_at,
        request_id=caller.request_id,
        started_at=told.started_at,
        finished_at=told.finished_at,
        reason=redact_text(told.reason),
        runner_id=told.runner_id,
        attempt=1,
        rollback=told.rollback.model_dump(mode="json"),
        release_id=told.revision.release_id if told.revision else None,
        from_revision=store.followed_from or here,
        to_revision=told.revision.number if told.revision else told.rollback.to_revision,
        local=True,
    )


def _apply(session: Session, store: StoreRow, row: DeploymentRow, told: LocalDeployment) -> None:
    """Carry the end over to the store, unless something newer has happened to it since."""
    last = session.get(DeploymentRow, store.last_deployment_id) if store.last_deployment_id else None
    if store.removed_at is not None or (last is not None and _is_newer(last, told)):
        return
    store.last_deployment_id = row.deployment_id
    store.version += 1
    if told.status is DeploymentStatus.SUCCEEDED and told.revision is not None:
        history.now_runs(session, store, told.revision, row)
        history.lift_quarantine(session, store, told.revision.release_id)
        store.followed_from = None
        store.wanted = Wanted.RUNNING.value  # who takes a store back wants it to sell, stopped as it may have been


def _is_newer(last: DeploymentRow, told: LocalDeployment) -> bool:
    return last.finished_at is None or last.finished_at > told.finished_at


def _act(told: LocalDeployment, row: DeploymentRow, caller: RunnerCaller) -> Act:
    succeeded = told.status is DeploymentStatus.SUCCEEDED
    return Act(
        actor=told.requested_by,
        actor_kind=ActorKind.HUMAN,
        action=AuditAction.STORE_ROLLBACK_LOCAL,
        outcome=AuditOutcome.SUCCEEDED if succeeded else AuditOutcome.FAILED,
        request_id=caller.request_id,
        store_id=row.store_id,
        detail=f"Deployment {row.deployment_id}, on the machine of {told.runner_id}, {told.status.value}: {row.reason}",
    )
