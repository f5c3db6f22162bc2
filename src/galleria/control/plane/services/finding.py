"""Finds rows of the registry, or says that they are not there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import DeploymentStatus
from galleria.control.plane.problems import PlaneProblem
from galleria.control.registry.schema import DeploymentRow, StoreRow

_UNFINISHED = (DeploymentStatus.REQUESTED.value, DeploymentStatus.RUNNING.value)


def store(session: Session, store_id: str, *, locked: bool = False) -> StoreRow:
    """Return the store of the fleet with this id.

    :param locked: keep others from changing it until the transaction ends.

    Raises:
        PlaneProblem: with ``store_not_found``.
    """
    query = select(StoreRow).where(StoreRow.store_id == store_id, StoreRow.removed_at.is_(None))
    row = session.scalar(query.with_for_update() if locked else query)
    if row is None:
        raise store_not_found(store_id)
    return row


def store_or_history(session: Session, store_id: str) -> StoreRow:
    """Return the store with this id: the one of the fleet, otherwise the one removed last.

    Raises:
        PlaneProblem: with ``store_not_found``.
    """
    query = select(StoreRow).where(StoreRow.store_id == store_id)
    row = session.scalar(query.order_by(StoreRow.removed_at.is_(None).desc(), StoreRow.key.desc()).limit(1))
    if row is None:
        raise store_not_found(store_id)
    return row


def store_not_found(store_id: str) -> PlaneProblem:
    """There is no such store."""
    message = "There is no store with this id. Look at the list of stores."
    return PlaneProblem(ErrorCode.STORE_NOT_FOUND, message, {"store_id": store_id[:64]})


def deployment(session: Session, deployment_id: str, *, locked: bool = False) -> DeploymentRow:
    """Return the deployment with this id.

    Raises:
        PlaneProblem: with ``deployment_not_found``.
    """
    query = select(DeploymentRow).where(DeploymentRow.deployment_id == deployment_id)
    row = session.scalar(query.with_for_update() if locked else query)
    if row is None:
        message = "There is no deployment with this id. Look at the list of deployments."
        raise PlaneProblem(ErrorCode.DEPLOYMENT_NOT_FOUND, message, {"deployment_id": deployment_id[:64]})
    return row


def unfinished(session: Session, row: StoreRow) -> DeploymentRow | None:
    """Return the store's unfinished deployment, if it has one; never more than one, by index."""
    query = select(DeploymentRow).where(DeploymentRow.store_key == row.key, DeploymentRow.status.in_(_UNFINISHED))
    return session.scalar(query)
