"""Which routes a gateway takes, whatever gateway it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from galleria.contracts.hosts import HOST_LENGTH_LIMIT
from galleria.contracts.words import is_store_id
from galleria.control.gateway.port import GatewayRefused, Route

PLANE_HOSTS: Final = ("galleria.localhost", "localhost", "127.0.0.1", "::1")
"""The hosts that belong to the control plane."""

HOST_PATTERN: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
"""A host name in lower case. Means the same to Python and to Go, whose regular expressions Caddy has."""


def check_route(route: Route, others: Iterable[Route]) -> None:
    """Refuse a route that is malformed or would take a host from someone else.

    :raises GatewayRefused: names what is wrong.
    """
    if not is_store_id(route.store_id):
        raise GatewayRefused(f"{route.store_id!r} is not a store id.")
    if len(route.host) > HOST_LENGTH_LIMIT:
        raise GatewayRefused(
            f"{route.host!r} is too long for a host name here: at most {HOST_LENGTH_LIMIT} characters."
        )
    if re.fullmatch(HOST_PATTERN, route.host) is None:
        raise GatewayRefused(f"{route.host!r} is not a host name: lower-case letters, digits, hyphens and dots only.")
    if route.host in PLANE_HOSTS:
        raise GatewayRefused(f"The host {route.host} belongs to the control plane.")
    for other in others:
        if other.host == route.host and other.store_id != route.store_id:
            raise GatewayRefused(f"The host {route.host} belongs to {other.store_id} already.")
    for socket in (route.engine_socket, route.storefront_socket):
        if not socket.is_absolute():
            raise GatewayRefused(f"The socket {socket.name} of {route.store_id} needs an absolute path.")
