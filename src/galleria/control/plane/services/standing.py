"""How a rollout stands: its rows, and those of its deployments, as values to decide on and to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from galleria.contracts.delivery import Rollout, RolloutSpec, RolloutStore, RolloutSummary
from galleria.contracts.words import DeploymentStatus, RolloutStatus
from galleria.control.plane.rolling import Fate, Part, Standing
from galleria.control.registry.schema import DeploymentRow, RolloutRow, RolloutStoreRow, StoreRow

_FATES: Final = {
    DeploymentStatus.REQUESTED: Fate.RUNNING,
    DeploymentStatus.RUNNING: Fate.RUNNING,
    DeploymentStatus.SUCCEEDED: Fate.SUCCEEDED,
    DeploymentStatus.FAILED: Fate.FAILED,
    DeploymentStatus.ROLLED_BACK: Fate.FAILED,
    DeploymentStatus.NEEDS_ATTENTION: Fate.FAILED,
}

_STATUSES: Final = {Fate.SUCCEEDED: DeploymentStatus.SUCCEEDED, Fate.FAILED: DeploymentStatus.FAILED}
"""How a store is shown that was settled without a deployment."""


@dataclass(frozen=True)
class Line:
    """One store of a rollout: its row, its deployment, the deployment that takes it back, and the store's last one."""

    row: RolloutStoreRow
    there: DeploymentRow | None
    back: DeploymentRow | None
    last: DeploymentRow | None

    @property
    def stuck(self) -> bool:
        """Whether its deployment ended so that a person must look, and nothing has mended the store since."""
        if self.there is None or self.there.status != DeploymentStatus.NEEDS_ATTENTION.value:
            return False
        return self.last is None or self.last.status != DeploymentStatus.SUCCEEDED.value


def lines(session: Session, rollout_id: str) -> list[Line]:
    """Return a rollout's stores in the order of their waves."""
    back, last = aliased(DeploymentRow), aliased(DeploymentRow)
    query = (
        select(RolloutStoreRow, DeploymentRow, back, last)
        .outerjoin(DeploymentRow, DeploymentRow.deployment_id == RolloutStoreRow.deployment_id)
        .outerjoin(back, back.deployment_id == RolloutStoreRow.rollback_deployment_id)
        .join(StoreRow, StoreRow.key == RolloutStoreRow.store_key)
        .outerjoin(last, last.deployment_id == StoreRow.last_deployment_id)
        .where(RolloutStoreRow.rollout_id == rollout_id)
        .order_by(RolloutStoreRow.place)
    )
    return [Line(*found) for found in session.execute(query)]


def standing(row: RolloutRow, found: Sequence[Line]) -> Standing:
    """What is decided on."""
    spec = RolloutSpec.model_validate(row.spec)
    return Standing(RolloutStatus(row.status), spec.max_failures, tuple(_part(one) for one in found), row.forgiven)


def summary(row: RolloutRow, found: Sequence[Line]) -> RolloutSummary:
    """A rollout in one line."""
    parts = [_part(line) for line in found]
    begun = [part.wave for part in parts if part.there is not Fate.WAITING]
    return RolloutSummary(
        rollout_id=row.rollout_id,
        release_id=str(row.spec["release_id"]),
        status=RolloutStatus(row.status),
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
        wave=max(begun, default=1),
        waves=row.waves,
        stores=len(parts),
        succeeded=sum(part.there is Fate.SUCCEEDED for part in parts),
        failed=sum(part.there is Fate.FAILED for part in parts),
        reason=row.reason,
    )


def rollout(row: RolloutRow, found: Sequence[Line]) -> Rollout:
    """A rollout with its stores."""
    spec = RolloutSpec.model_validate(row.spec)
    parts = [_store(line) for line in found]
    return Rollout(
        **dict(summary(row, found)), spec=spec, taken_back_by=row.taken_back_by, forgiven=row.forgiven, parts=parts
    )


def _part(line: Line) -> Part:
    return Part(
        store_id=line.row.store_id,
        wave=line.row.wave,
        there=_fate(line.row.settled, line.there),
        back=_fate(line.row.back_settled, line.back),
        touched=line.there is not None,
        stuck=line.stuck,
    )


def _fate(settled: str | None, deployment: DeploymentRow | None) -> Fate:
    if deployment is not None:
        return _FATES[DeploymentStatus(deployment.status)]
    return Fate(settled) if settled else Fate.WAITING


def _store(line: Line) -> RolloutStore:
    return RolloutStore(
        store_id=line.row.store_id,
        wave=line.row.wave,
        deployment_id=line.row.deployment_id,
        status=_status(line.row.settled, line.there),
        skipped=line.row.settled == Fate.SKIPPED.value,
        reason=_reason(line),
        rollback_deployment_id=line.row.rollback_deployment_id,
        rollback_status=_status(line.row.back_settled, line.back),
        rollback_skipped=line.row.back_settled == Fate.SKIPPED.value,
    )


def _status(settled: str | None, deployment: DeploymentRow | None) -> DeploymentStatus | None:
    if deployment is not None:
        return DeploymentStatus(deployment.status)
    return _STATUSES.get(Fate(settled)) if settled else None


def _reason(line: Line) -> str:
    """Why a store stands as it does: what was last said of it."""
    for deployment in (line.back, line.there):
        if deployment is not None and deployment.reason and deployment.status != DeploymentStatus.SUCCEEDED.value:
            return deployment.reason
    return line.row.reason
