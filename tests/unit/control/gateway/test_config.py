"""What Caddy is told: each host to its own sockets, forwarded headers by Caddy alone, and nothing internal outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from galleria.control.gateway.config import INTERNAL_PATHS, GatewayPlaces, Json, JsonValue, caddy_config
from galleria.control.gateway.port import Route
from galleria.control.gateway.rules import PLANE_HOSTS

PLACES = GatewayPlaces(Path("/g/admin.sock"), Path("/g/plane.sock"), Path("/g/storage"))
ONE = Route("shop-001", "one.localhost", Path("/g/1/engine.sock"), Path("/g/1/storefront.sock"))
TWO = Route("shop-002", "two.localhost", Path("/g/2/engine.sock"), Path("/g/2/storefront.sock"))


def fields(value: object) -> Json:
    """A JSON object's fields."""
    assert isinstance(value, dict)
    return value


def items(value: object) -> list[JsonValue]:
    """A JSON array's items."""
    assert isinstance(value, list)
    return value


def door(*routes: Route) -> Json:
    """The one server."""
    config = caddy_config(PLACES, "127.0.0.1:8080", routes)
    http = fields(fields(config["apps"])["http"])
    servers = fields(http["servers"])
    assert list(servers) == ["door"]
    return fields(servers["door"])


def handlers(route: JsonValue) -> list[Json]:
    """What a route does, in order."""
    return [fields(each) for each in items(fields(route)["handle"])]


def hosts(route: JsonValue) -> list[JsonValue]:
    """The hosts that a route answers to; none means every one."""
    matchers = items(fields(route).get("match", []))
    return [host for matcher in matchers for host in items(fields(matcher)["host"])]


def inner(route: JsonValue) -> list[Json]:
    """The routes within a store's own."""
    (subroute,) = handlers(route)
    assert subroute["handler"] == "subroute"
    return [fields(each) for each in items(subroute["routes"])]


def answer(route: JsonValue, path: str) -> Json:
    """The last handler for a path of a store's host: what answers."""
    for each in inner(route):
        paths = [str(path) for matcher in items(each.get("match", [])) for path in items(fields(matcher)["path"])]
        if not paths or any(_fits(path, pattern) for pattern in paths):
            return handlers(each)[-1]
    raise AssertionError(path)


def _fits(path: str, pattern: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def dial(handler: Json) -> str:
    """The one upstream of a proxy."""
    assert handler["handler"] == "reverse_proxy"
    (upstream,) = items(handler["upstreams"])
    return str(fields(upstream)["dial"])


def test_each_host_is_led_to_its_own_sockets_in_a_fixed_order() -> None:
    first, one, two, last = items(door(TWO, ONE)["routes"])
    assert [hosts(first), hosts(one), hosts(two), hosts(last)] == [list(PLANE_HOSTS), [ONE.host], [TWO.host], []]
    assert dial(handlers(first)[-1]) == "unix//g/plane.sock"
    for route, number in ((one, 1), (two, 2)):
        assert dial(answer(route, "/graphql")) == f"unix//g/{number}/engine.sock"
        assert dial(answer(route, "/")) == f"unix//g/{number}/storefront.sock"
    assert door(TWO, ONE) == door(ONE, TWO)


@pytest.mark.parametrize(
    "path",
    [
        *("/graphql", "/admin", "/admin/", "/admin/orders/1", "/static/a.css", "/media/b.png"),
        "/downloadable/download/link/id/x/",
    ],
)
def test_admin_static_media_downloads_and_graphql_are_the_engines(path: str) -> None:
    assert dial(answer(items(door(ONE)["routes"])[1], path)) == "unix//g/1/engine.sock"


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/administrator", "/graphql-notes", "/statics", "/checkout", "/x", "/downloadable/customer/"],
)
def test_all_else_is_the_storefronts(path: str) -> None:
    assert dial(answer(items(door(ONE)["routes"])[1], path)) == "unix//g/1/storefront.sock"


@pytest.mark.parametrize("path", INTERNAL_PATHS)
def test_what_is_internal_has_no_way_from_outside(path: str) -> None:
    refusal = answer(items(door(ONE)["routes"])[1], path)
    assert (refusal["handler"], refusal["status_code"]) == ("static_response", 404)


def test_what_asks_a_storefront_for_its_health_is_internal() -> None:
    assert "/_health" in INTERNAL_PATHS


def test_an_unknown_host_is_nobodys() -> None:
    (page,) = handlers(items(door(ONE)["routes"])[-1])
    assert (page["handler"], page["status_code"]) == ("static_response", 404)
    assert "There is no shop here" in str(page["body"])


def test_a_closed_store_is_told_so_and_led_nowhere() -> None:
    closed = Route(ONE.store_id, ONE.host, ONE.engine_socket, ONE.storefront_socket, closed=True)
    route = items(door(closed)["routes"])[1]
    for path in ("/", "/graphql", "/admin", *INTERNAL_PATHS):
        page = answer(route, path)
        assert (page["handler"], page["status_code"]) == ("static_response", 503)
        assert fields(page["headers"])["Retry-After"] == ["5"]
    assert ".sock" not in json.dumps(route)


def test_an_unreachable_store_gets_a_decent_page() -> None:
    (route,) = items(fields(door(ONE)["errors"])["routes"])
    (page,) = handlers(route)
    assert page["status_code"] == 503
    assert "default-src 'none'" in json.dumps(page["headers"])


def test_forwarded_headers_are_caddys_own() -> None:
    # Caddy discards a client's forwarded headers and sets its own, unless told to trust or to rewrite them.
    text = json.dumps(door(ONE, TWO))
    assert "trusted_proxies" not in text
    proxies = [answer(items(door(ONE)["routes"])[1], path) for path in ("/", "/graphql")]
    proxies.append(handlers(items(door(ONE)["routes"])[0])[-1])
    assert [each for each in proxies if "headers" in each] == []


def test_events_are_not_buffered() -> None:
    assert handlers(items(door()["routes"])[0])[-1]["flush_interval"] == -1


def test_every_body_has_a_limit() -> None:
    limits = [handlers(items(door()["routes"])[0])[0]]
    limits += [handlers(each)[0] for each in inner(items(door(ONE)["routes"])[1])[1:]]
    assert {(each["handler"], each["max_size"]) for each in limits} == {("request_body", 64 * 1024 * 1024)}


def test_caddy_listens_on_one_address_and_keeps_no_second_book() -> None:
    config = caddy_config(PLACES, "127.0.0.1:8080", [ONE])
    assert door(ONE)["listen"] == ["127.0.0.1:8080"]
    admin = fields(config["admin"])
    assert (admin["listen"], admin["config"]) == ("unix//g/admin.sock", {"persist": False})
    assert door(ONE)["automatic_https"] == {"disable": True}
