"""Signing in and out."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from galleria.contracts.errors import ErrorCode
from galleria.control.plane import sessions
from galleria.control.plane.api import asking as api
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.views import forms

router = APIRouter()


@router.get("/sign-in")
def show_sign_in(request: Request, services: asking.InServices, next: str = "/") -> Response:  # noqa: A002
    """Ask for a token."""
    if asking.current_session(request) is not None:
        return RedirectResponse(asking.safe_next(next), 303)
    return _ask(services, next, forms.Form({}), 200)


@router.post("/sign-in")
def sign_in(request: Request, services: asking.InServices, typed: asking.Typed) -> Response:
    """Trade the token for a session."""
    wanted = asking.safe_next(typed.get("next", "/"))
    if not _made_here(request, services, typed.get("csrf", "")):
        old = forms.Problem("", "The form was too old. Send it once more.")
        return _ask(services, wanted, forms.Form({}, (old,)), 403)
    if not typed.get("token", "").strip():
        return _ask(services, wanted, forms.Form({}, (forms.Problem("token", "Paste your operator token."),)), 422)
    try:
        session = sessions.sign_in(services, typed["token"], api.origin(request))
    except PlaneProblem as problem:
        return _ask(
            services, wanted, forms.Form({}, (forms.Problem("token", problem.message),)), problem.code.http_status
        )
    answer = RedirectResponse(wanted, 303)
    seconds = int(sessions.LIFETIME.total_seconds())
    answer.set_cookie(
        sessions.COOKIE, session.cookie, seconds, httponly=True, samesite="lax", secure=services.settings.secure
    )
    answer.delete_cookie(asking.FORM_COOKIE, path="/sign-in")
    return answer


@router.post("/sign-out")
def sign_out(services: asking.InServices, session: asking.Acting) -> Response:
    """End the session."""
    sessions.sign_out(services, session)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


def _ask(services: Services, wanted: str, form: forms.Form, code: int) -> Response:
    secret = asking.fresh_form_secret()
    around = pages.bare_frame(sessions.csrf_token(services, secret))
    answer = pages.page("sign_in.html", around, code, form=form, next=asking.safe_next(wanted))
    answer.set_cookie(
        asking.FORM_COOKIE, secret, path="/sign-in", httponly=True, samesite="strict", secure=services.settings.secure
    )
    if code == ErrorCode.UNAUTHENTICATED.http_status:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _made_here(request: Request, services: Services, given: str) -> bool:
    secret = request.cookies.get(asking.FORM_COOKIE, "")
    right = sessions.csrf_token(services, secret)
    return bool(secret) and hmac.compare_digest(right.encode(), given.encode())
