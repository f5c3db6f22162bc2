"""The agent's HTTP side: route, admit, do one bounded operation, answer in the envelope, audit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from galleria.contracts.base import Answer
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Failure, Success
from galleria.contracts.words import Operation, Slot
from galleria.observability import logs
from galleria.observability.request_ids import HEADER, request_id
from galleria.shop.agent.operations import ACTS, Asked, Store
from galleria.shop.agent.refusal import Refused
from galleria.shop.agent.tokens import Doorkeeper

MAX_BODY_BYTES: Final = 1024

STOREFRONT_PARAMETER: Final = "storefront"
"""The only parameter that there is: which slot's storefront to shop in."""

audit = logs.get("galleria.audit")
log = logs.get(__name__)

_BY_STATUS: Final = {404: ErrorCode.NOT_FOUND, 405: ErrorCode.METHOD_NOT_ALLOWED}
_SENTENCES: Final = {
    ErrorCode.NOT_FOUND: "The shop agent has no such operation.",
    ErrorCode.METHOD_NOT_ALLOWED: "The operation is asked for with another method.",
}


@dataclass
class Agent:
    """One store's agent."""

    store: Store
    doorkeeper: Doorkeeper
    running: dict[asyncio.Task[tuple[str, Answer]], Operation] = field(default_factory=dict)
    stopping: bool = False

    def stop(self) -> None:
        """End what is running: its callers are told to try again, and engine commands are killed."""
        self.stopping = True
        for task in self.running:
            task.cancel()

    async def handle(self, operation: Operation, request: Request) -> Response:
        """Answer one request for ``operation``; whatever happens, in the envelope and in the audit."""
        its_id = request_id(request.headers.get(HEADER))
        began = time.monotonic()
        actor = ""
        try:
            if not operation.public:
                actor = self.doorkeeper.admit(request.headers.get("authorization"), operation)
            asked = _asked(operation, request)
            await _refuse_body(request)
            message, data = await self._run(operation, asked)
            response = _answer(200, Success(request_id=its_id, timestamp=datetime.now(UTC), message=message, data=data))
            refused = None
        except Refused as caught:
            refused, actor = caught, actor or caught.actor
            response = _failure(its_id, caught.error_code, caught.message)
        except Exception:
            log.exception("operation_broke", operation=operation, request_id=its_id)
            refused = Refused(ErrorCode.INTERNAL, "The shop agent failed; its own log says why.")
            response = _failure(its_id, refused.error_code, refused.message)
        if not operation.public or refused:
            audit.info(
                "operation_asked_for",
                operation=operation,
                actor=actor or "unknown",
                outcome=_outcome(refused),
                error_code=refused.error_code if refused else None,
                seconds=round(time.monotonic() - began, 3),
                request_id=its_id,
            )
        return response

    async def _run(self, operation: Operation, asked: Asked) -> tuple[str, Answer]:
        if self.stopping:
            raise Refused(ErrorCode.UNAVAILABLE, "The shop agent is being stopped; try again later.")
        if operation.method == "POST" and operation in self.running.values():
            raise Refused(ErrorCode.OPERATION_BUSY, "The same operation is running; try again when it is done.")
        task = asyncio.ensure_future(ACTS[operation].run(self.store, asked))
        self.running[task] = operation
        try:
            async with asyncio.timeout(operation.timeout_seconds):
                return await task
        except TimeoutError:
            raise Refused(
                ErrorCode.OPERATION_TIMEOUT, f"It took longer than {operation.timeout_seconds:.0f} s and was stopped."
            ) from None
        except asyncio.CancelledError:
            if not self.stopping:
                raise
            raise Refused(ErrorCode.UNAVAILABLE, "The shop agent was stopped at work; try again later.") from None
        finally:
            del self.running[task]


def build(agent: Agent) -> Starlette:
    """Return the ASGI application: a route an operation, and nothing else."""
    app = Starlette(
        routes=[_route(operation, agent) for operation in Operation],
        exception_handlers={HTTPException: _http_failure},
    )
    app.router.redirect_slashes = False
    return app


def _route(operation: Operation, agent: Agent) -> Route:
    endpoint: Callable[[Request], Awaitable[Response]] = partial(agent.handle, operation)
    route = Route(operation.path, endpoint, methods=[operation.method], name=operation.value)
    route.methods = {operation.method}  # Starlette adds HEAD to GET; the contract has none
    return route


def _asked(operation: Operation, request: Request) -> Asked:
    """Read the query: only what the operation takes, once, and nothing else."""
    query = request.query_params.multi_items()
    if not query:
        return Asked()
    slot = next((slot for slot in Slot if query == [(STOREFRONT_PARAMETER, slot.value)]), None)
    if slot is None or not ACTS[operation].in_slot:
        raise Refused(ErrorCode.INVALID_REQUEST, "The operation does not take this query; send none.")
    return Asked(slot)


async def _refuse_body(request: Request) -> None:
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise Refused(ErrorCode.PAYLOAD_TOO_LARGE, "No operation takes a body; send none.")
    except ClientDisconnect:
        raise Refused(ErrorCode.INVALID_REQUEST, "The request was not sent whole.") from None
    if size:
        raise Refused(ErrorCode.INVALID_REQUEST, "No operation takes a body; send none.")


async def _http_failure(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = _BY_STATUS.get(status, ErrorCode.INVALID_REQUEST)
    response = _failure(
        request_id(request.headers.get(HEADER)), code, _SENTENCES.get(code, "The request is not understood.")
    )
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _outcome(refused: Refused | None) -> str:
    if refused is None:
        return "succeeded"
    return "refused" if refused.error_code.http_status < 500 else "failed"


def _failure(its_id: str, code: ErrorCode, message: str) -> Response:
    failure = Failure(
        request_id=its_id, timestamp=datetime.now(UTC), message=message, error_code=code, retryable=code.retryable
    )
    response = _answer(code.http_status, failure)
    if code.http_status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _answer(status: int, envelope: Success[Answer] | Failure) -> Response:
    return Response(
        envelope.model_dump_json(serialize_as_any=True),
        status_code=status,
        media_type="application/json",
        headers={HEADER: envelope.request_id, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
