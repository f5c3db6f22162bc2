"""Registers stores, and asks for what a store needs by its name alone."""

from __future__ import annotations

from sqlalchemy import or_, select
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
    Role,
    Runtime,
    Wanted,
)
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import aiming, finding, reading, wishing, writing
from galleria.control.plane.services.aiming import Wish
from galleria.control.registry.schema import StoreRow


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
    wishing.tell(services, deployment)
    return deployment


def request(
    services: Services, caller: Caller, kind: DeploymentKind, store_id: str, if_version: int | None = None
) -> Deployment:
    """Ask for what needs no more than its name: start, stop, restart, decommission. Raises as `wishing.request`."""
    return wishing.request(services, caller, Wish(kind), store_id, if_version)


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
        wish = Wish(DeploymentKind.PROVISION)
        made = wishing.enter(services, session, caller, wish, row, aiming.aim(services, session, row, wish))
        detail = f"Deployment {made.deployment_id}."
        entry = writing.act(caller, AuditAction.STORE_REGISTER, row.store_id, detail, outcome=AuditOutcome.ACCEPTED)
        writing.commit_with(services, session, entry)
        return reading.deployment(made)


def _refuse_taken(session: Session, spec: StoreSpec) -> None:
    # One look for both: between two, another may register this very store, which would then be taken for a neighbour.
    clash = or_(StoreRow.store_id == spec.store_id, StoreRow.host == spec.host)
    living = session.scalars(select(StoreRow).where(StoreRow.removed_at.is_(None), clash)).all()
    same = next((row for row in living if row.store_id == spec.store_id), None)
    if same is not None:
        message = f"{spec.store_id} exists already. Choose another id"
        message += "." if same.revision else ", or retry or remove the one whose provisioning has not succeeded."
        details = {"store_id": spec.store_id, "registered_by": same.registered_by}
        raise PlaneProblem(ErrorCode.STORE_EXISTS, message, details)
    neighbour = next((row for row in living if row.host == spec.host), None)
    if neighbour is not None:
        message = f"The host {spec.host} belongs to {neighbour.store_id}. Choose another host."
        raise PlaneProblem(ErrorCode.HOST_TAKEN, message, {"field": "host", "store_id": neighbour.store_id})
