"""One store: its page, and the pages on which an act or an operation is confirmed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import DeploymentSummary, OperationRun, Store
from galleria.contracts.words import Operation, Role
from galleria.control.plane.context import MAX_PAGE_SIZE, PageRequest, Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, deployments, fleet, history, operations, stores
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import acts, forms, paging
from galleria.control.plane.ui.views import operations as asked
from galleria.control.plane.ui.views.store import Known, store_view

router = APIRouter()

TAIL = PageRequest(page_size=8)
"""How much history the page shows; the rest is a link away."""


def _known_act(act: str) -> acts.Act:
    """The act that an address names. Raises `PlaneProblem` with ``not_found``: it is no address of ours."""
    found = asking.chosen(acts.Act, act)
    if found is None:
        raise PlaneProblem(ErrorCode.NOT_FOUND, "There is nothing at this address.")
    return found


def _known_operation(operation: str) -> Operation:
    """The operation that an address names. Raises as `_known_act` does."""
    found = asking.chosen(Operation, operation)
    if found is None:
        raise PlaneProblem(ErrorCode.NOT_FOUND, "There is no such operation. A store page lists all seven.")
    return found


InAct = Annotated[acts.Act, Depends(_known_act)]
InOperation = Annotated[Operation, Depends(_known_operation)]


@router.get("/stores/{store_id}")
def show_store(services: asking.InServices, session: asking.SignedIn, store_id: str, ran: str = "") -> Response:
    """Show all that is known of one store."""
    caller = session.caller
    store = fleet.show_store(services, caller, store_id)
    about = deployments.DeploymentFilter(store_id)
    known = Known(
        store=store,
        runs=_runs(services, session, store_id),
        revisions=history.list_revisions(services, caller, store_id, TAIL).items,
        deployments=deployments.list_deployments(services, caller, about, TAIL).items,
        entries=auditing.list_audit(services, caller, auditing.AuditFilter(store_id), TAIL).items,
    )
    view = store_view(known, caller.role, services.now(), ran[:64] or None)
    return pages.page("store.html", pages.frame(services, session, "/stores"), store=view)


@router.get("/stores/{store_id}/operations/{operation}")
def show_operation(
    services: asking.InServices, session: asking.SignedIn, store_id: str, operation: InOperation
) -> Response:
    """Say what the operation does, and ask."""
    asking.require(session, Role.OPERATOR)
    store = fleet.show_store(services, session.caller, store_id)
    last = next((run for run in _runs(services, session, store_id) if run.operation is operation), None)
    ask = asked.confirmation(operation, store, last, services.now())
    return pages.page("operation.html", pages.frame(services, session, "/stores"), ask=ask)


@router.post("/stores/{store_id}/operations/{operation}")
async def run_operation(
    services: asking.InServices, session: asking.Acting, store_id: str, operation: InOperation
) -> Response:
    """Run it and go back to the store, where its result is the first thing to be seen."""
    run = await operations.run_operation(services, session.caller, store_id, operation)
    return RedirectResponse(paging.address(f"/stores/{store_id}", {"ran": run.run_id}), 303)


@router.get("/stores/{store_id}/{act}")
def show_act(services: asking.InServices, session: asking.SignedIn, store_id: str, act: InAct) -> Response:
    """Say exactly what will change and what won't, and ask."""
    asking.require(session, acts.RULES[act].role)
    return _confirm(services, session, store_id, act, forms.Form({"confirm": ""}))


@router.post("/stores/{store_id}/{act}")
def do_act(
    services: asking.InServices, session: asking.Acting, typed: asking.Typed, store_id: str, act: InAct
) -> Response:
    """Ask for it and show the deployment that it becomes."""
    rules = acts.RULES[act]
    if rules.asks_for_id and typed.get("confirm", "").strip() != store_id:
        problem = forms.Problem("confirm", f"Type {store_id} to confirm that its data may go.")
        return _confirm(services, session, store_id, act, forms.Form({"confirm": typed.get("confirm", "")}, (problem,)))
    seen = asking.seen_version(typed)
    deployment = stores.request(services, session.caller, rules.kind, store_id, seen)
    return RedirectResponse(f"/deployments/{deployment.deployment_id}", 303)


def _confirm(services: Services, session: Session, store_id: str, act: acts.Act, form: forms.Form) -> Response:
    store = fleet.show_store(services, session.caller, store_id)
    ask = acts.confirmation(act, store, _last_of_kind(services, session, store, act))
    around = pages.frame(services, session, "/stores")
    return pages.page("confirm.html", around, 422 if form.problems else 200, ask=ask, form=form)


def _runs(services: Services, session: Session, store_id: str) -> list[OperationRun]:
    return operations.list_operations(services, session.caller, store_id, PageRequest(page_size=MAX_PAGE_SIZE)).items


def _last_of_kind(services: Services, session: Session, store: Store, act: acts.Act) -> DeploymentSummary | None:
    about = deployments.DeploymentFilter(store.store_id)
    recent = deployments.list_deployments(services, session.caller, about, PageRequest(page_size=MAX_PAGE_SIZE)).items
    return next((one for one in recent if one.kind is acts.RULES[act].kind and one.status.final), None)
