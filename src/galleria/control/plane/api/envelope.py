"""The envelope of every answer (DESIGN.md section 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from galleria.contracts.wire import Failure, Success
from galleria.control.plane.context import utc_now
from galleria.control.plane.problems import PlaneProblem
from galleria.observability import request_ids

D = TypeVar("D")

RETRY_AFTER_SECONDS = 60


def request_id_of(request: Request) -> str:
    """Return the id of this request, which the edge has put there."""
    found = request.scope.get("galleria.request_id")
    return found if isinstance(found, str) else request_ids.request_id()


def success(request: Request, message: str, data: D) -> Success[D]:
    """Wrap what was asked for."""
    return Success(request_id=request_id_of(request), timestamp=utc_now(), message=message, data=data)


def failure(request_id: str, problem: PlaneProblem, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a failure."""
    body = Failure(
        request_id=request_id,
        timestamp=utc_now(),
        message=problem.message,
        error_code=problem.code,
        retryable=problem.code.retryable,
        details=problem.details,
    )
    extra = dict(headers or {})
    if problem.code.http_status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    if problem.code.http_status == 429:
        extra["Retry-After"] = str(RETRY_AFTER_SECONDS)
    content = json.dumps(body.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
    return Response(content.encode(), problem.code.http_status, extra, "application/json")
