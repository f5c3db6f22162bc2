"""Asks whether something answers: at a store's own sockets, and at the public door as a shopper would."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol

from galleria.contracts.words import Component
from galleria.control.delivery import asking
from galleria.control.delivery.asking import DoorConnection, Question, UnixConnection
from galleria.control.delivery.settings import PublicDoor
from galleria.control.delivery.shopping import GRAPHQL, Carts, Shopping, Visit, Visited
from galleria.control.gateway.port import UNSEEN_HEADER, GatewayUnavailable
from galleria.control.gateway.rules import PLANE_HOSTS
from galleria.control.runtimes.port import Doors

HEALTH_PATHS: Final = {
    Component.ENGINE: "/health",
    Component.STOREFRONT: "/_health",  # /health may be a page of the shop
    Component.SHOP_AGENT: "/health",
}
"""Where each process of a store says that it answers."""


class KnockingPort(Protocol):
    """How the runner finds out that something answers. A store that gives no answer raises nothing: that is an answer.
    Every call is over in a bounded time with a bounded amount of memory, whatever the other side does."""

    def healthy(self, component: Component, socket_path: Path) -> bool:
        """Say whether this component of a store, at this Unix socket, calls itself healthy."""
        ...

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> Visited:
        """Shop through the public door as a shopper of ``host`` would, and leave nothing behind: every check that needs
        no agent, in its order.

        ``unseen`` is the secret of an unseen door, to go through that one.

        :raises GatewayUnavailable: the door itself was not there, which says nothing about the shop behind it.
        """
        ...

    def in_the_slot(self, doors: Doors, host: str) -> Visited:
        """Shop in the same way at a slot's own sockets, behind the door."""
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


@dataclass
class HttpKnocking:
    """A `KnockingPort` over HTTP."""

    carts: Carts = field(default_factory=dict)
    """One cart a store, so that empty ones don't pile up."""

    def healthy(self, component: Component, socket_path: Path) -> bool:
        try:
            question = Question("GET", HEALTH_PATHS[component], "localhost", most_bytes=0)
            answer = asking.ask(UnixConnection(socket_path, asking.KNOCK_SECONDS), question)
        except (OSError, http.client.HTTPException):
            return False
        return answer.status == HTTPStatus.OK

    def at_the_door(self, door: PublicDoor, host: str, unseen: str = "") -> Visited:
        headers = {UNSEEN_HEADER: unseen} if unseen else {}
        refused: list[bool] = []  # of each question without an answer

        def ask(question: Question) -> asking.Answer:
            try:
                # *.localhost need not resolve on this machine, so the name goes into the Host header.
                return asking.ask(DoorConnection(door, asking.DOOR_SECONDS), replace(question, headers=headers))
            except (OSError, http.client.HTTPException) as error:
                refused.append(isinstance(error, ConnectionRefusedError))
                raise

        visited = Shopping(Visit(host, ask), self.carts).go()
        # No shop can have a connection refused, or keep the gateway from answering at another host.
        if refused and (any(refused) or not _answers(door)):
            raise GatewayUnavailable("The gateway does not answer.")
        return visited

    def in_the_slot(self, doors: Doors, host: str) -> Visited:
        def ask(question: Question) -> asking.Answer:
            socket_path = doors.engine if question.path == GRAPHQL else doors.storefront
            return asking.ask(UnixConnection(socket_path, asking.DOOR_SECONDS), question)

        return Shopping(Visit(host, ask), self.carts).go()


def _answers(door: PublicDoor) -> bool:
    """Say whether the gateway answers at the control plane's own host, whatever it says there."""
    question = Question("GET", "/health", PLANE_HOSTS[0], most_bytes=0)
    try:
        asking.ask(DoorConnection(door, asking.KNOCK_SECONDS), question)
    except (OSError, http.client.HTTPException):
        return False
    return True
