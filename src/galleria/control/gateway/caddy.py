"""The Caddy gateway: one atomic write of its whole configuration, and of the book it starts from."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import httpx

from galleria.control.gateway.book import GatewayFolder
from galleria.control.gateway.config import Json, caddy_config
from galleria.control.gateway.port import GatewayBroken, GatewayRefused, GatewayUnavailable, Route
from galleria.control.gateway.rules import check_route

_ANSWER_SECONDS: Final = 10.0


class CaddyGateway:
    """A `GatewayPort` on a running Caddy, whose folder is ``home/gateway``."""

    def __init__(self, home: Path) -> None:
        self._folder = GatewayFolder(home.absolute())

    def put_route(self, route: Route) -> None:
        def put(routes: dict[str, Route]) -> None:
            check_route(route, routes.values())
            routes[route.store_id] = route

        self._change(put)

    def close(self, store_id: str) -> None:
        def close(routes: dict[str, Route]) -> None:
            if store_id in routes:
                routes[store_id] = replace(routes[store_id], closed=True)

        self._change(close)

    def remove_route(self, store_id: str) -> None:
        def remove(routes: dict[str, Route]) -> None:
            routes.pop(store_id, None)

        self._change(remove)

    def routes(self) -> Sequence[Route]:
        booked, agree = self._compare()
        if not agree:
            # Either a change is under way, which the lock waits for, or there was a crash between its two writes: the
            # live side is what shoppers meet, the book what was proven.
            with self._folder.locked():
                booked, agree = self._compare()
                if not agree:
                    listen, _ = self._folder.read()
                    self._load(caddy_config(self._folder.places, listen, booked.values()))
        return [booked[store_id] for store_id in sorted(booked)]

    def _compare(self) -> tuple[dict[str, Route], bool]:
        listen, booked = self._folder.read()
        return booked, self._ask("GET", "/config/") == caddy_config(self._folder.places, listen, booked.values())

    def _change(self, act: Callable[[dict[str, Route]], None]) -> None:
        """Switch: work out the routes after ``act``, stage the book, load Caddy, then let the book take effect."""
        with self._folder.locked():
            listen, routes = self._folder.read()
            before = dict(routes)
            act(routes)
            if routes == before:
                return
            with self._folder.staged(listen, routes.values()):
                self._load(caddy_config(self._folder.places, listen, routes.values()))

    def _load(self, config: Json) -> None:
        self._ask("POST", "/load", config)

    def _ask(self, method: str, path: str, body: Json | None = None) -> object:
        transport = httpx.HTTPTransport(verify=_no_tls(), uds=str(self._folder.places.admin_socket))
        # Caddy checks who is asked for; on a Unix socket it expects an empty or a socket's own host.
        with httpx.Client(transport=transport, base_url="http://localhost", timeout=_ANSWER_SECONDS) as client:
            try:
                answer = client.request(method, path, json=body)
            except httpx.HTTPError as error:
                raise GatewayUnavailable("The gateway does not answer on its admin socket.") from error
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise GatewayRefused(f"The gateway does not take the change: {answer.text[:300]}")
        if not answer.is_success:
            raise GatewayBroken(f"The gateway answered {answer.status_code} to {method} {path}.")
        return json.loads(answer.text) if answer.text.strip() else None


@cache
def _no_tls() -> ssl.SSLContext:
    """An empty context: httpx would load the machine's certificates for each client, 20 ms for a Unix socket."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
