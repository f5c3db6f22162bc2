"""Problems of every kind as failures in the envelope. Nothing of the inside gets out: no trace, path or address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, StatementError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from galleria.contracts.errors import ErrorCode
from galleria.control.plane.api import envelope
from galleria.control.plane.problems import PlaneProblem
from galleria.observability import logs

_log = logs.get(__name__)

_BY_STATUS: Final[Mapping[int, tuple[ErrorCode, str]]] = {
    401: (ErrorCode.UNAUTHENTICATED, "Say who you are: send a token as 'Authorization: Bearer <token>'."),
    403: (ErrorCode.FORBIDDEN, "This is not allowed."),
    404: (ErrorCode.NOT_FOUND, "There is nothing at this address."),
    405: (ErrorCode.METHOD_NOT_ALLOWED, "This address does not take this method."),
    413: (ErrorCode.PAYLOAD_TOO_LARGE, "The request is larger than 1 MiB. Send less."),
    415: (ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Send application/json."),
}

_STORE_ID_RULE: Final = (
    "A store id has 3 to 40 small letters, digits and hyphens; it begins with a letter and does not end with a hyphen."
)

ProblemPage = Callable[[Request, PlaneProblem], Response]
"""How the UI shows a problem. It puts itself into `app.state.problem_page`."""


def install(app: FastAPI) -> None:
    """Make ``app`` answer every problem."""
    app.add_exception_handler(PlaneProblem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(StatementError, _on_registry)
    app.add_exception_handler(OverflowError, _on_registry)


def answer(request: Request, problem: PlaneProblem, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with ``problem``: as a page where pages are, otherwise in the envelope."""
    page: ProblemPage | None = getattr(request.app.state, "problem_page", None)
    path = request.url.path
    if page is not None and not path.startswith("/api/") and path not in ("/health", "/status"):
        return page(request, problem)
    return envelope.failure(envelope.request_id_of(request), problem, headers)


def _on_problem(request: Request, error: Exception) -> Response:
    return answer(request, error if isinstance(error, PlaneProblem) else _internal())


def _on_invalid(request: Request, error: Exception) -> Response:
    """Name the field and the rule; never repeat the value, which may be a secret."""
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    where = [str(part) for part in first.get("loc", ())]
    if where and where[-1] == "store_id":
        return answer(request, PlaneProblem(ErrorCode.STORE_ID_INVALID, _STORE_ID_RULE, {"field": "store_id"}))
    name = where[-1] if len(where) > 1 else "the request"
    rule = str(first.get("msg", "is not as agreed")).rstrip(".")
    details = {"field": ".".join(where)[:200]} if where else {}
    return answer(request, PlaneProblem(ErrorCode.INVALID_REQUEST, f"{name[:64]}: {rule}. Correct it.", details))


def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    if status in _BY_STATUS:
        return answer(request, PlaneProblem(*_BY_STATUS[status]), headers)
    if 400 <= status < 500:
        return answer(request, PlaneProblem(ErrorCode.INVALID_REQUEST, "The request can't be understood."), headers)
    return answer(request, _internal())


def _on_registry(request: Request, error: Exception) -> Response:
    """Sort the database's errors: a value it can't take, a database that is away, a bug."""
    if isinstance(error, DataError | OverflowError) or not isinstance(error, DBAPIError):
        message = "A value holds a character, a length or a time that can't be kept. Correct it."
        return answer(request, PlaneProblem(ErrorCode.INVALID_REQUEST, message))
    _log.error("registry failed", kind=type(error).__name__, exc_info=error)
    message = "The registry does not answer just now. Try again in a moment."
    return answer(request, PlaneProblem(ErrorCode.UNAVAILABLE, message))


def _internal() -> PlaneProblem:
    return PlaneProblem(ErrorCode.INTERNAL, "The control plane failed at this.")
