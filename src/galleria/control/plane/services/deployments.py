"""Reads deployments."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from galleria.contracts.wire import Deployment, DeploymentSummary, Page
from galleria.contracts.words import DeploymentStatus, Stage
from galleria.control.plane.callers import Caller
from galleria.control.plane.context import PageRequest, Services
from galleria.control.plane.services import finding, reading
from galleria.control.registry.schema import DeploymentRow, SmokeRunRow, StepRow

_PLACE = {stage.value: place for place, stage in enumerate(Stage)}


@dataclass(frozen=True)
class DeploymentFilter:
    """Which deployments to list. Empty means all."""

    store_id: str = ""
    status: DeploymentStatus | None = None


def list_deployments(
    services: Services, caller: Caller, wanted: DeploymentFilter, page: PageRequest
) -> Page[DeploymentSummary]:
    """Return one page of the deployments that fit, newest first."""
    del caller
    conditions = []
    if wanted.store_id:
        conditions.append(DeploymentRow.store_id == wanted.store_id)
    if wanted.status is not None:
        conditions.append(DeploymentRow.status == wanted.status.value)
    with services.database.reading() as session:
        total = session.scalar(select(func.count()).select_from(DeploymentRow).where(*conditions)) or 0
        query = select(DeploymentRow).where(*conditions)
        query = query.order_by(DeploymentRow.requested_at.desc(), DeploymentRow.deployment_id)
        rows = session.scalars(query.limit(page.page_size).offset(page.offset))
        items = [reading.summary(row) for row in rows]
    return Page(items=items, page=page.page, page_size=page.page_size, total=total)


def show_deployment(services: Services, caller: Caller, deployment_id: str) -> Deployment:
    """Return one deployment with its steps in the order in which they began.

    Raises:
        PlaneProblem: with ``deployment_not_found``.
    """
    del caller
    with services.database.reading() as session:
        row = finding.deployment(session, deployment_id)
        steps = list(session.scalars(select(StepRow).where(StepRow.deployment_id == deployment_id)))
        steps.sort(key=lambda step: (step.started_at, _PLACE[step.stage]))
        runs = select(SmokeRunRow).where(SmokeRunRow.deployment_id == deployment_id).order_by(SmokeRunRow.started_at)
        smokes = [reading.smoke_run(run) for run in session.scalars(runs)]
        return reading.deployment(row, [reading.step(step) for step in steps], smokes)
