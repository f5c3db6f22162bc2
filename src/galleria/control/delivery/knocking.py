"""Asks whether something answers: at a store's own sockets, and at the public door as a shopper would."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol

from galleria.contracts.words import Component, Outcome
from galleria.control.delivery.settings import PublicDoor
from galleria.control.runtimes.port import Doors

HEALTH_PATHS: Final = {
    Component.ENGINE: "/health",
    Component.STOREFRONT: "/_health",  # /health may be a page of the shop
    Component.SHOP_AGENT: "/health",
}
"""Where each process of a store says that it answers."""

_KNOCK_SECONDS: Final = 1.0
_DOOR_SECONDS: Final = 15.0
_CATALOGUE_QUERY: Final = {"query": "{ products(filter: {}, pageSize: 1) { total_count } }"}


@dataclass(frozen=True)
class Knock:
    """One thing that was tried at the public door, and how it went."""

    what: str
    outcome: Outcome
    detail: str


class KnockingPort(Protocol):
    """How the runner finds out that something answers. Never raises: no answer is an answer."""

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
            answer = _ask(_UnixConnection(socket_path), _Question("GET", HEALTH_PATHS[component], "localhost"))
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


@dataclass(frozen=True)
class _Answer:
    status: int
    content_type: str
    body: bytes


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_KNOCK_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _ask(connection: http.client.HTTPConnection, question: _Question) -> _Answer:
    headers = {"Host": question.host, "Connection": "close"}
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(question.method, question.path, question.body, headers)
        response = connection.getresponse()
        return _Answer(response.status, response.headers.get_content_type(), response.read())
    finally:
        connection.close()


def _knock(what: str, door: PublicDoor, question: _Question, judge: Callable[[_Answer], str]) -> Knock:
    # *.localhost need not resolve on this machine, so the address is the door's and the name goes into the Host header.
    connection = http.client.HTTPConnection(door.reach, door.port, timeout=_DOOR_SECONDS)
    try:
        complaint = judge(_ask(connection, question))
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
    except ValueError:
        return "the answer is no JSON"
    return "" if isinstance(document, dict) and document.get("data") and not document.get("errors") else "errors"
