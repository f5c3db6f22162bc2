"""The serving process itself: one socket, quick to start, quick to go."""

from __future__ import annotations

import os
import signal
import socket as sockets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = """
import sys
from pathlib import Path
from tests.support.engine_store import engine_store
store = engine_store()
(store.media / "a.txt").write_text("hello")
(store.media / ".hidden").write_text("no")
(store.folder / "secret").write_text("no")
(store.media / "link").symlink_to(store.folder / "secret")
from galleria.shop.engine import serve
serve.run(store, Path(sys.argv[1]))
"""


@pytest.fixture
def socket() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="g-s-") as folder:
        yield Path(folder) / "e.sock"


@pytest.fixture
def process(socket: Path) -> Iterator[subprocess.Popen[bytes]]:
    socket.write_text("what a killed process leaves behind")
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(socket)]
    environment = {**os.environ, "GALLERIA_TEST_DATABASE_URL": "sqlite:///engine.db"}
    started = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_served(socket)
        yield started
    finally:
        started.kill()
        started.wait()


def client(socket: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://shop.test", timeout=30)


def wait_until_served(socket: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with sockets.socket(sockets.AF_UNIX) as knock:
            if knock.connect_ex(str(socket)) == 0:
                break
        time.sleep(0.05)
    with client(socket) as asking:
        assert asking.get("/health").status_code == 200


def test_it_answers_on_its_socket_and_goes_when_asked(process: subprocess.Popen[bytes], socket: Path) -> None:
    with client(socket) as asking:
        answer = asking.post("/graphql", json={"query": "{storeConfig{store_code}}"})
        assert answer.json() == {"data": {"storeConfig": {"store_code": "default"}}}
        assert asking.get("/nope").status_code == 404
        assert asking.post("/graphql", content=b"x" * 2_000_000).status_code in (413, 415)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert not socket.exists()


def test_files_of_the_media_folder_and_nothing_else(process: subprocess.Popen[bytes], socket: Path) -> None:
    with client(socket) as asking:
        first = asking.get("/media/a.txt")
        assert (first.status_code, first.text) == (200, "hello")
        assert "max-age" in first.headers["cache-control"]
        again = asking.get("/media/a.txt", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304
        assert asking.head("/media/a.txt").headers["content-length"] == "5"
        assert asking.post("/media/a.txt").status_code == 405
        for path in ("link", ".hidden", "%2e%2e/secret", "..%2fsecret", "", "nope", "a.txt%00", "%2fetc/passwd"):
            assert asking.get(f"/media/{path}").status_code == 404, path
