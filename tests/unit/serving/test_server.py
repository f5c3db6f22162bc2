"""The serving process: quick to go, but nobody who was let in goes without an answer."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

PROGRAM = """
import asyncio, sys
from pathlib import Path
from galleria.serving import server

async def app(scope, receive, send):
    if scope["path"] == "/slow":
        Path(sys.argv[1]).with_name("begun").touch()
        await asyncio.sleep(0.5)
    if scope["path"] == "/endless":
        Path(sys.argv[1]).with_name("begun").touch()
        await asyncio.sleep(600)
    if scope["path"] == "/held":
        Path(sys.argv[1]).with_name("begun").touch()
        await held.wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answered"})

held = asyncio.Event()
server.serve(app, Path(sys.argv[1]), mode=0o600, leaving=held.set, left=lambda: print("left"))
"""


@pytest.fixture
def socket() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="g-s-") as folder:
        yield Path(folder) / "run" / "s.sock"


@pytest.fixture
def process(socket: Path) -> Iterator[subprocess.Popen[bytes]]:
    socket.parent.mkdir()
    socket.write_text("what a killed process leaves behind")
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(socket)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        while not socket.is_socket() or knock(socket) != "answered":
            assert started.poll() is None
        yield started
    finally:
        started.kill()
        started.communicate()


def knock(socket: Path, path: str = "/") -> str:
    """Return the answer, or "" if there is none."""
    transport = httpx.HTTPTransport(uds=str(socket))
    with httpx.Client(transport=transport, base_url="http://here", timeout=30) as client:
        try:
            return client.get(path).text
        except httpx.TransportError:
            return ""


class Caller(threading.Thread):
    """Somebody who has been let in."""

    def __init__(self, socket: Path, path: str) -> None:
        super().__init__()
        self._asked = (socket, path)
        self.answer: str | None = None
        self.start()
        while not socket.with_name("begun").exists():
            pass

    def run(self) -> None:
        self.answer = knock(*self._asked)


def test_what_is_under_way_is_answered_before_it_goes(process: subprocess.Popen[bytes], socket: Path) -> None:
    caller = Caller(socket, "/slow")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    caller.join()
    assert caller.answer == "answered"
    assert not socket.exists()
    assert process.stdout is not None
    assert b"left" in process.stdout.read().splitlines()


def test_what_would_never_end_is_cut_off(process: subprocess.Popen[bytes], socket: Path) -> None:
    caller = Caller(socket, "/endless")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    caller.join()
    assert caller.answer == ""


def test_who_waits_for_news_is_let_go(process: subprocess.Popen[bytes], socket: Path) -> None:
    caller = Caller(socket, "/held")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    caller.join()
    assert caller.answer == "answered"


def test_the_socket_is_as_open_as_was_asked_for(process: subprocess.Popen[bytes], socket: Path) -> None:
    assert process.poll() is None
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
