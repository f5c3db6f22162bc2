"""Deployments, releases and the audit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from galleria.contracts.delivery import ReleaseInfo
from galleria.contracts.wire import AuditEntry, ChainState, Deployment, DeploymentSummary, Page, Success
from galleria.contracts.words import AuditAction, AuditOutcome, DeploymentStatus
from galleria.control.plane.api.asking import AsOperator, IdPath, IdQuery, InPage, InServices, TextQuery
from galleria.control.plane.api.envelope import success
from galleria.control.plane.services import auditing, deployments, releases

router = APIRouter(prefix="/api/v1", tags=["records"])


@router.get("/deployments")
def list_deployments(
    request: Request,
    services: InServices,
    caller: AsOperator,
    page: InPage,
    store_id: IdQuery = None,
    status: Annotated[DeploymentStatus | None, Query()] = None,
) -> Success[Page[DeploymentSummary]]:
    """List deployments, newest first."""
    wanted = deployments.DeploymentFilter(store_id or "", status)
    found = deployments.list_deployments(services, caller, wanted, page)
    return success(request, f"{found.total} deployments.", found)


@router.get("/deployments/{deployment_id}")
def show_deployment(
    request: Request, services: InServices, caller: AsOperator, deployment_id: IdPath
) -> Success[Deployment]:
    """Show one deployment with its steps and its evidence."""
    found = deployments.show_deployment(services, caller, deployment_id)
    return success(request, found.reason or f"{found.kind.value} of {found.store_id}: {found.status.value}.", found)


@router.get("/releases")
def list_releases(
    request: Request, services: InServices, caller: AsOperator, page: InPage
) -> Success[Page[ReleaseInfo]]:
    """List the releases that live runners have, the newest commit first."""
    found = releases.list_releases(services, caller, page)
    return success(request, f"{found.total} releases.", found)


@router.get("/audit")
def list_audit(
    request: Request,
    services: InServices,
    caller: AsOperator,
    page: InPage,
    store_id: IdQuery = None,
    actor: TextQuery = None,
    action: Annotated[AuditAction | None, Query()] = None,
    outcome: Annotated[AuditOutcome | None, Query()] = None,
) -> Success[Page[AuditEntry]]:
    """List the audit, newest first."""
    found = auditing.list_audit(services, caller, auditing.AuditFilter(store_id, actor, action, outcome), page)
    return success(request, f"{found.total} entries.", found)


@router.get("/audit/verify")
def verify_audit(request: Request, services: InServices, caller: AsOperator) -> Success[ChainState]:
    """Follow the audit's whole chain and say up to where it holds."""
    state = auditing.verify_chain(services, caller)
    return success(request, state.message, state)
