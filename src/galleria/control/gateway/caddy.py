"""The Caddy gateway: changes are made at the doors alone, and Caddy meets them at the next request."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from galleria.control.gateway.config import HEALTH_SOCKET
from galleria.control.gateway.doors import Doors
from galleria.control.gateway.port import GatewayUnavailable, Route
from galleria.control.gateway.rules import check_route

_ANSWER_SECONDS: Final = 10.0


class CaddyGateway:
    """A `GatewayPort` on the Caddy of the platform in ``home``. Caddy itself is never told anything."""

    def __init__(self, home: Path) -> None:
        self._doors = Doors(home.absolute())

    def put_route(self, route: Route) -> None:
        with self._doors.locked():
            routes = self._doors.read()
            check_route(route, routes.values())
            self._put(route, routes)

    def close(self, store_id: str) -> None:
        with self._doors.locked():
            routes = self._doors.read()
            if store_id in routes:
                self._put(replace(routes[store_id], closed=True), routes)

    def remove_route(self, store_id: str) -> None:
        with self._doors.locked():
            self._doors.remove(store_id, self._doors.read().get(store_id))

    def open_unseen(self, route: Route) -> str:
        with self._doors.locked():
            check_route(route, self._doors.read().values())
            return self._doors.open_unseen(route)

    def close_unseen(self, store_id: str) -> None:
        with self._doors.locked():
            self._doors.close_unseen(store_id)

    def door_of(self, store_id: str) -> Route | None:
        with self._doors.locked(to_look=True):
            return self._doors.read().get(store_id)

    def routes(self) -> Sequence[Route]:
        self._ask_whether_it_answers()
        with self._doors.locked(to_look=True):
            routes = self._doors.read()
        return [routes[store_id] for store_id in sorted(routes)]

    def _put(self, route: Route, routes: dict[str, Route]) -> None:
        before = routes.get(route.store_id)
        if route != before:
            self._doors.put(route, before)

    def _ask_whether_it_answers(self) -> None:
        line = _HealthLine(str(self._doors.home / HEALTH_SOCKET))
        try:
            line.request("GET", "/")
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise GatewayUnavailable("The gateway does not answer.") from error
        finally:
            line.close()
        if answer.status != HTTPStatus.NO_CONTENT:
            raise GatewayUnavailable(f"The gateway answers {answer.status} when asked for its health.")


class _HealthLine(http.client.HTTPConnection):
    """HTTP on the health socket. httpx leaves a socket behind when nobody listens, and takes 20 ms to get ready."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
