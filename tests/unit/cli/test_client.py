"""Every answer a plane, or something else at its address, can give becomes data or one `Problem`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from galleria.cli.client import PlaneClient
from galleria.cli.place import Place
from galleria.cli.problems import Exit, Problem, Refused, Unreachable
from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import Failure, Health

NOW = "2026-01-01T00:00:00Z"


class _Plane(ThreadingHTTPServer):
    answer: tuple[int, bytes] = (200, b"")
    seen: list[dict[str, str]]


class _Handler(BaseHTTPRequestHandler):
    server: _Plane

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers.items()))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def plane() -> Iterator[_Plane]:
    server = _Plane(("127.0.0.1", 0), _Handler)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _place(port: int) -> Place:
    return Place(home=Path("var"), url=f"http://galleria.localhost:{port}", port=port)


def _ask(plane: _Plane, status: int, body: object) -> Health:
    plane.answer = (status, body if isinstance(body, bytes) else json.dumps(body).encode())
    with PlaneClient(_place(plane.server_port), "secret") as client:
        return client.get("/health", Health)


def _failure(code: ErrorCode, message: str = "No.") -> dict[str, object]:
    failure = Failure.model_validate(
        {"request_id": "r1", "timestamp": NOW, "message": message, "error_code": code, "retryable": code.retryable}
    )
    return dict(failure.model_dump(mode="json"))


def test_data_comes_out_of_the_envelope_and_unknown_fields_are_ignored(plane: _Plane) -> None:
    data = {"service": "control-plane", "healthy": True, "version": "9", "new": 1}
    health = _ask(plane, 200, {"request_id": "r", "timestamp": NOW, "status": "success", "message": "", "data": data})
    assert health.version == "9"
    assert plane.seen[0]["Host"] == f"galleria.localhost:{plane.server_port}"
    assert plane.seen[0]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (401, ErrorCode.UNAUTHENTICATED, Exit.REFUSED),
        (403, ErrorCode.FORBIDDEN, Exit.REFUSED),
        (409, ErrorCode.STORE_BUSY, Exit.REFUSED),
        (404, ErrorCode.STORE_NOT_FOUND, Exit.FAILED),
        (422, ErrorCode.HOST_INVALID, Exit.FAILED),
        (503, ErrorCode.AGENT_UNREACHABLE, Exit.UNREACHABLE),
        (500, ErrorCode.INTERNAL, Exit.FAILED),
    ],
)
def test_a_failure_keeps_its_message_code_and_request(
    plane: _Plane, status: int, code: ErrorCode, exit_code: Exit
) -> None:
    with pytest.raises(Problem) as caught:
        _ask(plane, status, _failure(code, "shop-001 is being deployed to."))
    assert caught.value.exit_code is exit_code
    assert caught.value.what == "shop-001 is being deployed to."
    assert (caught.value.code, caught.value.request_id) == (code.value, "r1")


def test_a_gateway_without_its_plane_is_unreachable(plane: _Plane) -> None:
    with pytest.raises(Unreachable, match="not running"):
        _ask(plane, 502, b"<html>")


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (200, {"hello": 1}), (404, b"nothing here")])
def test_something_else_at_the_address_is_said_to_be_something_else(plane: _Plane, status: int, body: object) -> None:
    with pytest.raises(Problem, match="control plane does"):
        _ask(plane, status, body)


def test_nobody_at_the_address() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    with PlaneClient(_place(port), None) as client, pytest.raises(Unreachable) as caught:
        client.get("/health", Health)
    assert "galleria up" in caught.value.next_step


def test_refused_is_a_problem_with_its_own_exit_code() -> None:
    assert Refused("no").exit_code == 3
