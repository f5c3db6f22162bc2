"""What Caddy is told: each host to its own sockets, forwarded headers by Caddy alone, and nothing internal outside."""

from __future__ import annotations

import json
import re

import pytest

from galleria.control.gateway.config import INTERNAL_PATHS, Json, JsonValue, caddy_config
from galleria.control.gateway.rules import PLANE_HOSTS

LISTEN = "127.0.0.1:8080"
HOST = "{http.regexp.door.host}"


def fields(value: object) -> Json:
    """A JSON object's fields."""
    assert isinstance(value, dict)
    return value


def items(value: object) -> list[JsonValue]:
    """A JSON array's items."""
    assert isinstance(value, list)
    return value


def servers() -> Json:
    """Everything that listens but the door's own admin."""
    return fields(fields(fields(caddy_config(LISTEN)["apps"])["http"])["servers"])


def door() -> Json:
    """The public one."""
    return fields(servers()["door"])


def routes() -> list[Json]:
    """The public door's routes: the plane, lower case, unseen doors, the doors, nobody."""
    return [fields(each) for each in items(door()["routes"])]


def handlers(route: JsonValue) -> list[Json]:
    """What a route does, in order."""
    return [fields(each) for each in items(fields(route)["handle"])]


def inner(route: JsonValue) -> list[Json]:
    """The routes within a route."""
    (subroute,) = handlers(route)
    assert subroute["handler"] == "subroute"
    return [fields(each) for each in items(subroute["routes"])]


def answer(path: str) -> Json:
    """The last handler for a path of an open store's host: what answers."""
    _, opened = inner(routes()[3])
    for each in inner(opened):
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


def test_the_planes_hosts_come_first() -> None:
    plane = routes()[0]
    assert plane["match"] == [{"host": list(PLANE_HOSTS)}]
    assert dial(handlers(plane)[-1]) == "unix/plane/run/plane.sock"
    assert plane["terminal"] is True


def test_only_the_name_that_was_matched_gets_into_a_path() -> None:
    """What a request says is a stranger's; it may not even be part of what is looked for."""
    text = json.dumps(door()).replace('{"{http.request.host}": {"name": "door"', "")
    assert "{http.request" not in text
    for found in re.findall(r"\{http\.[^}]*\}", text):
        assert found in (HOST, "{http.regexp.unseen.secret}", "{http.error.status_code}")


@pytest.mark.parametrize(
    "host",
    ["", ".", "..", ".ways", "a..b", "a/b", "a/../b", "-a", "a-", "A", "a:80", "a b", "a\n", "\na", "a*", "{a}", "a_b"],
)
def test_what_is_no_host_name_matches_no_door(host: str) -> None:
    (match,) = items(routes()[3]["match"])
    pattern = str(fields(fields(fields(match)["vars_regexp"])["{http.request.host}"])["pattern"])
    assert pattern.startswith("^(?P<host>")
    assert pattern.endswith(")$")
    # Go's $ is the text's end; Python's allows a line feed before it.
    assert re.search(pattern[:-1] + r"\Z", host) is None
    assert re.search(pattern, "shop-001.localhost") is not None


def test_every_upper_case_letter_is_made_a_lower_case_one() -> None:
    (handler,) = handlers(routes()[1])
    replaced = items(fields(fields(handler["request"])["replace"])["Host"])
    host = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for each in replaced:
        host = host.replace(str(fields(each)["search"]), str(fields(each)["replace"]))
    assert host == "abcdefghijklmnopqrstuvwxyz"
    assert "terminal" not in routes()[1]


@pytest.mark.parametrize(
    "path",
    [
        *("/graphql", "/admin", "/admin/", "/admin/orders/1", "/static/a.css", "/media/b.png"),
        "/downloadable/download/link/id/x/",
    ],
)
def test_admin_static_media_downloads_and_graphql_are_the_engines(path: str) -> None:
    assert dial(answer(path)) == f"unix/doors/{HOST}/engine"


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/administrator", "/graphql-notes", "/statics", "/checkout", "/x", "/downloadable/customer/"],
)
def test_all_else_is_the_storefronts(path: str) -> None:
    assert dial(answer(path)) == f"unix/doors/{HOST}/storefront"


