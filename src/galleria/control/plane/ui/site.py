"""Puts the pages beside the API: routes, static files, and errors as pages where a browser asks."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from galleria.contracts.errors import ErrorCode
from galleria.control.plane.api import envelope
from galleria.control.plane.context import Services
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.ui import asking, pages
from galleria.control.plane.ui.routes import fleet, moves, records, rollouts, signing, store, tokens
from galleria.control.plane.ui.views import problems

_A_YEAR: Final = "public, max-age=31536000, immutable"


class _Assets(StaticFiles):
    """Static files under addresses that change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = _A_YEAR
        return answer


def mount(app: FastAPI, services: Services) -> None:
    """Add the pages to the plane's app. ``services`` are those of ``app.state``."""
    app.state.services = services
    app.state.problem_page = problem_page
    app.add_exception_handler(asking.SignInNeeded, asking.send_to_sign_in)
    everything = APIRouter(include_in_schema=False)
    for part in (signing, fleet, moves, store, records, rollouts, tokens):
        everything.include_router(part.router)
    app.include_router(everything)
    app.mount("/static", _Assets(directory=pages.STATIC), name="static")


def problem_page(request: Request, problem: PlaneProblem) -> Response:
    """Answer with a problem as a page if a browser asks, otherwise in the envelope."""
    request_id = envelope.request_id_of(request)
    if not pages.wants_html(request):
        return envelope.failure(request_id, problem)
    view = problems.problem_page(problem.code, problem.message, problem.details, request_id)
    return pages.page("problem.html", _frame(request, problem), problem.code.http_status, problem=view)


def _frame(request: Request, problem: PlaneProblem) -> pages.Frame:
    """The usual frame, unless looking up who asks would fail as the request did."""
    if problem.code in (ErrorCode.UNAVAILABLE, ErrorCode.INTERNAL):
        return pages.bare_frame()
    session = asking.current_session(request)
    if session is None:
        return pages.bare_frame()
    return pages.frame(request.app.state.services, session, request.url.path)
