"""Knocking at real sockets: what counts as an answer."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from galleria.contracts.words import AGENT_SMOKE_CHECKS, STORE_COMPONENTS, Component, Outcome
from galleria.control.delivery import asking
from galleria.control.delivery.knocking import HEALTH_PATHS, HttpKnocking
from galleria.control.delivery.settings import PublicDoor
from galleria.control.delivery.shopping import Trade
from galleria.control.gateway.port import GatewayUnavailable
from galleria.control.runtimes.port import Doors

LONG = 60.0
"""Seconds: who is held would be so for ever, and a busy machine takes its time."""


def a_handler(answers: dict[str, tuple[int, str, str]], hosts: list[str | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            status, content_type, body = answers[self.path]
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - the base class looks for this name

        def address_string(self) -> str:
            return "someone"

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class named it
            return

    return Handler


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("component", STORE_COMPONENTS)
@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_a_process_is_healthy_when_it_says_so(tmp_path: Path, component: Component, status: int, healthy: bool) -> None:
    handler = a_handler({HEALTH_PATHS[component]: (status, "application/json", "{}")}, [])
    with running(socketserver.UnixStreamServer(str(tmp_path / "s.sock"), handler)):
        assert HttpKnocking().healthy(component, tmp_path / "s.sock") is healthy


def test_nobody_there_is_not_healthy(tmp_path: Path) -> None:
    assert not HttpKnocking().healthy(Component.ENGINE, tmp_path / "none.sock")


def a_dribbler(first: bytes, then: bytes) -> type[socketserver.BaseRequestHandler]:
    """Makes servers that begin an answer and go on with ``then`` every 0.1 s for as long as anyone listens."""

    class Dribbler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            try:
                self.request.sendall(first)
                while True:
                    time.sleep(0.1)
                    self.request.sendall(then)
            except OSError:
                return  # its client has hung up, as it should

    return Dribbler


@pytest.mark.parametrize(
    ("first", "healthy"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", True),  # what it says after that is nobody's business
        (b"HTTP/1.1 503 Sorry\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", False),
        (b"HTTP/1.1 2", False),
    ],
)
def test_a_process_that_dribbles_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes, healthy: bool
) -> None:
    monkeypatch.setattr(asking, "KNOCK_SECONDS", 0.5)
    with running(socketserver.UnixStreamServer(str(tmp_path / "s.sock"), a_dribbler(first, b"0"))):
        began = time.monotonic()
        assert HttpKnocking().healthy(Component.ENGINE, tmp_path / "s.sock") is healthy
        assert time.monotonic() - began < LONG


def test_a_process_that_takes_no_connection_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "KNOCK_SECONDS", 0.5)
    with socket.socket(socket.AF_UNIX) as stopped:
        stopped.bind(str(tmp_path / "s.sock"))
        stopped.listen(1)  # as a stopped process does: the kernel takes the connection, nobody reads
        began = time.monotonic()
        assert not HttpKnocking().healthy(Component.ENGINE, tmp_path / "s.sock")
        assert time.monotonic() - began < LONG


def test_a_store_behind_the_door_that_dribbles_or_floods_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "DOOR_SECONDS", 0.5)
    monkeypatch.setattr(asking, "MOST_BYTES", 64 * 1024)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    for then in (b"0", b"0" * 1_000_000):
        server = socketserver.TCPServer(("127.0.0.1", 0), a_dribbler(head, then))
        with running(server):
            began = time.monotonic()
            visited = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_address[1]), "s.localhost")
            assert time.monotonic() - began < LONG
        assert {result.outcome for result in visited.results} == {Outcome.FAILED}


PAGE = (200, "text/html; charset=utf-8", "<html><h1>Blue &amp; white mug</h1></html>")
ARTICLE = {
    "__typename": "SimpleProduct",
    "sku": "mug",
    "name": "Blue & white mug",
    "url_key": "mug",
    "url_suffix": ".html",
    "stock_status": "IN_STOCK",
}
ANSWERS: dict[str, dict[str, object]] = {
    "products(": {"products": {"items": [ARTICLE]}},
    "createEmptyCart": {"createEmptyCart": "c1"},
    "addProductsToCart": {"addProductsToCart": {"user_errors": [], "cart": {"items": [{"uid": "u1", "quantity": 1}]}}},
    "removeItemFromCart": {"removeItemFromCart": {"cart": {"items": []}}},
    "cart(cart_id": {"cart": {"items": [{"uid": "u0"}]}},
}


class Told(dict[str, dict[str, object]]):
    """Answers of which the one about products is made anew each time."""

    def __init__(self, answers: dict[str, dict[str, object]], products: Callable[[], dict[str, object]]) -> None:
        super().__init__(answers)
        self._products = products

    def __getitem__(self, key: str) -> dict[str, object]:
        return self._products() if key == "products(" else super().__getitem__(key)


def a_shop(
    pages: dict[str, tuple[int, str, str]], answers: dict[str, dict[str, object]]
) -> type[BaseHTTPRequestHandler]:
    base = a_handler(pages, [])

    class Shop(base):  # type: ignore[misc, valid-type]
        def do_POST(self) -> None:  # noqa: N802 - the base class looks for this name
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.asked.append(document["query"])
            self.put.append(document["variables"].get("items"))
            found = next((answers[part] for part in answers if part in document["query"]), None)
            body = json.dumps({"data": found} if found is not None else {"errors": [{}], "data": None}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        asked: ClassVar[list[str]] = []
        put: ClassVar[list[object]] = []

    return Shop


@pytest.mark.parametrize(
    ("pages", "answers", "complaints"),
    [
        ({}, {}, ["", "", "", ""]),
        ({"/": (503, "text/html", "closed")}, {}, ["status 503", "", "", ""]),
        ({"/": (200, "application/json", "{}")}, {}, ["application/json instead of a page", "", "", ""]),
        ({"/": (200, "text/html", "<html>")}, {}, ["the page is not whole", "", "", ""]),
        (
            {"/mug.html": (200, "text/html", "<html>Something else</html>")},
            {},
            ["", "", "the page does not show its product", ""],
        ),
        (
            {},
            {"products(": {"products": {"items": []}}},
            ["", "nothing can be bought", "there is no article to look at", "there is no article to look at"],
        ),
        (
            {},
            {"addProductsToCart": {"addProductsToCart": {"user_errors": [{"message": "no"}], "cart": {"items": []}}}},
            ["", "", "", "the article did not get into the cart"],
        ),
        (
            {},
            {"removeItemFromCart": {"removeItemFromCart": {"cart": {"items": [{"uid": "u1"}]}}}},
            ["", "", "", "the article did not get out of the cart"],
        ),
    ],
)
def test_what_a_shopper_meets_at_the_public_door(
    pages: dict[str, tuple[int, str, str]], answers: dict[str, dict[str, object]], complaints: list[str]
) -> None:
    server = HTTPServer(("127.0.0.1", 0), a_shop({"/": PAGE, "/mug.html": PAGE, **pages}, {**ANSWERS, **answers}))
    with running(server):
        results = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost").results
    assert [result.check for result in results] == list(AGENT_SMOKE_CHECKS)
    assert [result.detail for result in results] == complaints
    assert [result.outcome is Outcome.PASSED for result in results] == [not complaint for complaint in complaints]


SOLD_OUT = {**ARTICLE, "stock_status": "OUT_OF_STOCK"}
BUNDLE = {**SOLD_OUT, "__typename": "BundleProduct", "name": "A set"}
SHIRT = {
    **SOLD_OUT,
    "__typename": "ConfigurableProduct",
    "sku": "shirt",
    "variants": [{"product": {"sku": f"shirt-{size}", "stock_status": "OUT_OF_STOCK"}} for size in "sm"],
}
REFUSED = {"user_errors": [{"message": "no"}], "cart": {"items": []}}
TAKEN = ANSWERS["addProductsToCart"]["addProductsToCart"]
EMPTY: dict[str, object] = {"cart": {"items": []}}


@pytest.mark.parametrize(
    ("items", "put", "after", "asked_for", "complaint"),
    [
        ([SOLD_OUT, SHIRT], REFUSED, EMPTY, {"sku": "mug"}, ""),
        ([BUNDLE, SHIRT], REFUSED, EMPTY, {"sku": "shirt-s", "parent_sku": "shirt"}, ""),
        ([SOLD_OUT], TAKEN, EMPTY, {"sku": "mug"}, "the cart does not refuse what is sold out"),
        ([SOLD_OUT], REFUSED, {"cart": {"items": [{"uid": "u1"}]}}, {"sku": "mug"}, "the cart does not refuse"),
        ([SOLD_OUT], None, EMPTY, {"sku": "mug"}, "errors"),
    ],
)
def test_a_shop_that_is_sold_out_shows_its_first_article_and_refuses_to_sell_it(
    items: list[object], put: object, after: dict[str, object], asked_for: dict[str, str], complaint: str
) -> None:
    told: dict[str, dict[str, object]] = {**ANSWERS, "products(": {"products": {"items": items}}, "cart(cart_id": after}
    del told["addProductsToCart"]
    if put is not None:
        told = {"addProductsToCart": {"addProductsToCart": put}, **told}
    shop = a_shop({"/": PAGE, "/mug.html": PAGE}, told)
    with running(server := HTTPServer(("127.0.0.1", 0), shop)):
        visited = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost")
    assert visited.trade is Trade.SOLD_OUT
    *others, cart = visited.results
    assert [each.detail for each in others] == ["", "the shop is sold out", ""]
    assert all(each.outcome is Outcome.PASSED for each in others)
    assert cart.outcome is (Outcome.FAILED if complaint else Outcome.PASSED)
    assert cart.detail.startswith(complaint or "the shop is sold out")
    (item,) = next(each for each in shop.put if each)  # type: ignore[attr-defined]
    assert item == {**asked_for, "quantity": 1}


def test_only_a_shop_whose_cart_takes_something_sells() -> None:
    told: dict[str, dict[str, object]] = {**ANSWERS, "addProductsToCart": {"addProductsToCart": REFUSED}}
    with running(server := HTTPServer(("127.0.0.1", 0), a_shop({"/": PAGE, "/mug.html": PAGE}, told))):
        visited = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost")
    assert visited.trade is Trade.UNTOLD


def test_what_is_sold_out_is_passed_over_page_by_page() -> None:
    sold_out = {**ARTICLE, "stock_status": "OUT_OF_STOCK"}
    for good, detail, trade in ((3, "", Trade.SELLS), (4, "the shop is sold out", Trade.SOLD_OUT)):
        asked: list[int] = []

        def products(asked: list[int] = asked, good: int = good) -> dict[str, object]:
            asked.append(len(asked) + 1)
            items = [ARTICLE if asked[-1] == good else sold_out]
            return {"products": {"page_info": {"total_pages": 3}, "items": items}}

        shop = a_shop({"/": PAGE, "/mug.html": PAGE}, Told(ANSWERS, products))
        with running(server := HTTPServer(("127.0.0.1", 0), shop)):
            visited = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost")
        assert (visited.results[1].detail, visited.trade) == (detail, trade)
        assert asked == [1, 2, 3]


def test_the_next_visit_uses_the_same_cart_and_empties_it_first() -> None:
    shop = a_shop({"/": PAGE, "/mug.html": PAGE}, ANSWERS)
    server = HTTPServer(("127.0.0.1", 0), shop)
    with running(server):
        knocking = HttpKnocking()
        for _ in range(2):
            results = knocking.at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost").results
            assert all(result.outcome is Outcome.PASSED for result in results)
    asked: list[str] = shop.asked  # type: ignore[attr-defined]
    assert sum("createEmptyCart" in query for query in asked) == 1
    assert sum("removeItemFromCart" in query for query in asked) == 3


def test_a_slot_is_shopped_in_at_its_own_sockets(tmp_path: Path) -> None:
    shop = a_shop({"/": PAGE, "/mug.html": PAGE}, ANSWERS)
    engine = socketserver.UnixStreamServer(str(tmp_path / "e.sock"), shop)
    storefront = socketserver.UnixStreamServer(str(tmp_path / "s.sock"), shop)
    with running(engine), running(storefront):
        doors = Doors(tmp_path / "e.sock", tmp_path / "s.sock", tmp_path / "a.sock")
        results = HttpKnocking().in_the_slot(doors, "shop-001.localhost").results
    assert [result.detail for result in results] == ["", "", "", ""]


def test_a_door_that_is_not_there_says_nothing_about_the_shop() -> None:
    with pytest.raises(GatewayUnavailable):
        HttpKnocking().at_the_door(PublicDoor("127.0.0.1", 1), "shop-001.localhost")


def test_a_gateway_that_falls_silent_says_nothing_about_the_shop() -> None:
    class HangsUp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)

    with running(server := socketserver.TCPServer(("127.0.0.1", 0), HangsUp)), pytest.raises(GatewayUnavailable):
        HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_address[1]), "shop-001.localhost")


def test_a_shop_that_hangs_up_behind_a_gateway_that_answers_fails() -> None:
    class OnlyForThePlane(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Host"] == "galleria.localhost":
                self.send_response(502)
                self.end_headers()

        do_POST = do_GET  # noqa: N815 - the base class looks for this name

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class named it
            return

    with running(server := HTTPServer(("127.0.0.1", 0), OnlyForThePlane)):
        results = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost").results
    assert {result.outcome for result in results} == {Outcome.FAILED}
    assert results[0].detail == "no answer (RemoteDisconnected)"