@pytest.mark.parametrize("path", INTERNAL_PATHS)
def test_what_is_internal_has_no_way_from_outside(path: str) -> None:
    refusal = answer(path)
    assert (refusal["handler"], refusal["status_code"]) == ("static_response", 404)


def test_what_asks_a_storefront_for_its_health_is_internal() -> None:
    assert "/_health" in INTERNAL_PATHS


def test_an_unknown_host_is_nobodys() -> None:
    (page,) = handlers(routes()[-1])
    assert "match" not in routes()[-1]
    assert (page["handler"], page["status_code"]) == ("static_response", 404)
    assert "There is no shop here" in str(page["body"])


def test_only_what_looks_like_a_secret_is_looked_for_among_the_unseen_doors() -> None:
    unseen = routes()[2]
    assert unseen["match"] == [
        {"header_regexp": {"Galleria-Unseen": {"name": "unseen", "pattern": "^(?P<secret>[0-9a-f]{64})$"}}}
    ]
    (found,) = inner(unseen)
    # Apart from the pattern: Caddy tries the matchers of one set in no order, and the secret comes from the pattern.
    assert found["match"] == [{"file": {"root": "doors", "try_files": ["/.unseen/{http.regexp.unseen.secret}/"]}}]
    assert handlers(found)[0] == {"handler": "headers", "request": {"delete": ["Galleria-Unseen"]}}
    assert "terminal" not in unseen, "whoever names no secret is like anybody else"


def test_a_closed_store_is_told_so_before_all_else_and_led_nowhere() -> None:
    closed, _ = inner(routes()[3])
    assert closed["match"] == [{"file": {"root": "doors", "try_files": [f"/{HOST}/closed"]}}]
    (page,) = handlers(closed)
    assert (page["handler"], page["status_code"]) == ("static_response", 503)
    assert fields(page["headers"])["Retry-After"] == ["5"]
    assert closed["terminal"] is True


def test_an_unreachable_store_gets_a_decent_page() -> None:
    (route,) = items(fields(door()["errors"])["routes"])
    (page,) = handlers(route)
    assert page["status_code"] == 503
    assert "default-src 'none'" in json.dumps(page["headers"])


def proxies() -> list[Json]:
    """All that leads on."""
    return [answer("/"), answer("/graphql"), handlers(routes()[0])[-1]]


def test_forwarded_headers_are_caddys_own() -> None:
    # Caddy discards a client's forwarded headers and sets its own, unless told to trust or to rewrite them.
    assert "trusted_proxies" not in json.dumps(door())
    assert [each for each in proxies() if "headers" in each] == []


def test_no_connection_behind_the_door_outlives_its_request() -> None:
    """A kept one would go on leading to the slot before."""
    for each in proxies():
        assert fields(each["transport"])["keep_alive"] == {"enabled": False}


def test_events_are_not_buffered() -> None:
    assert handlers(routes()[0])[-1]["flush_interval"] == -1


def test_every_body_has_a_limit() -> None:
    _, opened = inner(routes()[3])
    limits = [handlers(routes()[0])[0], *(handlers(each)[0] for each in inner(opened)[1:])]
    assert {(each["handler"], each["max_size"]) for each in limits} == {("request_body", 64 * 1024 * 1024)}


def test_caddy_listens_on_one_address_and_takes_no_orders() -> None:
    assert door()["listen"] == [LISTEN]
    assert door()["automatic_https"] == {"disable": True}
    assert caddy_config(LISTEN)["admin"] == {"disabled": True, "config": {"persist": False}}


def test_its_health_is_all_that_caddy_tells_on_its_own_socket() -> None:
    assert set(servers()) == {"door", "health"}
    health = fields(servers()["health"])
    assert health["listen"] == ["unix/gateway/health.sock"]
    (route,) = items(health["routes"])
    assert handlers(route) == [{"handler": "static_response", "status_code": 204}]
