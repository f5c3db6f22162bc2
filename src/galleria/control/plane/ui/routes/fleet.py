"""The fleet page, and making a store."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Role, StoreState
from galleria.control.plane.context import PageRequest, Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import fleet as stores_seen
from galleria.control.plane.services import stores
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import fleet, forms

router = APIRouter()


@router.get("/")
def show_fleet(
    services: asking.InServices, session: asking.SignedIn, q: str = "", state: str = "", page: str = ""
) -> Response:
    """Show every store, what needs a person first."""
    wish = fleet.Wish(q.strip()[:80], asking.chosen(StoreState, state), asking.page_number(page))
    wanted = stores_seen.StoreFilter(wish.q, wish.state)
    found = stores_seen.list_stores(services, session.caller, wanted, PageRequest(wish.page))
    view = fleet.fleet(found, stores_seen.counts(services), wish, services.now())
    return pages.page("fleet.html", pages.frame(services, session, "/"), fleet=view)


@router.get("/stores/new")
def show_new_store(services: asking.InServices, session: asking.SignedIn) -> Response:
    """Ask for a store's wishes."""
    asking.require(session, Role.OPERATOR)
    return _form(services, session, forms.blank_store_form(), 200)


@router.post("/stores/new")
def create_store(services: asking.InServices, session: asking.Acting, typed: asking.Typed) -> Response:
    """Register a store, then show its provisioning."""
    form, spec = forms.read_store_form(typed)
    if spec is None:
        return _form(services, session, form, ErrorCode.INVALID_REQUEST.http_status)
    try:
        deployment = stores.register_store(services, session.caller, spec)
    except PlaneProblem as problem:
        if problem.code is ErrorCode.FORBIDDEN:
            raise
        return _form(services, session, form.refused(problem.code, problem.message), problem.code.http_status)
    return RedirectResponse(f"/deployments/{deployment.deployment_id}", 303)


def _form(services: Services, session: Session, form: forms.Form, code: int) -> Response:
    around = pages.frame(services, session, "/stores/new")
    return pages.page("store_new.html", around, code, form=form, catalogues=forms.CATALOGUES, modes=forms.MODES)
