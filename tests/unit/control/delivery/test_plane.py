"""The plane's client over a real Unix socket: what each answer means to the runner."""

from __future__ import annotations

import gc
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import ClaimRequest, Heartbeat
from galleria.contracts.words import Runtime
from galleria.control.delivery.faults import AskAgain, GiveUp, LeaseLost, PlaneBroken
from galleria.control.delivery.plane import HttpPlane
from tests.unit.control.delivery.stage import BEGINNING, a_claim


@dataclass
class Answers:
    """What the plane answers next, and what it was asked."""

    status: int = 200
    body: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass
class Wire:
    """A plane's client and the plane at its other end."""

    plane: HttpPlane
    answers: Answers
    token_file: Path


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answers.asked.append((self.path, self.headers["Authorization"]))
            self.send_response(answers.status)
            self.send_header("Content-Length", str(len(answers.body)))
            self.end_headers()
            self.wfile.write(answers.body.encode())

        def address_string(self) -> str:
            return "runner"

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class named it
            return

    token_file = tmp_path / "token"
    token_file.write_text("runner-token\n")
    with socketserver.ThreadingUnixStreamServer(str(tmp_path / "p.sock"), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        plane = HttpPlane.over_socket(tmp_path / "p.sock", token_file)
        yield Wire(plane, answers, token_file)
        plane.close()
        server.shutdown()
        thread.join()


def success(data: str) -> str:
    head = {"request_id": "r", "timestamp": BEGINNING.isoformat(), "status": "success", "message": "ok"}
    return json.dumps(head | {"data": json.loads(data)})


def failure(code: ErrorCode) -> str:
    head = {"request_id": "r", "timestamp": BEGINNING.isoformat(), "status": "failure", "message": "A sentence."}
    return json.dumps(head | {"error_code": code, "retryable": code.retryable})


def beat(wire: Wire) -> None:
    wire.plane.heartbeat("dep-1", Heartbeat(runner_id="r"))


def ask(wire: Wire) -> object:
    return wire.plane.claim(ClaimRequest(runner_id="r", runtimes=[Runtime.PROCESS], wait_seconds=0))


def test_a_claim_comes_out_of_its_envelope(wire: Wire) -> None:
    wire.answers.body = success(a_claim().model_dump_json())
    assert ask(wire) == a_claim()
    assert wire.answers.asked == [("/api/v1/runner/claim", "Bearer runner-token")]


def test_no_work_is_none(wire: Wire) -> None:
    wire.answers.status = 204
    assert ask(wire) is None


def test_a_new_token_needs_no_restart(wire: Wire) -> None:
    wire.answers.body = success("{}")
    beat(wire)
    wire.token_file.write_text("another")
    beat(wire)
    assert [token for _, token in wire.answers.asked] == ["Bearer runner-token", "Bearer another"]


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (409, ErrorCode.LEASE_LOST, LeaseLost),
        (503, ErrorCode.UNAVAILABLE, AskAgain),
        (500, ErrorCode.INTERNAL, AskAgain),
        (404, ErrorCode.DEPLOYMENT_NOT_FOUND, GiveUp),
        (401, ErrorCode.TOKEN_INVALID, GiveUp),
    ],
)
def test_a_failure_means_what_the_runner_does_next(
    wire: Wire, status: int, code: ErrorCode, fault: type[Exception]
) -> None:
    wire.answers.status, wire.answers.body = status, failure(code)
    with pytest.raises(fault, match="A sentence"):
        beat(wire)


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, "{}", PlaneBroken),
        (200, "<html>", PlaneBroken),
        (404, "<html>", PlaneBroken),
        (502, "<html>", AskAgain),
    ],
)
def test_an_answer_outside_the_contract(wire: Wire, status: int, body: str, fault: type[Exception]) -> None:
    wire.answers.status, wire.answers.body = status, body
    with pytest.raises(fault):
        beat(wire)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # httpcore drops a socket that could not connect
def test_a_plane_that_is_not_there_is_asked_again(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    plane = HttpPlane.over_socket(tmp_path / "none.sock", tmp_path / "token")
    with pytest.raises(AskAgain, match="does not answer"):
        plane.heartbeat("dep-1", Heartbeat(runner_id="r"))
    plane.close()
    gc.collect()


def test_a_token_that_is_not_there_yet_is_asked_for_again(wire: Wire) -> None:
    wire.token_file.unlink()
    with pytest.raises(AskAgain, match="token"):
        beat(wire)
