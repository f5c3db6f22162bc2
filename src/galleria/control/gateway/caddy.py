"""The Caddy gateway: one atomic write of its whole configuration, and of the book it starts from."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

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
                    self._load(listen, booked)
        return [booked[store_id] for store_id in sorted(booked)]

    def _compare(self) -> tuple[dict[str, Route], bool]:
        listen, booked = self._folder.read()
        secret = self._folder.read_secret()
        wanted = caddy_config(self._folder.places, listen, booked.values(), secret)
        return booked, self._ask(secret, "GET", "/config/") == wanted

    def _change(self, act: Callable[[dict[str, Route]], None]) -> None:
        """Switch: work out the routes after ``act``, stage the book, load Caddy, then let the book take effect."""
        with self._folder.locked():
            listen, routes = self._folder.read()
            before = dict(routes)
            act(routes)
            if routes == before:
                return
            with self._folder.staged(listen, routes.values()):
                self._load(listen, routes)

    def _load(self, listen: str, routes: dict[str, Route]) -> None:
        secret = self._folder.read_secret()
        self._ask(secret, "POST", "/load", caddy_config(self._folder.places, listen, routes.values(), secret))

    def _ask(self, secret: str, method: str, path: str, body: Json | None = None) -> object:
        line = _AdminLine(str(self._folder.places.admin_socket))
        try:
            headers = {"Content-Type": "application/json", "Origin": f"http://{secret}"}
            line.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise GatewayUnavailable("The gateway does not answer on its admin socket.") from error
        finally:
            line.close()
        if answer.status == HTTPStatus.FORBIDDEN:
            raise GatewayUnavailable("The gateway was restarted meanwhile and has a new admin secret.")
        if answer.status == HTTPStatus.BAD_REQUEST:
            said = text.replace(secret, "[admin secret]")[:300]
            raise GatewayRefused(f"The gateway does not take the change: {said}")
        if answer.status != HTTPStatus.OK:
            raise GatewayBroken(f"The gateway answered {answer.status} to {method} {path}.")
        return json.loads(text) if text.strip() else None


class _AdminLine(http.client.HTTPConnection):
    """HTTP on the admin socket. httpx leaves a socket behind when nobody listens, and takes 20 ms to get ready."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
