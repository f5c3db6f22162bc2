"""The outermost layer: request ids, a bound on bodies, safe headers, and an answer to what nobody foresaw."""

from __future__ import annotations

from typing import Final

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from galleria.contracts.errors import ErrorCode
from galleria.control.plane.api import envelope
from galleria.control.plane.problems import PlaneProblem
from galleria.observability import logs, request_ids

BODY_LIMIT: Final = 1024 * 1024
"""Bytes that a request may bring. The largest is a runner's observation of a whole fleet."""

_log = logs.get(__name__)


class _TooLarge(HTTPException):
    """The body is over the limit. FastAPI would make a 400 of any exception but its own."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.PAYLOAD_TOO_LARGE.http_status)


class Edge:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_ids.request_id(Headers(scope=scope).get(request_ids.HEADER))
        scope["galleria.request_id"] = request_id
        logs.clear_contextvars()
        logs.bind_contextvars(request_id=request_id)
        reply = _Reply(send, request_id)
        try:
            await self._app(scope, _bounded(scope, receive), reply.send)
        except Exception:
            _log.exception("request failed", method=scope["method"])
            message = "The control plane failed at this. Its log has the reason under the request's id."
            await reply.fail(scope, receive, PlaneProblem(ErrorCode.INTERNAL, message))


class _Reply:
    """What goes out, and whether it has begun to."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            headers[request_ids.HEADER] = self._request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)

    async def fail(self, scope: Scope, receive: Receive, problem: PlaneProblem) -> None:
        if not self._begun:
            await envelope.failure(self._request_id, problem)(scope, receive, self.send)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    announced = Headers(scope=scope).get("content-length", "")
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        if announced.isdigit() and int(announced) > BODY_LIMIT:
            raise _TooLarge
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > BODY_LIMIT:
                raise _TooLarge
        return message

    return bounded
