"""Every gateway keeps the port's promises: the null one, and a real Caddy with real sockets behind it."""

from __future__ import annotations

import http.client
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.gateway.null import NullGateway
from galleria.control.gateway.port import UNSEEN_HEADER, GatewayPort, GatewayRefused, GatewayUnavailable, Route
from tests.support.crowd import Crowd, Shopper
from tests.support.running_caddy import RunningCaddy, backend, slow_backend


@pytest.fixture
def home() -> Iterator[Path]:
    """A state folder with a short path."""
    with tempfile.TemporaryDirectory(prefix="g-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def caddy(home: Path) -> Iterator[RunningCaddy]:
    """A real Caddy."""
    running = RunningCaddy(home)
    yield running
    running.kill()


@pytest.fixture(params=["null", "caddy"])
def gateway(request: pytest.FixtureRequest) -> GatewayPort:
    """Each gateway in turn."""
    if request.param == "null":
        return NullGateway()
    running: RunningCaddy = request.getfixturevalue("caddy")
    return CaddyGateway(running.home)


def route(number: int, folder: Path = Path("/nowhere"), host: str | None = None) -> Route:
    """A route to a store."""
    name = f"shop-00{number}"
    return Route(name, host or f"{name}.localhost", folder / f"e{number}.sock", folder / f"s{number}.sock")


def in_slot(number: int, slot: str, folder: Path) -> Route:
    """A route to a store's sockets of one slot."""
    sockets = (folder / f"engine-{slot}.sock", folder / f"storefront-{slot}.sock")
    return Route(f"shop-00{number}", f"shop-00{number}.localhost", *sockets)


def test_opens_moves_closes_and_forgets(gateway: GatewayPort) -> None:
    assert list(gateway.routes()) == []
    gateway.put_route(route(2))
    gateway.put_route(route(1))
    assert list(gateway.routes()) == [route(1), route(2)]
    moved = route(1, Path("/elsewhere"))
    gateway.put_route(moved)
    gateway.put_route(moved)
    assert list(gateway.routes()) == [moved, route(2)]
    assert gateway.door_of("shop-001") == moved
    gateway.close("shop-001")
    assert gateway.door_of("shop-001") == replace(moved, closed=True)
    assert [each.closed for each in gateway.routes()] == [True, False]
    gateway.remove_route("shop-001")
    gateway.remove_route("shop-001")
    gateway.close("shop-009")
    assert list(gateway.routes()) == [route(2)]


@pytest.mark.parametrize(
    "host", ["shop-001.localhost", "galleria.localhost", "localhost", "Bad_Host", "a b", "", "-a.b"]
)
def test_refuses_a_host_that_is_taken_or_malformed(gateway: GatewayPort, host: str) -> None:
    gateway.put_route(route(1))
    with pytest.raises(GatewayRefused):
        gateway.put_route(route(2, host=host) if host else Route("shop-002", "", Path("/e"), Path("/s")))
    assert list(gateway.routes()) == [route(1)]


def test_each_store_gets_what_is_its_own(caddy: RunningCaddy) -> None:
    gateway = CaddyGateway(caddy.home)
    one, two = route(1, caddy.home), route(2, caddy.home)
    with (
        backend(one.engine_socket, "engine-1"),
        backend(one.storefront_socket, "front-1"),
        backend(two.storefront_socket, "front-2"),
        backend(caddy.home / "plane/run/plane.sock", "plane"),
    ):
        gateway.put_route(one)
        gateway.put_route(two)
        for path in ("/graphql", "/admin", "/admin/orders", "/static/a.css", "/media/b.png"):
            assert caddy.get("shop-001.localhost", path)[1].startswith(f"engine-1 {path} ")
        for path in ("/", "/graphql-notes", "/administrator"):
            assert caddy.get("shop-001.localhost", path)[1].startswith(f"front-1 {path} ")
        assert caddy.get("shop-002.localhost")[1].startswith("front-2 / ")
        for host in ("galleria.localhost", "localhost", "127.0.0.1"):
            assert caddy.get(host, "/health")[1].startswith("plane /health ")


NOBODY: dict[str, str] = {}


def test_an_unseen_door_is_for_who_knows_the_secret(caddy: RunningCaddy) -> None:
    gateway, live, beside = CaddyGateway(caddy.home), in_slot(1, "blue", caddy.home), in_slot(1, "green", caddy.home)
    with (
        backend(live.engine_socket, "engine-blue"),
        backend(live.storefront_socket, "front-blue"),
        backend(beside.engine_socket, "engine-green"),
        backend(beside.storefront_socket, "front-green"),
    ):
        gateway.put_route(live)
        first = gateway.open_unseen(beside)
        secret = gateway.open_unseen(beside)
        for path, part in (("/", "front"), ("/graphql", "engine")):
            status, text = caddy.get(live.host, path, **{UNSEEN_HEADER: secret})
            assert (status, text.split()[:3]) == (200, [f"{part}-green", path, f"{live.host}:{caddy.port}"])
            for stranger in (NOBODY, {UNSEEN_HEADER: first}, {UNSEEN_HEADER: "0" * 64}, {UNSEEN_HEADER: "../x"}):
                assert caddy.get(live.host, path, **stranger)[1].startswith(f"{part}-blue ")
        assert caddy.get(live.host, "/_health", **{UNSEEN_HEADER: secret})[0] == 404
        assert list(gateway.routes()) == [live]
        gateway.close_unseen("shop-001")
        gateway.close_unseen("shop-001")
        assert caddy.get(live.host, "/", **{UNSEEN_HEADER: secret})[1].startswith("front-blue ")


@pytest.mark.parametrize("path", ["/_health", "/%5Fhealth", "//_health", "/./_health", "/_HEALTH", "/_health?x=1"])
def test_what_is_internal_stays_inside(caddy: RunningCaddy, path: str) -> None:
    one = route(1, caddy.home)
    CaddyGateway(caddy.home).put_route(one)
    with backend(one.engine_socket, "engine-1"), backend(one.storefront_socket, "front-1"):
        status, text = caddy.get("shop-001.localhost", path)
        assert (status, "There is no such page" in text) == (404, True)
        # A page of the shop may be called /health: never the engine's own.
        assert caddy.get("shop-001.localhost", "/health")[1].startswith("front-1 /health ")


def test_forwarded_headers_are_the_gateways_word(caddy: RunningCaddy) -> None:
    one = route(1, caddy.home)
    CaddyGateway(caddy.home).put_route(one)
    with backend(one.storefront_socket, "front-1"):
        forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil", "X-Forwarded-Proto": "https"}
        status, text = caddy.get("shop-001.localhost", "/", **forged)
    assert (status, text) == (200, f"front-1 / shop-001.localhost:{caddy.port} http 127.0.0.1")


def test_closed_unreachable_and_unknown_say_so(caddy: RunningCaddy) -> None:
    gateway = CaddyGateway(caddy.home)
    gateway.put_route(route(1, caddy.home))
    gateway.put_route(route(2, caddy.home))
    gateway.close("shop-001")
    status, text = caddy.get("shop-001.localhost")
    assert status == 503
    assert "This shop is closed right now" in text
    assert "{ margin: 0;" in text  # the page's own braces are not taken for Caddy's placeholders
    assert caddy.get("shop-002.localhost")[0] == 503
    status, text = caddy.get("shop-003.localhost")
    assert status == 404
    assert "There is no shop here" in text


def test_a_restarting_store_is_waited_for(caddy: RunningCaddy) -> None:
    one = route(1, caddy.home)
    CaddyGateway(caddy.home).put_route(one)
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(caddy.get("shop-001.localhost")))
    asking.start()
    time.sleep(0.3)
    with backend(one.storefront_socket, "front-1"):
        asking.join()
    assert answers[0][0] == 200


