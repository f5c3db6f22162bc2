"""Changes what is wanted of a store. Each wish becomes a deployment that a runner claims."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.hosts import validate_host
from galleria.contracts.problems import ContractBroken
from galleria.contracts.wire import Acknowledged, Deployment, MerchantNotice, StoreSpec
from galleria.contracts.words import (
    AuditAction,
    AuditOutcome,
    DeploymentKind,
    DeploymentStatus,
    Role,
    Runtime,
    Wanted,
)
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services, new_id
from galleria.control.plane.events import Change, Event
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import finding, reading, writing
from galleria.control.registry.schema import DeploymentRow, StoreRow

ACTIONS: Final = {
    DeploymentKind.PROVISION: AuditAction.STORE_RETRY,
    DeploymentKind.START: AuditAction.STORE_START,
    DeploymentKind.STOP: AuditAction.STORE_STOP,
    DeploymentKind.RESTART: AuditAction.STORE_RESTART,
    DeploymentKind.DECOMMISSION: AuditAction.STORE_DECOMMISSION,
}
"""How asking for a deployment of a store that exists is called in the audit."""

_ROLES: Final = {DeploymentKind.DECOMMISSION: Role.ADMIN}

_WANTED: Final = {
    DeploymentKind.PROVISION: Wanted.RUNNING,
    DeploymentKind.START: Wanted.RUNNING,
    DeploymentKind.STOP: Wanted.STOPPED,
    DeploymentKind.RESTART: Wanted.RUNNING,
    DeploymentKind.DECOMMISSION: Wanted.REMOVED,
}


def register_store(services: Services, caller: Caller, spec: StoreSpec) -> Deployment:
    """Register a store and ask for its provisioning.

    Raises:
        PlaneProblem: ``forbidden``, ``store_exists``, ``host_taken`` or ``host_invalid``; nothing is registered.
    """
    writing.require(services, caller, Role.OPERATOR, AuditAction.STORE_REGISTER, spec.store_id)
    accepted = writing.act(caller, AuditAction.STORE_REGISTER, spec.store_id, outcome=AuditOutcome.ACCEPTED)
    with writing.refusals_audited(services, accepted):
        spec = spec.model_copy(update={"host": _host(spec)})
        try:
            deployment = _register(services, caller, spec)
        except IntegrityError:
            # Another operator was faster between our look and our write; looking again finds what they did.
            deployment = _register(services, caller, spec)
    _tell(services, deployment)
    return deployment


def request(
    services: Services, caller: Caller, kind: DeploymentKind, store_id: str, if_version: int | None = None
) -> Deployment:
    """Ask for a deployment of a store that exists: start, stop, restart, decommission, or provision again.

    :param if_version: the store's version that the caller has seen; with another version nothing is changed.

    Raises:
        PlaneProblem: ``forbidden``, ``store_not_found``, ``store_busy`` and ``store_changed`` with what happened and
            who did it, ``state_conflict`` when it makes no sense for the store as it is.
    """
    writing.require(services, caller, _ROLES.get(kind, Role.OPERATOR), ACTIONS[kind], store_id)
    accepted = writing.act(caller, ACTIONS[kind], store_id, outcome=AuditOutcome.ACCEPTED)
    with writing.refusals_audited(services, accepted):
        try:
            deployment = _request(services, caller, kind, store_id, if_version)
        except IntegrityError:
            deployment = _request(services, caller, kind, store_id, if_version)
    _tell(services, deployment)
    return deployment


def retry(services: Services, caller: Caller, store_id: str, if_version: int | None = None) -> Deployment:
    """Provision again a store whose provisioning did not succeed. Raises as `request` does."""
    return request(services, caller, DeploymentKind.PROVISION, store_id, if_version)


def note_merchant_act(services: Services, caller: Caller, store_id: str, notice: MerchantNotice) -> Acknowledged:
    """Put into the audit that a merchant did something to their store; what it was about stays with them."""
    writing.require(services, caller, Role.OPERATOR, notice.action, store_id)
    with services.database.reading() as session:
        finding.store(session, store_id)
    writing.record(services, writing.act(caller, notice.action, store_id, outcome=notice.outcome))
    return Acknowledged()


def _host(spec: StoreSpec) -> str:
    try:
        return validate_host(spec.host or f"{spec.store_id}.localhost")
    except ContractBroken as broken:
        raise PlaneProblem(broken.error_code, broken.message, {"field": broken.key}) from broken


def _register(services: Services, caller: Caller, spec: StoreSpec) -> Deployment:
    with services.database.writing() as session:
        _refuse_taken(session, spec)
        row = StoreRow(
            store_id=spec.store_id,
            name=spec.name,
            host=spec.host,
            runtime=Runtime.PROCESS.value,
            isolation_mode=spec.isolation_mode.value,
            spec=spec.model_dump(mode="json"),
            wanted=Wanted.RUNNING.value,
            registered_at=services.now(),
            registered_by=caller.name,
        )
        session.add(row)
        session.flush()
        made = _ask(services, session, caller, DeploymentKind.PROVISION, row)
        detail = f"Deployment {made.deployment_id}."
        entry = writing.act(caller, AuditAction.STORE_REGISTER, row.store_id, detail, outcome=AuditOutcome.ACCEPTED)
        writing.commit_with(services, session, entry)
        return reading.deployment(made, [], None)


def _refuse_taken(session: Session, spec: StoreSpec) -> None:
    living = select(StoreRow).where(StoreRow.removed_at.is_(None))
    same = session.scalar(living.where(StoreRow.store_id == spec.store_id))
    if same is not None:
        message = f"{spec.store_id} exists already. Choose another id"
        message += "." if same.revision else ", or retry or remove the one whose provisioning has not succeeded."
        details = {"store_id": spec.store_id, "registered_by": same.registered_by}
        raise PlaneProblem(ErrorCode.STORE_EXISTS, message, details)
    neighbour = session.scalar(living.where(StoreRow.host == spec.host))
    if neighbour is not None:
        message = f"The host {spec.host} belongs to {neighbour.store_id}. Choose another host."
        raise PlaneProblem(ErrorCode.HOST_TAKEN, message, {"field": "host", "store_id": neighbour.store_id})


def _request(
    services: Services, caller: Caller, kind: DeploymentKind, store_id: str, if_version: int | None
) -> Deployment:
    with services.database.writing() as session:
        row = finding.store(session, store_id, locked=True)
        _refuse_busy(session, row)
        _refuse_changed(session, row, if_version)
        _refuse_senseless(session, row, kind)
        made = _ask(services, session, caller, kind, row)
        detail = f"Deployment {made.deployment_id}."
        entry = writing.act(caller, ACTIONS[kind], store_id, detail, outcome=AuditOutcome.ACCEPTED)
        writing.commit_with(services, session, entry)
        return reading.deployment(made, [], None)


def _refuse_busy(session: Session, row: StoreRow) -> None:
    busy = finding.unfinished(session, row)
    if busy is None:
        return
    when = busy.requested_at.strftime("%H:%M:%S UTC")
    message = f"{busy.requested_by} asked to {busy.kind} {row.store_id} at {when}, and it has not ended yet. "
    raise PlaneProblem(ErrorCode.STORE_BUSY, message + "Wait for it, then look again.", _about(row, busy))


def _refuse_changed(session: Session, row: StoreRow, if_version: int | None) -> None:
    if if_version is None or if_version == row.version:
        return
    last = session.get(DeploymentRow, row.last_deployment_id) if row.last_deployment_id else None
    what = f" {last.requested_by} asked to {last.kind} it, which has {last.status}." if last else ""
    message = f"{row.store_id} has changed since you looked.{what} Look again, then decide."
    raise PlaneProblem(ErrorCode.STORE_CHANGED, message, _about(row, last))


def _about(row: StoreRow, deployment: DeploymentRow | None) -> dict[str, str]:
    details = {"store_id": row.store_id, "version": str(row.version)}
    if deployment is not None:
        details |= {
            "deployment_id": deployment.deployment_id,
            "kind": deployment.kind,
            "deployment_status": deployment.status,
            "requested_by": deployment.requested_by,
            "requested_at": deployment.requested_at.isoformat(),
        }
    return details


def _refuse_senseless(session: Session, row: StoreRow, kind: DeploymentKind) -> None:
    reason = _senseless(session, row, kind)
    if reason:
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, reason, {"store_id": row.store_id, "wanted": row.wanted})


def _senseless(session: Session, row: StoreRow, kind: DeploymentKind) -> str:
    """Say why this makes no sense for the store as it is; empty if it does."""
    born = row.revision is not None
    if kind is DeploymentKind.DECOMMISSION:
        return ""
    if kind is DeploymentKind.PROVISION:
        return f"{row.store_id} is provisioned; there is nothing to retry. Restart it instead." if born else ""
    if not born:
        return f"{row.store_id} has no revision yet, since its provisioning has not succeeded. Retry or remove it."
    last = session.get(DeploymentRow, row.last_deployment_id) if row.last_deployment_id else None
    well = last is None or last.status == DeploymentStatus.SUCCEEDED.value
    if kind is DeploymentKind.START and row.wanted == Wanted.RUNNING.value and well:
        return f"{row.store_id} is meant to run already. Restart it instead."
    if kind is DeploymentKind.STOP and row.wanted == Wanted.STOPPED.value and well:
        return f"{row.store_id} is stopped already."
    if kind is DeploymentKind.RESTART and row.wanted == Wanted.STOPPED.value:
        return f"{row.store_id} is stopped. Start it instead."
    return ""


def _ask(services: Services, session: Session, caller: Caller, kind: DeploymentKind, row: StoreRow) -> DeploymentRow:
    made = DeploymentRow(
        deployment_id=new_id("dep"),
        store_key=row.key,
        store_id=row.store_id,
        kind=kind.value,
        status=DeploymentStatus.REQUESTED.value,
        runtime=row.runtime,
        spec=row.spec,
        revision_number=row.revision_number + 1 if kind is DeploymentKind.PROVISION else row.revision_number,
        requested_by=caller.name,
        requested_at=services.now(),
        request_id=caller.request_id,
        reason="",
        attempt=0,
    )
    session.add(made)
    row.wanted = _WANTED[kind].value
    row.last_deployment_id = made.deployment_id
    row.version = (row.version or 0) + 1
    session.flush()
    return made


def _tell(services: Services, deployment: Deployment) -> None:
    about = {"store_id": deployment.store_id, "deployment_id": deployment.deployment_id}
    services.events.publish(
        Event(type=Change.DEPLOYMENT, **about), Event(type=Change.STORE, **about), Event(type=Change.AUDIT)
    )
