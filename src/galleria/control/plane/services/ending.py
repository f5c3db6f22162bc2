"""How a deployment ends: what a runner's word is worth, and what it changes on the store."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Acknowledged, FinishReport
from galleria.contracts.words import AuditAction, AuditOutcome, DeploymentKind, DeploymentStatus, Wanted
from galleria.control.plane.callers import RunnerCaller
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import driving, finding, history, holding, writing
from galleria.control.registry.schema import DeploymentRow, ObservationRow, RevisionRow, SmokeRunRow, StoreRow
from galleria.observability.redaction import redact_text

SMOKED: Final = (
    DeploymentKind.PROVISION,
    DeploymentKind.START,
    DeploymentKind.RESTART,
    DeploymentKind.DEPLOY,
    DeploymentKind.ROLLBACK,
    DeploymentKind.CONFIGURE,
)
"""Kinds whose success needs a passed smoke run."""

_MOVING: Final = (
    DeploymentKind.PROVISION,
    DeploymentKind.DEPLOY,
    DeploymentKind.ROLLBACK,
    DeploymentKind.CONFIGURE,
)
"""Kinds after whose success the store runs another revision than before."""

_MAY_CHANGE_NOTHING: Final = (DeploymentKind.DEPLOY.value, DeploymentKind.CONFIGURE.value)
"""Kinds that end at the revision that the store runs already, if it is all that was asked for."""


def finish(services: Services, caller: RunnerCaller, deployment_id: str, report: FinishReport) -> Acknowledged:
    """End a deployment. Sent again, it changes nothing.

    A success without a passed smoke run, where one is due, is kept as ``needs_attention``: nothing else is 'done'.

    Raises:
        PlaneProblem: ``invalid_request`` for a status that is no end; otherwise as `holding.held` does.
    """
    if not report.status.final:
        message = f"{report.status.value} is no end; a deployment ends in one of the final statuses."
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": "status"})
    with services.database.writing() as session:
        row = finding.deployment(session, deployment_id, locked=True)
        if row.runner_id == report.runner_id and DeploymentStatus(row.status).final:
            return Acknowledged(deployment_id=deployment_id)
        holding.refuse_unheld(row, report.runner_id)
        _refuse_impossible(session, row, report)
        status, reason = _judged(session, row, report)
        reason = redact_text(reason)
        row.status, row.reason = status.value, reason
        row.finished_at = services.now()
        row.lease_until = None
        _apply(session, row, report, row.finished_at)
        outcome = AuditOutcome.SUCCEEDED if status is DeploymentStatus.SUCCEEDED else AuditOutcome.FAILED
        detail = f"{row.kind}, deployment {row.deployment_id}, {status.value}{f': {reason}' if reason else '.'}"
        writing.commit_with(
            services,
            session,
            holding.act(report.runner_id, caller, AuditAction.DEPLOYMENT_FINISH, row, outcome, detail),
        )
    holding.tell(services, row)
    driving.drive_after(services, row)
    return Acknowledged(deployment_id=deployment_id)


def _refuse_impossible(session: Session, row: DeploymentRow, report: FinishReport) -> None:
    if not (math.isfinite(report.seconds) and report.seconds >= 0):
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, "seconds is a time of 0 or more.", {"field": "seconds"})
    for field, revision in (("revision", report.revision), ("no_way_back_before", report.no_way_back_before)):
        if revision is None or revision.number == row.revision_number:
            continue
        if field == "revision" and row.kind in _MAY_CHANGE_NOTHING and _ran(session, row, revision.number):
            continue
        message = f"The revision of this deployment has the number {row.revision_number}."
        raise PlaneProblem(ErrorCode.INVALID_REQUEST, message, {"field": f"{field}.number"})


def _ran(session: Session, row: DeploymentRow, number: int) -> bool:
    """Say whether the store is known to have run this revision: one that runs already is not made anew."""
    return session.get(RevisionRow, (row.store_key, number)) is not None


def _judged(session: Session, row: DeploymentRow, report: FinishReport) -> tuple[DeploymentStatus, str]:
    if report.status is not DeploymentStatus.SUCCEEDED:
        return report.status, report.reason
    kind = DeploymentKind(row.kind)
    if kind in SMOKED:
        run = session.get(SmokeRunRow, row.smoke_id) if row.smoke_id else None
        if run is None or not run.passed:
            return DeploymentStatus.NEEDS_ATTENTION, "The runner reported success without a passed smoke run."
    if kind in _MOVING and report.revision is None:
        return DeploymentStatus.NEEDS_ATTENTION, "The runner reported success without saying what the store runs."
    return report.status, report.reason


def _apply(session: Session, row: DeploymentRow, report: FinishReport, now: datetime) -> None:
    """Carry the end over to the store."""
    store = session.get_one(StoreRow, row.store_key, with_for_update=True)
    store.version += 1
    kind = DeploymentKind(row.kind)
    if report.quarantined and kind is DeploymentKind.DEPLOY and row.release_id:
        history.quarantine(session, store, row.release_id, row.reason, now, row)
    if row.status != DeploymentStatus.SUCCEEDED.value:
        if report.no_way_back_before is not None:
            history.bar(session, store, report.no_way_back_before, row)
        return
    if kind is DeploymentKind.DECOMMISSION:
        _remove(session, store, now)
        return
    if report.revision is not None:
        made = kind in _MOVING and report.revision.number == row.revision_number
        if kind in _MOVING:
            row.to_revision = report.revision.number
        history.now_runs(session, store, report.revision, row if made else None)
        history.lift_quarantine(session, store, report.revision.release_id)
        store.followed_from = None
    if kind is DeploymentKind.PROVISION:
        store.time_to_provision_seconds = report.seconds
    if kind in SMOKED:
        store.last_smoke_id = row.smoke_id  # what was smoked out of shoppers' sight is what they meet now


def _remove(session: Session, store: StoreRow, now: datetime) -> None:
    store.removed_at = now
    store.wanted = Wanted.REMOVED.value
    seen = session.get(ObservationRow, store.key)
    if seen is not None:
        session.delete(seen)