def test_routes_outlive_a_killed_gateway_and_can_be_changed_meanwhile(caddy: RunningCaddy) -> None:
    gateway = CaddyGateway(caddy.home)
    one, two = route(1, caddy.home), route(2, caddy.home)
    gateway.put_route(one)
    caddy.kill()
    with pytest.raises(GatewayUnavailable):
        gateway.routes()
    assert gateway.door_of(one.store_id) == one
    assert gateway.door_of(two.store_id) is None
    gateway.put_route(two)
    assert gateway.door_of(two.store_id) == two
    caddy.start()
    assert list(gateway.routes()) == [one, two]
    with backend(one.storefront_socket, "front-1"), backend(two.storefront_socket, "front-2"):
        assert caddy.get("shop-001.localhost")[1].startswith("front-1 ")
        assert caddy.get("shop-002.localhost")[1].startswith("front-2 ")


def test_a_host_name_is_the_same_in_capitals(caddy: RunningCaddy) -> None:
    one = route(1, caddy.home)
    CaddyGateway(caddy.home).put_route(one)
    with backend(one.storefront_socket, "front-1"):
        assert caddy.get("Shop-001.LOCALHOST") == caddy.get("shop-001.localhost")


def test_a_hundred_moves_under_load_fail_no_request_and_none_meets_the_slot_before(caddy: RunningCaddy) -> None:
    """Shoppers ask without pause, each on a new connection, of the moved store and of another one.

    Whoever begins to ask after a move was done is answered by the new slot, and engine and storefront move together.
    """
    gateway = CaddyGateway(caddy.home)
    blue, green = in_slot(1, "blue", caddy.home), in_slot(1, "green", caddy.home)
    other = in_slot(2, "other", caddy.home)
    with ExitStack() as stack:
        for each, name in ((blue, "blue"), (green, "green"), (other, "other")):
            stack.enter_context(backend(each.engine_socket, name))
            stack.enter_context(backend(each.storefront_socket, name))
        gateway.put_route(blue)
        gateway.put_route(other)
        moving = [Shopper(caddy, blue.host, path) for path in ("/", "/graphql", "/", "/graphql")]
        shoppers = [*moving, Shopper(caddy, other.host, "/")]
        with Crowd(shoppers) as crowd:
            for number, (moved, name) in enumerate([(green, "green"), (blue, "blue")] * 50):
                crowd.wait_for_answers(2)
                for shopper in moving:
                    shopper.expected = None
                gateway.put_route(moved)
                for shopper in moving:
                    shopper.expected = (number, name)
            crowd.wait_for_answers(2)
    assert [shopper.failures for shopper in shoppers] == [[]] * 5
    assert all(shopper.answers >= 200 for shopper in shoppers)
    assert {name for shopper in moving for name in shopper.seen} == {"blue", "green"}
    assert shoppers[4].seen == {"other"}


