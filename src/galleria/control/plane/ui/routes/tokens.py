"""Operators' tokens. Admins."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import TokenCreated
from galleria.control.plane.context import MAX_PAGE_SIZE, PageRequest, Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import tokens
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import forms
from galleria.control.plane.ui.views import tokens as token_views

router = APIRouter()

ALL = PageRequest(page_size=MAX_PAGE_SIZE)


@router.get("/tokens")
def show_tokens(services: asking.InServices, session: asking.SignedIn) -> Response:
    """List tokens."""
    return _listing(services, session, forms.blank_token_form(), 200)


@router.post("/tokens")
def create_token(services: asking.InServices, session: asking.Acting, typed: asking.Typed) -> Response:
    """Make a token and show its secret, this once: no redirect, since nothing remembers it."""
    form, spec = forms.read_token_form(typed)
    if spec is None:
        return _listing(services, session, form, ErrorCode.INVALID_REQUEST.http_status)
    made = tokens.create_token(services, session.caller, spec)
    return _listing(services, session, forms.blank_token_form(), 201, made)


@router.get("/tokens/{token_id}/revoke")
def show_revoke(services: asking.InServices, session: asking.SignedIn, token_id: str) -> Response:
    """Say what revoking does, and ask."""
    return _confirm(services, session, token_id, forms.Form({}), 200)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(services: asking.InServices, session: asking.Acting, token_id: str) -> Response:
    """Revoke it."""
    try:
        tokens.revoke_token(services, session.caller, token_id)
    except PlaneProblem as problem:
        if problem.code is not ErrorCode.STATE_CONFLICT:
            raise
        form = forms.Form({}, (forms.Problem("", problem.message),))
        return _confirm(services, session, token_id, form, problem.code.http_status)
    return RedirectResponse("/tokens", 303)


def _listing(
    services: Services, session: Session, form: forms.Form, code: int, created: TokenCreated | None = None
) -> Response:
    view = token_views.tokens(tokens.list_tokens(services, session.caller, ALL).items, services.now())
    around = pages.frame(services, session, "/tokens")
    return pages.page("tokens.html", around, code, listing=view, form=form, created=created)


def _confirm(services: Services, session: Session, token_id: str, form: forms.Form, code: int) -> Response:
    known = tokens.list_tokens(services, session.caller, ALL).items
    token = next((one for one in known if one.token_id == token_id), None)
    if token is None:
        raise PlaneProblem(ErrorCode.NOT_FOUND, "There is no token with this id. Look at the list of tokens.")
    line = token_views.token_line(token, services.now())
    around = pages.frame(services, session, "/tokens")
    return pages.page("token_revoke.html", around, code, line=line, form=form)
