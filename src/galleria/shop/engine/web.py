"""The engine's addresses: which part answers which path. ASGI, without a framework."""

from __future__ import annotations

import asyncio
import email.utils
import mimetypes
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar, cast

from galleria.observability import logs
from galleria.shop.engine.graphql import endpoint
from galleria.shop.engine.graphql.endpoint import HttpRequest, HttpResponse
from galleria.shop.engine.graphql.errors import RequestRefused
from galleria.shop.engine.served_files import find_below

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from galleria.shop.engine.graphql.app import GraphQLAnswer, GraphQLApp, GraphQLRequest
    from galleria.shop.engine.graphql.delivery import Asked, Delivery

log = logs.get(__name__)

WORKERS: Final = 4
"""Threads that talk to the database. SQLite writes one at a time anyway; more only wait for each other."""

_MEDIA_MAX_AGE: Final = 86_400
_CHUNK: Final = 256 * 1024

T = TypeVar("T")
R = TypeVar("R")

Scope = MutableMapping[str, object]
Message = MutableMapping[str, object]


@dataclass
class Web:
    """The ASGI application of one engine process."""

    app: GraphQLApp
    media_root: Path
    django: Callable[[], Callable[[Scope, object, object], Awaitable[None]]]
    decide_delivery: Callable[[Asked], Delivery]
    release_connections: Callable[[], None] = field(default=lambda: None)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="graphql")

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            await self._route(scope, receive, send)

    async def _route(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        path = str(scope["path"])
        if path == "/graphql":
            response = await self._graphql(scope, receive)
        elif path == "/health":
            response = HttpResponse(200, (("content-type", "application/json"),), self._health())
        elif path.startswith("/media/"):
            await self._media(scope, path.removeprefix("/media/"), send)
            return
        elif path.startswith("/downloadable/download/"):
            await self._download(scope, send)
            return
        elif path == "/admin" or path.startswith(("/admin/", "/static/")):
            await self.django()(scope, receive, send)
            return
        else:
            response = _json_error(404, "Not found.")
        await _send(send, response, head=scope["method"] == "HEAD")

    def _health(self) -> bytes:
        """What only the store's own processes see: the gateway leads no path here."""
        return b'{"status":"ok","cached_answers":%d}' % len(self.app.cache)

    async def _graphql(self, scope: Scope, receive: Callable[[], Awaitable[Message]]) -> HttpResponse:
        headers = _headers(scope)
        query_string = cast("bytes", scope.get("query_string", b"")).decode("latin-1")
        body = await _body(receive, endpoint.MAX_BODY_BYTES)
        request = HttpRequest(str(scope["method"]), query_string, headers, body or b"")
        if body is None:
            refusal = RequestRefused(f"A request has at most {endpoint.MAX_BODY_BYTES} bytes.", status=413)
            return endpoint.refuse(refusal, request)
        try:
            asked = endpoint.read(request)
        except RequestRefused as refusal:
            return endpoint.refuse(refusal, request)
        # Before the answer is made: a change under way makes it seem too old, never too new.
        generation = self.app.cache.generation
        answer = self.app.cached(asked)
        if answer is None:
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._execute, asked)
        return endpoint.respond(answer, request, asked, generation)

    def _execute(self, asked: GraphQLRequest) -> GraphQLAnswer:
        return self._connected(self.app.execute, asked)

    def _connected(self, act: Callable[[T], R], argument: T) -> R:
        """Run what talks to the database in a thread of the pool."""
        self.release_connections()
        try:
            return act(argument)
        finally:
            self.release_connections()

    async def _download(self, scope: Scope, send: Callable[[Message], Awaitable[None]]) -> None:
        from galleria.shop.engine.graphql.delivery import Asked

        head = scope["method"] == "HEAD"
        if not head and scope["method"] != "GET":
            await _send(send, _json_error(405, "Only GET and HEAD are allowed."))
            return
        query_string = cast("bytes", scope.get("query_string", b"")).decode("latin-1")
        asked = Asked(str(scope["path"]), query_string, _headers(scope), counts=not head)
        decide = partial(self._connected, self.decide_delivery, asked)
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, decide)
        if answer.file is None:
            await _send(send, HttpResponse(answer.status, answer.headers, answer.body), head=head)
            return
        await send(_start(answer.status, answer.headers))
        if head:
            await send({"type": "http.response.body", "body": b""})
            return
        await _send_file(answer.file, send)

    async def _media(self, scope: Scope, name: str, send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await _send(send, _json_error(405, "Only GET and HEAD are allowed."))
            return
        found = find_below(self.media_root, name)
        if found is None:
            await _send(send, _json_error(404, "Not found."), head=scope["method"] == "HEAD")
            return
        status = found.stat()
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        headers = [
            ("content-type", mimetypes.guess_type(found.name)[0] or "application/octet-stream"),
            ("cache-control", f"public, max-age={_MEDIA_MAX_AGE}"),
            ("etag", etag),
            ("last-modified", email.utils.formatdate(status.st_mtime, usegmt=True)),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ]
        if etag in _headers(scope).get("if-none-match", ""):
            await _send(send, HttpResponse(304, tuple(headers), b""))
            return
        headers.append(("content-length", str(status.st_size)))
        await send(_start(200, tuple(headers)))
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        await _send_file(found, send)


async def _send_file(path: Path, send: Callable[[Message], Awaitable[None]]) -> None:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _body(receive: Callable[[], Awaitable[Message]], limit: int) -> bytes | None:
    """Return the request's body, None when it is longer than ``limit``."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        part = bytes(message.get("body") or b"")  # type: ignore[call-overload]
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _headers(scope: Scope) -> Mapping[str, str]:
    pairs: list[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _json_error(status: int, message: str) -> HttpResponse:
    body = b'{"errors":[{"message":"' + message.encode() + b'"}]}'
    return HttpResponse(status, (("content-type", "application/json"), ("cache-control", "no-store")), body)


def _start(status: int, headers: tuple[tuple[str, str], ...]) -> Message:
    encoded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": encoded}


async def _send(send: Callable[[Message], Awaitable[None]], response: HttpResponse, *, head: bool = False) -> None:
    length = ("content-length", str(len(response.body)))
    await send(_start(response.status, (*response.headers, length) if response.status != 304 else response.headers))
    await send({"type": "http.response.body", "body": b"" if head else response.body})
