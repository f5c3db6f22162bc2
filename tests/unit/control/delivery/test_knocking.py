"""Knocking at real sockets: what counts as an answer."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from galleria.contracts.words import STORE_COMPONENTS, Component, Outcome
from galleria.control.delivery import knocking
from galleria.control.delivery.knocking import HEALTH_PATHS, HttpKnocking
from galleria.control.delivery.settings import PublicDoor


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
    monkeypatch.setattr(knocking, "KNOCK_SECONDS", 0.5)
    with running(socketserver.UnixStreamServer(str(tmp_path / "s.sock"), a_dribbler(first, b"0"))):
        began = time.monotonic()
        assert HttpKnocking().healthy(Component.ENGINE, tmp_path / "s.sock") is healthy
        assert time.monotonic() - began < 1.5


def test_a_process_that_takes_no_connection_holds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "KNOCK_SECONDS", 0.5)
    with socket.socket(socket.AF_UNIX) as stopped:
        stopped.bind(str(tmp_path / "s.sock"))
        stopped.listen(1)  # as a stopped process does: the kernel takes the connection, nobody reads
        began = time.monotonic()
        assert not HttpKnocking().healthy(Component.ENGINE, tmp_path / "s.sock")
        assert time.monotonic() - began < 1.5


def test_a_store_behind_the_door_that_dribbles_or_floods_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "_DOOR_SECONDS", 0.5)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    for then, details in (
        (b"0", ["no answer (TimeoutError)"] * 2),
        (b"0" * 1_000_000, ["", "the answer is no JSON"]),  # 64 KB are enough to see that it is a page
    ):
        server = socketserver.TCPServer(("127.0.0.1", 0), a_dribbler(head, then))
        with running(server):
            began = time.monotonic()
            knocks = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_address[1]), "s.localhost")
            assert time.monotonic() - began < 2.5
        assert [knock.detail for knock in knocks] == details


PAGE = (200, "text/html; charset=utf-8", "<html>")
DATA = (200, "application/json", '{"data": {"products": {"total_count": 1}}}')


@pytest.mark.parametrize(
    ("front", "catalogue", "complaints"),
    [
        (PAGE, DATA, ["", ""]),
        ((503, "text/html", "closed"), DATA, ["status 503", ""]),
        ((200, "application/json", "{}"), DATA, ["application/json instead of a page", ""]),
        (PAGE, (200, "application/json", '{"errors": [{}], "data": null}'), ["", "errors"]),
        (PAGE, (500, "text/html", "oh"), ["", "status 500"]),
        (PAGE, (200, "text/html", "<html>"), ["", "the answer is no JSON"]),
    ],
)
def test_what_a_shopper_meets_at_the_public_door(
    front: tuple[int, str, str], catalogue: tuple[int, str, str], complaints: list[str]
) -> None:
    hosts: list[str | None] = []
    server = HTTPServer(("127.0.0.1", 0), a_handler({"/": front, "/graphql": catalogue}, hosts))
    with running(server):
        knocks = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", server.server_port), "shop-001.localhost")
    assert [knock.detail for knock in knocks] == complaints
    assert [knock.outcome is Outcome.PASSED for knock in knocks] == [not complaint for complaint in complaints]
    assert hosts == ["shop-001.localhost"] * 2


def test_a_door_that_is_not_there_is_named() -> None:
    knocks = HttpKnocking().at_the_door(PublicDoor("127.0.0.1", 1), "shop-001.localhost")
    assert {knock.detail for knock in knocks} == {"no answer (ConnectionRefusedError)"}
