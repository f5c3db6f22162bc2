"""Decides what a wish means for a store as it is: where it leads, or why it makes no sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from galleria.contracts.delivery import ConfigureSpec, DeploySpec, ReleaseInfo, RollbackSpec
from galleria.contracts.errors import ErrorCode
from galleria.contracts.going_back import revision_before
from galleria.contracts.wire import Revision
from galleria.contracts.words import (
    STORE_COMPONENTS,
    DeploymentKind,
    DeploymentStatus,
    RollbackClass,
    Wanted,
)
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import reading, releases
from galleria.control.registry.schema import DeploymentRow, QuarantineRow, RevisionRow, StoreRow


@dataclass(frozen=True)
class Wish:
    """What is wanted of a store that exists. Of the three specs the kind's own is there, and no other."""

    kind: DeploymentKind
    deploy: DeploySpec | None = None
    rollback: RollbackSpec | None = None
    configure: ConfigureSpec | None = None
    rollout_id: str | None = None

    @classmethod
    def to_deploy(cls, spec: DeploySpec, rollout_id: str | None = None) -> Wish:
        """Move to a release."""
        return cls(DeploymentKind.DEPLOY, deploy=spec, rollout_id=rollout_id)

    @classmethod
    def to_roll_back(cls, spec: RollbackSpec, rollout_id: str | None = None) -> Wish:
        """Go back to a revision."""
        return cls(DeploymentKind.ROLLBACK, rollback=spec, rollout_id=rollout_id)

    @classmethod
    def to_configure(cls, spec: ConfigureSpec) -> Wish:
        """Move to another configuration."""
        return cls(DeploymentKind.CONFIGURE, configure=spec)


@dataclass(frozen=True)
class Aim:
    """Where a deployment leads. ``revision_number`` is the one that the store runs after a success."""

    revision_number: int
    from_revision: int | None = None
    to_revision: int | None = None
    release_id: str | None = None


def aim(services: Services, session: Session, row: StoreRow, wish: Wish) -> Aim:
    """Say where ``wish`` leads.

    Raises:
        PlaneProblem: ``state_conflict`` when it makes no sense for the store as it is; ``release_not_found``,
            ``release_quarantined``, ``invalid_request`` for a release that does not fit; ``revision_not_found`` or
            ``irreversible`` when there is no way back.
    """
    _refuse_senseless(session, row, wish.kind)
    current = reading.revision(row)
    if wish.kind is DeploymentKind.PROVISION:
        return Aim(row.revision_number + 1, to_revision=row.revision_number + 1)
    here = current.number if current else row.revision_number
    if current is None:
        return Aim(here)
    if wish.deploy is not None:
        _refuse_release(services, session, row, wish.deploy)
        return Aim(row.revision_number + 1, here, row.revision_number + 1, wish.deploy.release_id)
    if wish.configure is not None:
        _refuse_same_configuration(row, current, wish.configure)
        return Aim(row.revision_number + 1, here, row.revision_number + 1, current.release_id)
    if wish.rollback is not None:
        target = _way_back(session, row, here, wish.rollback)
        return Aim(target.number, here, target.number, target.release_id)
    return Aim(here)


def runs(revision: Revision | None, release: ReleaseInfo, spec: DeploySpec) -> bool:
    """Say whether a store with this revision runs already what ``spec`` asks for."""
    if revision is None:
        return False
    return all(
        revision.artifacts.get(part.component) == part.artifact
        for part in release.components
        if part.component in (spec.components or STORE_COMPONENTS)
    )


def _refuse_senseless(session: Session, row: StoreRow, kind: DeploymentKind) -> None:
    reason = _senseless(session, row, kind)
    if reason:
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, reason, {"store_id": row.store_id, "wanted": row.wanted})


def _senseless(session: Session, row: StoreRow, kind: DeploymentKind) -> str:
    """Say why this makes no sense for the store as it is; empty if it does."""
    born = row.revision is not None
    stopped = row.wanted == Wanted.STOPPED.value
    if kind is DeploymentKind.DECOMMISSION:
        return ""
    if kind is DeploymentKind.PROVISION:
        return f"{row.store_id} is provisioned; there is nothing to retry. Restart it instead." if born else ""
    if not born:
        return f"{row.store_id} has no revision yet, since its provisioning has not succeeded. Retry or remove it."
    if kind is DeploymentKind.START and row.wanted == Wanted.RUNNING.value and _well(session, row):
        return f"{row.store_id} is meant to run already. Restart it instead."
    if kind is DeploymentKind.STOP and stopped and _well(session, row):
        return f"{row.store_id} is stopped already."
    if kind is DeploymentKind.RESTART and stopped:
        return f"{row.store_id} is stopped. Start it instead."
    if kind in (DeploymentKind.DEPLOY, DeploymentKind.ROLLBACK, DeploymentKind.CONFIGURE) and stopped:
        return f"{row.store_id} is stopped. Start it first: what it moves to is smoked before shoppers meet it."
    return ""


