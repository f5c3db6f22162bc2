"""The gateway port: which host goes to which sockets, and every error a gateway may raise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

UNSEEN_HEADER = "Galleria-Unseen"
"""The header with which the runner goes through an unseen door."""


class GatewayFault(Exception):
    """Something the gateway could not do. The message is one sentence for an operator."""


class GatewayUnavailable(GatewayFault):
    """Retry: the gateway does not answer right now; ask again after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class GatewayRefused(GatewayFault):
    """Give up: the gateway will not take this route (a host taken by another store, a malformed host)."""


class GatewayBroken(GatewayFault):
    """Bug: the gateway met something that it says can't happen. Nothing was changed."""


@dataclass(frozen=True)
class Route:
    """The way to one store. Opening, moving and closing it is one atomic write each."""

    store_id: str
    host: str
    engine_socket: Path
    storefront_socket: Path
    closed: bool = False
    """A closed door answers 503 with a page that says so."""


@runtime_checkable
class GatewayPort(Protocol):
    """The one public door. Blocking calls; each write is one atomic change that outlives a restart of the gateway.

    No write touches a connection: of nobody, neither of this store nor of another. It holds whether or not the gateway
    runs, and counts from the next request on.
    """

    def put_route(self, route: Route) -> None:
        """Open the door to a store, or move it to other sockets. Requests under way end where they began; none that
        begins after this returned meets the old sockets.

        :raises GatewayRefused: the host belongs to another store or to the control plane.
        :raises GatewayUnavailable: there is no room for the change, or no gateway yet; nothing was changed.
        """
        ...

    def close(self, store_id: str) -> None:
        """Close the door: the store's host answers 503 with a page. No route, nothing to do."""
        ...

    def remove_route(self, store_id: str) -> None:
        """Forget the store: its host answers 404. No route, nothing to do."""
        ...

    def open_unseen(self, route: Route) -> str:
        """Open a second door to a store, beside its door and in place of an earlier one of this kind: at the same host,
        by the same way through the gateway, for whoever sends the returned secret in the header `UNSEEN_HEADER`.

        Nobody else meets it, and what is behind it never sees the secret.

        :raises GatewayRefused: as `put_route`.
        :raises GatewayUnavailable: no room on the disk; nothing was changed.
        """
        ...

    def close_unseen(self, store_id: str) -> None:
        """Close the store's unseen door. None there is fine."""
        ...

    def door_of(self, store_id: str) -> Route | None:
        """Say where a store's door leads, whether or not the gateway runs; None if it has no door.

        :raises GatewayUnavailable: there is no gateway yet.
        """
        ...

    def routes(self) -> Sequence[Route]:
        """Say what shoppers meet now, sorted by store.

        :raises GatewayUnavailable: the gateway does not answer, so they meet nothing.
        """
        ...
