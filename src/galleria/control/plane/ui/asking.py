"""What the pages' routes depend on: who is signed in, what was typed, and what the address asks for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Role
from galleria.control.plane import sessions
from galleria.control.plane.api.asking import services
from galleria.control.plane.api.envelope import request_id_of
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.sessions import Session
from galleria.control.plane.ui.views import paging

E = TypeVar("E", bound=StrEnum)

FORM_COOKIE: Final = "galleria_form"
"""Belongs to the sign-in form, which has no session to make its CSRF token from."""

_LAST_PAGE: Final = 1_000_000
_FORM_FIELDS: Final = 20


class SignInNeeded(Exception):
    """Nobody is signed in, or not any more."""


def signed_in(request: Request) -> Session:
    """Who asks.

    Raises:
        SignInNeeded: the browser holds no living session.
    """
    session = current_session(request)
    if session is None:
        raise SignInNeeded
    return session


def current_session(request: Request) -> Session | None:
    """Who asks, if somebody is signed in."""
    return sessions.current(services(request), request.cookies.get(sessions.COOKIE), request_id_of(request))


def send_to_sign_in(request: Request, error: Exception) -> Response:
    """Answer `SignInNeeded`: a person signs in and comes back; a page's own fetch learns that it is over."""
    del error
    if request.headers.get("hx-request"):
        return Response(status_code=401)
    back = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    where = "/sign-in" if back == "/" and not query else paging.address("/sign-in", {"next": f"{back}{query}"})
    return RedirectResponse(where, 303)


async def _typed(request: Request) -> Mapping[str, str]:
    form = await request.form(max_files=0, max_fields=_FORM_FIELDS)
    return {key: value for key, value in form.items() if isinstance(value, str)}


Typed = Annotated[Mapping[str, str], Depends(_typed)]


def _acting(typed: Typed, session: Annotated[Session, Depends(signed_in)]) -> Session:
    """Who acts, with a form that was made for them.

    Raises:
        PlaneProblem: ``forbidden`` for a form of another session, or of another site.
    """
    if not sessions.csrf_matches(session, typed.get("csrf")):
        message = "This form is too old, or was not made for you. Go back, load the page again, then send it."
        raise PlaneProblem(ErrorCode.FORBIDDEN, message)
    return session


InServices = Annotated[Services, Depends(services)]
SignedIn = Annotated[Session, Depends(signed_in)]
Acting = Annotated[Session, Depends(_acting)]


def require(session: Session, role: Role) -> None:
    """Refuse a page whose form this person could not send; the service refuses, and audits, the act itself.

    Raises:
        PlaneProblem: with ``forbidden``.
    """
    if not session.caller.role.includes(role):
        message = f"This takes a token with the {role.value} role; yours is {session.caller.role.value}."
        raise PlaneProblem(ErrorCode.FORBIDDEN, message)


def seen_version(typed: Mapping[str, str]) -> int | None:
    """The version of the store that a form was made for, if it says so."""
    version = typed.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None


def chosen(kind: type[E], text: str) -> E | None:
    """The member of ``kind`` that a filter names; what is no member filters nothing."""
    return kind(text) if text in kind.__members__.values() else None


def page_number(text: str) -> int:
    """The page that an address names, 1 if it names none."""
    return min(max(int(text), 1), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def safe_next(target: str) -> str:
    """Where to go after signing in: a page of ours or the fleet, never another site."""
    inside = target.startswith("/") and not target.startswith(("//", "/\\", "/sign-")) and target.isprintable()
    return target if inside else "/"


def fresh_form_secret() -> str:
    """A new value for `FORM_COOKIE`."""
    return secrets.token_urlsafe(24)