@pytest.mark.parametrize("act", ["open another", "close another", "forget another", "rename another"])
def test_nobody_elses_change_drops_a_connection(caddy: RunningCaddy, act: str) -> None:
    gateway = CaddyGateway(caddy.home)
    one, two = route(1, caddy.home), route(2, caddy.home)
    gateway.put_route(one)
    shopper = Shopper(caddy, one.host, "/")
    with backend(one.storefront_socket, "front-1"), Crowd([shopper]) as crowd:
        for number in range(30):
            crowd.wait_for_answers(1)
            gateway.put_route(two)
            if act == "close another":
                gateway.close(two.store_id)
            elif act == "rename another":
                gateway.put_route(replace(two, host=f"renamed-{number}.localhost"))
            elif act == "forget another":
                gateway.remove_route(two.store_id)
    assert (shopper.failures, shopper.seen) == ([], {"front-1"})
    assert shopper.answers >= 30


def test_a_request_under_way_ends_where_it_began(caddy: RunningCaddy) -> None:
    gateway = CaddyGateway(caddy.home)
    blue, green = in_slot(1, "blue", caddy.home), in_slot(1, "green", caddy.home)
    gateway.put_route(blue)
    with slow_backend(blue.storefront_socket) as finish, backend(green.storefront_socket, "green"):
        line = http.client.HTTPConnection("127.0.0.1", caddy.port, timeout=10)
        line.request("GET", "/", headers={"Host": blue.host})
        answer = line.getresponse()
        assert answer.read(5) == b"begun"
        gateway.put_route(green)
        assert caddy.get(green.host)[1].startswith("green ")
        finish.set()
        assert answer.read() == b" and ended"
        line.close()


def test_two_writers_lose_no_route(caddy: RunningCaddy) -> None:
    gateways = [CaddyGateway(caddy.home), CaddyGateway(caddy.home)]

    def write(gateway: CaddyGateway, numbers: range) -> None:
        for number in numbers:
            gateway.put_route(route(number))

    shares = zip(gateways, (range(1, 5), range(5, 9)), strict=True)
    writers = [threading.Thread(target=write, args=share) for share in shares]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [each.store_id for each in gateways[0].routes()] == [f"shop-00{number}" for number in range(1, 9)]
