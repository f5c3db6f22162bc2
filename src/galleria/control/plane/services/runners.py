"""The runners' side: claims, leases, and reports on the way. How a deployment ends is in `ending`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.wire import (
    Acknowledged,
    Claim,
    ClaimRequest,
    Heartbeat,
    RunnerInfo,
    SmokeRequest,
    SmokeRun,
    StepReport,
    StoreSpec,
)
from galleria.contracts.words import (
    ActorKind,
    AuditAction,
    AuditOutcome,
    DeploymentKind,
    DeploymentStatus,
    Outcome,
    Runtime,
)
from galleria.control.audit.chain import Act
from galleria.control.plane.agents import Behind, Where
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import ALIVE, Services
from galleria.control.plane.services import driving, finding, holding, reading, smoke, writing
from galleria.control.registry.schema import (
    DeploymentRow,
    RunnerRow,
    StepRow,
    StoreRow,
)
from galleria.observability.redaction import redact_text

MOST_ATTEMPTS: Final = 6
"""A deployment that has cost this many leases is handed out no more. One more than a runner tries in earnest: at the
sixth it undoes what the others made, and a deployment that it could end itself leaves nothing behind."""


def note(services: Services, request: ClaimRequest) -> None:
    """Remember that this runner was heard of now."""
    with services.database.writing() as session:
        _note_runner(session, request.runner_id, request.runtimes, services.now())


def claim(services: Services, caller: RunnerCaller, request: ClaimRequest) -> Claim | None:
    """Give the oldest deployment that waits, or whose lease has ended, to this runner. None if there is none.

    One that has cost `MOST_ATTEMPTS` leases ends here as ``needs_attention``: it would only end the next runner too.
    """
    while True:
        now = services.now()
        with services.database.reading() as session:  # a look that finds nothing must not hold up those who write
            if session.scalar(_claimable(request.runtimes, now).limit(1)) is None:
                return None
        with services.database.writing() as session:
            row = session.scalar(_claimable(request.runtimes, now).with_for_update(skip_locked=True).limit(1))
            if row is None:
                return None
            acts = [_expired(row, caller)] if row.attempt else []
            worn_out = row.attempt >= MOST_ATTEMPTS
            claimed = None if worn_out else _hand_out(services, session, row, request.runner_id)
            if claimed is None:
                acts.append(_end_worn_out(session, row, caller, now))
            else:
                detail = f"{row.kind}, deployment {row.deployment_id}, attempt {row.attempt}."
                done = AuditOutcome.SUCCEEDED
                acts.append(holding.act(request.runner_id, caller, AuditAction.DEPLOYMENT_CLAIM, row, done, detail))
            writing.commit_with(services, session, *acts)
        holding.tell(services, row)
        if claimed is not None:
            return claimed
        driving.drive_after(services, row)


def seconds_to_lease_end(services: Services, runtimes: Sequence[Runtime]) -> float:
    """Return in how many seconds the next running deployment becomes claimable; an hour if none will.

    Its runner may prolong the lease until then.
    """
    running = and_(
        DeploymentRow.status == DeploymentStatus.RUNNING.value,
        DeploymentRow.runtime.in_([runtime.value for runtime in runtimes]),
    )
    query = select(DeploymentRow.lease_until).where(running).order_by(DeploymentRow.lease_until).limit(1)
    with services.database.reading() as session:
        end = session.scalar(query)
    return max(0.05, (end - services.now()).total_seconds() + 0.05) if end else 3600.0


def heartbeat(services: Services, caller: RunnerCaller, deployment_id: str, beat: Heartbeat) -> Acknowledged:
    """Prolong the lease.

    Raises:
        PlaneProblem: ``deployment_not_found``, or ``lease_lost``: another runner has it, or it has ended.
    """
    del caller
    now = services.now()
    with services.database.writing() as session:
        row = holding.held(session, deployment_id, beat.runner_id)
        row.lease_until = now + timedelta(seconds=services.settings.lease_seconds)
        runner = session.get(RunnerRow, beat.runner_id)
        if runner is not None:
            runner.last_seen_at = now
    return Acknowledged(deployment_id=deployment_id)


def report_step(services: Services, caller: RunnerCaller, deployment_id: str, report: StepReport) -> Acknowledged:
    """Keep how far a step is, and what it found. Sent again, or late, it changes nothing.

    Raises:
        PlaneProblem: ``invalid_request`` for a smoke run that can't be; otherwise as `heartbeat` does.
    """
    del caller
    with services.database.writing() as session:
        row = finding.deployment(session, deployment_id, locked=True)
        if row.runner_id == report.runner_id and DeploymentStatus(row.status).final:
            return Acknowledged(deployment_id=deployment_id)
        holding.refuse_unheld(row, report.runner_id)
        known = session.get(StepRow, (deployment_id, report.stage.value, report.name))
        if known is not None and _is_news_no_more(known, report):
            return Acknowledged(deployment_id=deployment_id)
        if report.smoke is not None:
            smoke.keep_reported(session, row, report.smoke)
        if report.rollback_class is not None:
            row.rollback_class = report.rollback_class.value
        session.merge(
            StepRow(
                deployment_id=deployment_id,
                stage=report.stage.value,
                name=report.name,
                outcome=report.outcome.value,
                started_at=report.started_at,
                finished_at=report.finished_at,
                evidence=redact_text(report.evidence),
            )
        )
    holding.tell(services, row)
    return Acknowledged(deployment_id=deployment_id)


def smoke_deployment(services: Services, caller: RunnerCaller, deployment_id: str, request: SmokeRequest) -> SmokeRun:
    """Smoke the deployment's store for its runner, in the name of who asked for the deployment.

    Raises as `heartbeat` does. Blocks for at most the bounds of the agent's operations.
    """
    with services.database.reading() as session:
        row = finding.deployment(session, deployment_id)
        holding.refuse_unheld(row, request.runner_id)
    behind = Behind(row.requested_by, ActorKind.AUTOMATION, caller.request_id)
    where = Where(request.agent, request.storefront)
    found = smoke.run(services, row.store_id, behind, where)
    found = found.model_copy(update={"environment": request.environment, "deployment_id": deployment_id})
    with services.database.writing() as session:
        row = holding.held(session, deployment_id, request.runner_id)
        store = session.get_one(StoreRow, row.store_key)
        smoke.keep(session, store, found, deployment_id, met=where == Where())
        row.smoke_id = found.run_id
        outcome = AuditOutcome.SUCCEEDED if found.passed else AuditOutcome.FAILED
        detail = f"verify.smoke for deployment {deployment_id}: {smoke.said(found)}"
        writing.commit_with(
            services, session, holding.act(request.runner_id, caller, AuditAction.OPERATION_RUN, row, outcome, detail)
        )
    holding.tell(services, row)
    return found


def list_runners(services: Services) -> list[RunnerInfo]:
    """Return every runner as last heard of."""
    now = services.now()
    with services.database.reading() as session:
        rows = session.scalars(select(RunnerRow).order_by(RunnerRow.runner_id)).all()
    return [
        RunnerInfo(
            runner_id=row.runner_id,
            runtime=Runtime(row.runtime),
            last_seen_at=row.last_seen_at,
            alive=now - row.last_seen_at <= ALIVE,
        )
        for row in rows
    ]


def _claimable(runtimes: Sequence[Runtime], now: datetime) -> Select[DeploymentRow]:
    waiting = DeploymentRow.status == DeploymentStatus.REQUESTED.value
    deserted = and_(DeploymentRow.status == DeploymentStatus.RUNNING.value, DeploymentRow.lease_until < now)
    query = select(DeploymentRow).where(
        DeploymentRow.runtime.in_([runtime.value for runtime in runtimes]), or_(waiting, deserted)
    )
    return query.order_by(DeploymentRow.requested_at, DeploymentRow.deployment_id)


def _hand_out(services: Services, session: Session, row: DeploymentRow, runner_id: str) -> Claim:
    now = services.now()
    row.status = DeploymentStatus.RUNNING.value
    row.runner_id = runner_id
    row.attempt += 1
    row.started_at = row.started_at or now
    row.lease_until = now + timedelta(seconds=services.settings.lease_seconds)
    steps = session.scalars(select(StepRow).where(StepRow.deployment_id == row.deployment_id)).all()
    return _claim(services, row, steps)


def _end_worn_out(session: Session, row: DeploymentRow, caller: RunnerCaller, now: datetime) -> Act:
    """End a deployment that no runner has come back from; return what the audit says of it."""
    row.status = DeploymentStatus.NEEDS_ATTENTION.value
    row.reason = f"Given up after {row.attempt} attempts: at each, its runner fell silent. Look at the runner's log."
    row.finished_at = now
    row.lease_until = None
    session.get_one(StoreRow, row.store_key, with_for_update=True).version += 1
    return Act(
        actor="control-plane",
        actor_kind=ActorKind.SYSTEM,
        action=AuditAction.DEPLOYMENT_FINISH,
        outcome=AuditOutcome.FAILED,
        request_id=caller.request_id,
        store_id=row.store_id,
        detail=f"{row.kind}, deployment {row.deployment_id}, {row.status}: {row.reason}",
    )


def _claim(services: Services, row: DeploymentRow, steps: Sequence[StepRow]) -> Claim:
    return Claim(
        deployment_id=row.deployment_id,
        kind=DeploymentKind(row.kind),
        spec=StoreSpec.model_validate(row.spec),
        revision_number=row.revision_number,
        lease_seconds=services.settings.lease_seconds,
        attempt=row.attempt,
        requested_at=row.requested_at,
        agent_public_key=services.agents.public_key,
        steps=[reading.step(step) for step in sorted(steps, key=lambda step: step.started_at)],
        requested_by=row.requested_by,
        deploy=DeploySpec.model_validate(row.deploy) if row.deploy else None,
        # The plane has told its operator where the way back leads: the runner is to go there and nowhere else.
        rollback=RollbackSpec.model_validate(row.rollback | {"to_revision": row.to_revision}) if row.rollback else None,
        configure=ConfigureSpec.model_validate(row.configure) if row.configure else None,
    )


def _expired(row: DeploymentRow, caller: RunnerCaller) -> Act:
    return Act(
        actor="control-plane",
        actor_kind=ActorKind.SYSTEM,
        action=AuditAction.DEPLOYMENT_LEASE_EXPIRE,
        outcome=AuditOutcome.SUCCEEDED,
        request_id=caller.request_id,
        store_id=row.store_id,
        detail=f"{row.runner_id} fell silent at deployment {row.deployment_id}, attempt {row.attempt}.",
    )


def _is_news_no_more(known: StepRow, report: StepReport) -> bool:
    """Say whether a report is a copy, or older than what is known."""
    if report.started_at < known.started_at:
        return True
    ended = known.outcome != Outcome.RUNNING.value
    return ended and report.outcome is Outcome.RUNNING and report.started_at == known.started_at


def _note_runner(session: Session, runner_id: str, runtimes: Sequence[Runtime], now: datetime) -> None:
    row = session.get(RunnerRow, runner_id)
    runtime = (runtimes[0] if runtimes else Runtime.PROCESS).value
    if row is None:
        session.add(RunnerRow(runner_id=runner_id, runtime=runtime, first_seen_at=now, last_seen_at=now))
    else:
        row.runtime, row.last_seen_at = runtime, now
