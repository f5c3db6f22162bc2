"""The null gateway: keeps the port's promises in memory. For tests of what stands above the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from galleria.control.gateway.port import GatewayFault, GatewayUnavailable, Route
from galleria.control.gateway.rules import check_route


@dataclass
class NullGateway:
    """A `GatewayPort` that only remembers. `faults` makes the next write or read fail once."""

    faults: list[GatewayFault] = field(default_factory=list)
    dead: bool = False
    """It does not answer; its doors can be moved all the same."""
    unseen: dict[str, Route] = field(default_factory=dict)
    _routes: dict[str, Route] = field(default_factory=dict)

    def put_route(self, route: Route) -> None:
        self._fail_if_told()
        check_route(route, self._routes.values())
        self._routes[route.store_id] = route

    def close(self, store_id: str) -> None:
        self._fail_if_told()
        if store_id in self._routes:
            self._routes[store_id] = replace(self._routes[store_id], closed=True)

    def remove_route(self, store_id: str) -> None:
        self._fail_if_told()
        self._routes.pop(store_id, None)

    def open_unseen(self, route: Route) -> str:
        self._fail_if_told()
        check_route(route, self._routes.values())
        self.unseen[route.store_id] = route
        return "0" * 64

    def close_unseen(self, store_id: str) -> None:
        self._fail_if_told()
        self.unseen.pop(store_id, None)

    def door_of(self, store_id: str) -> Route | None:
        return self._routes.get(store_id)

    def routes(self) -> Sequence[Route]:
        self._fail_if_told()
        if self.dead:
            raise GatewayUnavailable("The gateway does not answer.")
        return [self._routes[store_id] for store_id in sorted(self._routes)]

    def _fail_if_told(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
