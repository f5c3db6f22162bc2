"""Deployments, the audit and the platform: what happened, and what runs."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import Response

from galleria.contracts.words import AuditAction, AuditOutcome, DeploymentKind, DeploymentStatus, Role
from galleria.control.plane.context import MAX_PAGE_SIZE, PageRequest
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, deployments, fleet, history, status
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import acts, platform
from galleria.control.plane.ui.views import audit as audit_views
from galleria.control.plane.ui.views import deployment as deployment_views

router = APIRouter()


@router.get("/deployments")
def show_deployments(
    services: asking.InServices, session: asking.SignedIn, store_id: str = "", status: str = "", page: str = ""
) -> Response:
    """List deployments, newest first."""
    wish = deployment_views.Wish(
        store_id.strip()[:64], asking.chosen(DeploymentStatus, status), asking.page_number(page)
    )
    wanted = deployments.DeploymentFilter(wish.store_id, wish.status)
    found = deployments.list_deployments(services, session.caller, wanted, PageRequest(wish.page))
    view = deployment_views.deployments(found, wish, services.now())
    return pages.page("deployments.html", pages.frame(services, session, "/deployments"), listing=view)


@router.get("/deployments/{deployment_id}")
def show_deployment(services: asking.InServices, session: asking.SignedIn, deployment_id: str) -> Response:
    """Show one deployment with its evidence."""
    caller = session.caller
    found = deployments.show_deployment(services, caller, deployment_id)
    may_retry = held = False
    with suppress(PlaneProblem):  # it may have been removed
        store = fleet.show_store(services, caller, found.store_id)
        may_retry = found.kind is DeploymentKind.PROVISION and caller.role.includes(Role.OPERATOR)
        may_retry = may_retry and acts.possible(acts.Act.RETRY, store)
        held = any(one.release_id == found.release_id for one in store.quarantined)
    known = history.list_revisions(services, caller, found.store_id, PageRequest(page_size=MAX_PAGE_SIZE)).items
    view = deployment_views.deployment_view(found, services.now(), known, may_retry=may_retry, held=held)
    return pages.page("deployment.html", pages.frame(services, session, "/deployments"), deployment=view)


@router.get("/audit")
def show_audit(
    services: asking.InServices,
    session: asking.SignedIn,
    store_id: str = "",
    actor: str = "",
    action: str = "",
    outcome: str = "",
    page: str = "",
    verify: str = "",
) -> Response:
    """Show who did what, and whether the chain holds; ``verify`` follows it from the first entry."""
    wish = audit_views.Wish(
        store_id.strip()[:64],
        actor.strip()[:128],
        asking.chosen(AuditAction, action),
        asking.chosen(AuditOutcome, outcome),
        asking.page_number(page),
    )
    wanted = auditing.AuditFilter(wish.store_id or None, wish.actor or None, wish.action, wish.outcome)
    found = auditing.list_audit(services, session.caller, wanted, PageRequest(wish.page))
    chain = auditing.verify_chain(services, session.caller) if verify else auditing.chain_state(services)
    view = audit_views.audit(found, chain, wish, services.now())
    return pages.page("audit.html", pages.frame(services, session, "/audit"), audit=view)


@router.get("/platform")
def show_platform(services: asking.InServices, session: asking.SignedIn) -> Response:
    """Show what the platform knows of itself."""
    view = platform.platform(status.status(services, session.caller), services.now())
    return pages.page("platform.html", pages.frame(services, session, "/platform"), platform=view)