def _well(session: Session, row: StoreRow) -> bool:
    """Say whether the store's last deployment succeeded."""
    last = session.get(DeploymentRow, row.last_deployment_id) if row.last_deployment_id else None
    return last is None or last.status == DeploymentStatus.SUCCEEDED.value


def _refuse_release(services: Services, session: Session, row: StoreRow, spec: DeploySpec) -> None:
    about = {"store_id": row.store_id, "release_id": spec.release_id}
    release = releases.known(services, session).get(spec.release_id)
    if release is None:
        message = f"No runner that is alive has the release {spec.release_id}. See `galleria release list`; build it."
        raise PlaneProblem(ErrorCode.RELEASE_NOT_FOUND, message, about)
    held = session.get(QuarantineRow, (row.key, spec.release_id))
    if held is not None:
        message = (
            f"{spec.release_id} is quarantined on {row.store_id}: {held.reason} Build another release, or go back to "
        )
        message += f"its revision if the store has run it well: `galleria store revisions {row.store_id}`."
        raise PlaneProblem(ErrorCode.RELEASE_QUARANTINED, message, about)
    refuse_parts(release, spec)
    if runs(reading.revision(row), release, spec) and _well(session, row):
        message = f"{row.store_id} runs {spec.release_id} already."
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, message, about)


def refuse_parts(release: ReleaseInfo, spec: DeploySpec) -> None:
    """Refuse components that the release does not hold, or that no store runs. Raises ``invalid_request``."""
    has = {part.component for part in release.components} & set(STORE_COMPONENTS)
    wrong = [component.value for component in spec.components if component not in has]
    if wrong:
        message = f"{spec.release_id} has no {', '.join(wrong)} for a store. Choose from what it has."
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "components"})
    if not has:
        message = f"{spec.release_id} has no component that a store runs."
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "release_id"})


def _refuse_same_configuration(row: StoreRow, current: Revision, spec: ConfigureSpec) -> None:
    wanted = (spec.config_version, spec.secret_version)
    if wanted == (current.config_version, current.secret_version):
        message = f"{row.store_id} runs configuration {wanted[0]} with secrets {wanted[1]} already."
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, message, {"store_id": row.store_id})


def _way_back(session: Session, row: StoreRow, here: int, spec: RollbackSpec) -> Revision:
    """Return the revision to go back to: the one asked for, otherwise the one that the store ran before."""
    known = session.scalars(select(RevisionRow).where(RevisionRow.store_key == row.key)).all()
    wanted = spec.to_revision or _ran_before(session, known, row, here)
    target = next((each for each in known if each.number == wanted), None)
    about = {"store_id": row.store_id, "from_revision": str(here)}
    if target is None and spec.to_revision is None:
        message = f"{row.store_id} has no revision before {here} that is known to be healthy: there is no way back."
        raise PlaneProblem(ErrorCode.REVISION_NOT_FOUND, message, about)
    if target is None:
        message = f"{row.store_id} has no revision {spec.to_revision}. See `galleria store revisions {row.store_id}`."
        raise PlaneProblem(ErrorCode.REVISION_NOT_FOUND, message, about)
    about["to_revision"] = str(target.number)
    if target.number == here:
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, f"{row.store_id} runs revision {here} already.", about)
    if not target.healthy:
        message = f"Revision {target.number} of {row.store_id} was never known to be healthy. Choose another."
        raise PlaneProblem(ErrorCode.STATE_CONFLICT, message, about)
    barrier = _irreversible(known, target.number)
    if barrier is not None:
        message = f"Revision {barrier} of {row.store_id} changed its data so that there is no way back before it."
        raise PlaneProblem(ErrorCode.IRREVERSIBLE, message, about)
    return Revision.model_validate(target.revision)


def _ran_before(session: Session, known: Sequence[RevisionRow], row: StoreRow, here: int) -> int | None:
    quarantined = session.scalars(select(QuarantineRow.release_id).where(QuarantineRow.store_key == row.key)).all()
    revisions = [Revision.model_validate({**each.revision, "healthy": each.healthy}) for each in known]
    before = revision_before(revisions, here, quarantined)
    return before.number if before else None


def _irreversible(known: Sequence[RevisionRow], target: int) -> int | None:
    """Return the revision after the target that changed the data for good, if there is one.

    It bars the way although the store may not run it: data does not go back with the code.
    """
    closed = [each.number for each in known if each.number > target and each.rollback_class == RollbackClass.C.value]
    return max(closed, default=None)
