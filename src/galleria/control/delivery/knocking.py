"""Asks whether something answers: at a store's own sockets, and at the public door as a shopper would."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol

from galleria.contracts.words import Component, Outcome
from galleria.control.delivery.settings import PublicDoor
from galleria.control.runtimes.port import Doors

HEALTH_PATHS: Final = {
    Component.ENGINE: "/health",
    Component.STOREFRONT: "/_health",  # /health may be a page of the shop
    Component.SHOP_AGENT: "/health",
}
"""Where each process of a store says that it answers."""

KNOCK_SECONDS: Final = 2.0
"""How long a process of a store may take to say that it is healthy, from the first byte to the last."""

_DOOR_SECONDS: Final = 15.0
_MOST_BYTES: Final = 64 * 1024
"""What is read of an answer's body. A store is a stranger: it may send without end."""

_CATALOGUE_QUERY: Final = {"query": "{ products(filter: {}, pageSize: 1) { total_count } }"}


@dataclass(frozen=True)
class Knock:
    """One thing that was tried at the public door, and how it went."""

    what: str
    outcome: Outcome
    detail: str


class KnockingPort(Protocol):
    """How the runner finds out that something answers. Never raises: no answer is an answer. Every call is over in a
    bounded time with a bounded amount of memory, whatever the other side does."""

    def healthy(self, component: Component, socket_path: Path) -> bool:
        """Say whether this component of a store, at this Unix socket, calls itself healthy."""
        ...

    def at_the_door(self, door: PublicDoor, host: str) -> list[Knock]:
        """Go through the public door as a shopper of ``host`` would, and leave nothing behind."""
        ...


def socket_of(doors: Doors, component: Component) -> Path:
    """Return the socket of one component of a store."""
    match component:
        case Component.ENGINE:
            return doors.engine
        case Component.STOREFRONT:
            return doors.storefront
        case Component.SHOP_AGENT:
            return doors.agent
        case _:
            raise ValueError(f"{component} is no component of a store")


class HttpKnocking:
    """A `KnockingPort` over HTTP."""

    def healthy(self, component: Component, socket_path: Path) -> bool:
        try:
            question = _Question("GET", HEALTH_PATHS[component], "localhost", most_bytes=0)
            answer = _ask(_UnixConnection(socket_path), question)
        except (OSError, http.client.HTTPException):
            return False
        return answer.status == HTTPStatus.OK

    def at_the_door(self, door: PublicDoor, host: str) -> list[Knock]:
        front = _Question("GET", "/", host)
        catalogue = _Question("POST", "/graphql", host, json.dumps(_CATALOGUE_QUERY))
        return [_knock("front page", door, front, _is_page), _knock("catalogue query", door, catalogue, _has_data)]


@dataclass(frozen=True)
class _Question:
    method: str
    path: str
    host: str
    body: str | None = None
    most_bytes: int = _MOST_BYTES


@dataclass(frozen=True)
class _Answer:
    status: int
    content_type: str
    body: bytes


class _HurriedSocket(socket.socket):
    """A socket with a moment at which all reading ends.

    A time-out alone is one per operation: who sends a byte now and then holds its reader for ever.
    """

    ends_at = float("inf")

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self.settimeout(left)
        return super().recv_into(*arguments, **options)


def _hurried(connected: socket.socket, ends_at: float) -> _HurriedSocket:
    hurried = _HurriedSocket(fileno=connected.detach())
    hurried.ends_at = ends_at
    hurried.settimeout(max(0.001, ends_at - time.monotonic()))
    return hurried


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket, over within `KNOCK_SECONDS`."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        ends_at = time.monotonic() + KNOCK_SECONDS
        self.sock = _hurried(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), ends_at)
        self.sock.connect(str(self._path))


class _DoorConnection(http.client.HTTPConnection):
    """HTTP to the public door, over within `_DOOR_SECONDS`."""

    def __init__(self, door: PublicDoor) -> None:
        super().__init__(door.reach, door.port, timeout=_DOOR_SECONDS)

    def connect(self) -> None:
        ends_at = time.monotonic() + _DOOR_SECONDS
        super().connect()
        self.sock = _hurried(self.sock, ends_at)


def _ask(connection: http.client.HTTPConnection, question: _Question) -> _Answer:
    headers = {"Host": question.host, "Connection": "close"}
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(question.method, question.path, question.body, headers)
        response = connection.getresponse()
        return _Answer(response.status, response.headers.get_content_type(), response.read(question.most_bytes))
    finally:
        connection.close()


def _knock(what: str, door: PublicDoor, question: _Question, judge: Callable[[_Answer], str]) -> Knock:
    # *.localhost need not resolve on this machine, so the address is the door's and the name goes into the Host header.
    try:
        try:
            answer = _ask(_DoorConnection(door), question)
        except ConnectionError:
            # Right after a route change the gateway may drop a connection unanswered (ADR 0032). Both questions only
            # read, and a browser asks again too.
            answer = _ask(_DoorConnection(door), question)
        complaint = judge(answer)
    except (OSError, http.client.HTTPException) as error:
        complaint = f"no answer ({type(error).__name__})"
    return Knock(what, Outcome.FAILED if complaint else Outcome.PASSED, complaint)


def _is_page(answer: _Answer) -> str:
    if answer.status != HTTPStatus.OK:
        return f"status {answer.status}"
    return "" if answer.content_type == "text/html" else f"{answer.content_type} instead of a page"


def _has_data(answer: _Answer) -> str:
    if answer.status != HTTPStatus.OK:
        return f"status {answer.status}"
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "the answer is no JSON"
    return "" if isinstance(document, dict) and document.get("data") and not document.get("errors") else "errors"
