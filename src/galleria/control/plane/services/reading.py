"""Rows of the registry as wire types."""

from __future__ import annotations

from collections.abc import Sequence

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import (
    Deployment,
    DeploymentSummary,
    IsolationReport,
    KnownRevision,
    ObservedProcess,
    OperationRun,
    Quarantine,
    Revision,
    SmokeResult,
    SmokeRun,
    Step,
    StoreSpec,
)
from galleria.contracts.words import (
    DeploymentKind,
    DeploymentStatus,
    Operation,
    Outcome,
    RollbackClass,
    SmokePlace,
    Stage,
    Wanted,
)
from galleria.control.plane.state import Facts, Seen
from galleria.control.registry.schema import (
    DeploymentRow,
    ObservationRow,
    OperationRunRow,
    QuarantineRow,
    RevisionRow,
    SmokeRunRow,
    StepRow,
    StoreRow,
)


def facts(
    store: StoreRow, deployment: DeploymentRow | None, observation: ObservationRow | None, smoke: SmokeRunRow | None
) -> Facts:
    """What a store's state is worked out from."""
    return Facts(
        wanted=Wanted(store.wanted),
        registered_at=store.registered_at,
        removed_at=store.removed_at,
        revision=revision(store),
        deployment=summary(deployment) if deployment else None,
        lease_until=deployment.lease_until if deployment else None,
        seen=Seen(observation.observed_at, processes(observation), observation.routed) if observation else None,
        smoke=smoke_run(smoke) if smoke else None,
        followed_from=store.followed_from,
    )


def revision(store: StoreRow) -> Revision | None:
    """What the store runs."""
    return Revision.model_validate(store.revision) if store.revision else None


def processes(observation: ObservationRow | None) -> list[ObservedProcess]:
    """The processes as last seen."""
    return [ObservedProcess.model_validate(plain) for plain in observation.processes] if observation else []


def isolation(observation: ObservationRow | None) -> IsolationReport | None:
    """The isolation as last measured."""
    found = observation.isolation if observation else None
    return IsolationReport.model_validate(found) if found else None


def summary(row: DeploymentRow) -> DeploymentSummary:
    """A deployment in one line."""
    return DeploymentSummary(
        deployment_id=row.deployment_id,
        store_id=row.store_id,
        kind=DeploymentKind(row.kind),
        status=DeploymentStatus(row.status),
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        reason=row.reason,
        release_id=row.release_id,
        rollback_class=RollbackClass(row.rollback_class) if row.rollback_class else None,
        from_revision=row.from_revision,
        to_revision=row.to_revision,
        rollout_id=row.rollout_id,
        local=row.local,
    )


def deployment(row: DeploymentRow, steps: Sequence[Step] = (), smokes: Sequence[SmokeRun] = ()) -> Deployment:
    """A deployment with its evidence."""
    return Deployment(
        **dict(summary(row)),
        steps=list(steps),
        smoke=next((run for run in smokes if run.run_id == row.smoke_id), None),
        smokes=list(smokes),
        runner_id=row.runner_id,
        spec=StoreSpec.model_validate(row.spec),
        deploy=DeploySpec.model_validate(row.deploy) if row.deploy else None,
        rollback=RollbackSpec.model_validate(row.rollback) if row.rollback else None,
        configure=ConfigureSpec.model_validate(row.configure) if row.configure else None,
    )


def known_revision(row: RevisionRow, current: Revision | None) -> KnownRevision:
    """A revision of a store's history. The current one is shown as the store runs it now."""
    is_current = current is not None and current.number == row.number
    found = current if current is not None and is_current else Revision.model_validate(row.revision)
    return KnownRevision(
        **dict(found.model_copy(update={"healthy": row.healthy})),
        current=is_current,
        rollback_class=RollbackClass(row.rollback_class) if row.rollback_class else None,
        deployment_id=row.deployment_id,
    )


def quarantine(row: QuarantineRow) -> Quarantine:
    """A release that a store takes no more."""
    return Quarantine(release_id=row.release_id, since=row.since, reason=row.reason, deployment_id=row.deployment_id)


def step(row: StepRow) -> Step:
    """A step as last reported."""
    return Step(
        stage=Stage(row.stage),
        name=row.name,
        outcome=Outcome(row.outcome),
        started_at=row.started_at,
        finished_at=row.finished_at,
        evidence=row.evidence,
    )


def smoke_run(row: SmokeRunRow) -> SmokeRun:
    """A smoke run with its checks."""
    return SmokeRun(
        run_id=row.run_id,
        started_at=row.started_at,
        seconds=row.seconds,
        passed=row.passed,
        place=SmokePlace(row.place),
        environment=row.environment,
        deployment_id=row.deployment_id,
        results=[SmokeResult.model_validate(plain) for plain in row.results],
    )


def operation_run(row: OperationRunRow) -> OperationRun:
    """A run of an operation."""
    return OperationRun(
        run_id=row.run_id,
        store_id=row.store_id,
        operation=Operation(row.operation),
        outcome=Outcome(row.outcome),
        requested_by=row.requested_by,
        started_at=row.started_at,
        seconds=row.seconds,
        message=row.message,
        error_code=ErrorCode(row.error_code) if row.error_code else None,
        retryable=row.retryable,
    )
