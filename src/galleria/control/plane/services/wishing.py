"""Turns what an operator wishes for a store into a deployment that a runner claims: one a store at a time."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Deployment
from galleria.contracts.words import AuditAction, AuditOutcome, DeploymentKind, DeploymentStatus, Role, Wanted
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import Services, new_id
from galleria.control.plane.events import Change, Event
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import aiming, finding, reading, writing
from galleria.control.plane.services.aiming import Aim, Wish
from galleria.control.registry.schema import DeploymentRow, StoreRow

__all__ = ["ACTIONS", "Wish", "enter", "place", "request", "tell"]

ACTIONS: Final = {
    DeploymentKind.PROVISION: AuditAction.STORE_RETRY,
    DeploymentKind.START: AuditAction.STORE_START,
    DeploymentKind.STOP: AuditAction.STORE_STOP,
    DeploymentKind.RESTART: AuditAction.STORE_RESTART,
    DeploymentKind.DECOMMISSION: AuditAction.STORE_DECOMMISSION,
    DeploymentKind.DEPLOY: AuditAction.STORE_DEPLOY,
    DeploymentKind.ROLLBACK: AuditAction.STORE_ROLLBACK,
    DeploymentKind.CONFIGURE: AuditAction.STORE_CONFIGURE,
}
"""How asking for a deployment of a store that exists is called in the audit."""

_WANTED: Final = {DeploymentKind.STOP: Wanted.STOPPED, DeploymentKind.DECOMMISSION: Wanted.REMOVED}
"""What a store is to be after a deployment; after any other it is to run."""


def request(services: Services, caller: Caller, wish: Wish, store_id: str, if_version: int | None = None) -> Deployment:
    """Ask for a deployment of a store that exists.

    :param if_version: the store's version that the caller has seen; with another version nothing is changed.

    Raises:
        PlaneProblem: ``forbidden``, ``store_not_found``, ``store_busy`` and ``store_changed`` with what happened and
            who did it, ``state_conflict`` when it makes no sense for the store as it is; for releases and revisions
            what `aiming.aim` raises.
    """
    action = ACTIONS[wish.kind]
    writing.require(services, caller, required_role(wish), action, store_id)
    accepted = writing.act(caller, action, store_id, outcome=AuditOutcome.ACCEPTED)
    with writing.refusals_audited(services, accepted):
        try:
            deployment = _request(services, caller, wish, store_id, if_version)
        except IntegrityError:
            # Another operator was faster between our look and our write; looking again finds what they did.
            deployment = _request(services, caller, wish, store_id, if_version)
    tell(services, deployment)
    return deployment


def required_role(wish: Wish) -> Role:
    """What it takes to wish for this: what can't be taken back takes an admin."""
    if wish.kind is DeploymentKind.DECOMMISSION or (wish.deploy is not None and wish.deploy.accept_irreversible):
        return Role.ADMIN
    return Role.OPERATOR


def _request(services: Services, caller: Caller, wish: Wish, store_id: str, if_version: int | None) -> Deployment:
    with services.database.writing() as session:
        made = place(services, session, caller, wish, store_id, if_version)
        return reading.deployment(made)


def place(
    services: Services, session: Session, caller: Caller, wish: Wish, store_id: str, if_version: int | None = None
) -> DeploymentRow:
    """Enter a deployment with its audit entry, in a transaction that its caller commits. Raises as `request` does."""
    row = finding.store(session, store_id, locked=True)
    _refuse_busy(session, row)
    _refuse_changed(session, row, if_version)
    made = enter(services, session, caller, wish, row, aiming.aim(services, session, row, wish))
    detail = f"Deployment {made.deployment_id}{_what(made)}."
    entry = writing.act(caller, ACTIONS[wish.kind], store_id, detail, outcome=AuditOutcome.ACCEPTED)
    writing.commit_with(services, session, entry)
    return made


def enter(services: Services, session: Session, caller: Caller, wish: Wish, row: StoreRow, aim: Aim) -> DeploymentRow:
    """Write a deployment down, and on the store what is wanted of it from now on."""
    made = DeploymentRow(
        deployment_id=new_id("dep"),
        store_key=row.key,
        store_id=row.store_id,
        kind=wish.kind.value,
        status=DeploymentStatus.REQUESTED.value,
        runtime=row.runtime,
        spec=row.spec,
        revision_number=aim.revision_number,
        requested_by=caller.name,
        requested_at=services.now(),
        request_id=caller.request_id,
        reason="",
        attempt=0,
        deploy=wish.deploy.model_dump(mode="json") if wish.deploy else None,
        rollback=wish.rollback.model_dump(mode="json") if wish.rollback else None,
        configure=wish.configure.model_dump(mode="json") if wish.configure else None,
        release_id=aim.release_id,
        from_revision=aim.from_revision,
        to_revision=aim.to_revision,
        rollout_id=wish.rollout_id,
        local=False,
    )
    session.add(made)
    row.wanted = _WANTED.get(wish.kind, Wanted.RUNNING).value
    row.last_deployment_id = made.deployment_id
    row.version = (row.version or 0) + 1
    if wish.kind in (DeploymentKind.DEPLOY, DeploymentKind.CONFIGURE):
        row.revision_number = aim.revision_number  # a number is given once, whatever comes of it
    session.flush()
    return made


def _what(made: DeploymentRow) -> str:
    """What a deployment moves the store to, for the audit."""
    parts = [made.release_id] if made.kind == DeploymentKind.DEPLOY.value else []
    if made.to_revision is not None:
        parts.append(f"from revision {made.from_revision} to {made.to_revision}")
    if made.deploy and made.deploy.get("accept_irreversible"):
        parts.append("accepted as irreversible")
    if made.rollout_id:
        parts.append(f"for rollout {made.rollout_id}")
    if made.rollback and made.rollback.get("reason"):
        parts.append(f"because: {made.rollback['reason']}")
    return "".join(f", {part}" for part in parts)


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


def tell(services: Services, deployment: Deployment) -> None:
    """Tell listeners that a deployment was asked for."""
    about = {"store_id": deployment.store_id, "deployment_id": deployment.deployment_id}
    services.events.publish(
        Event(type=Change.DEPLOYMENT, **about), Event(type=Change.STORE, **about), Event(type=Change.AUDIT)
    )
