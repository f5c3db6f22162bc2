"""A real Caddy started as the platform starts it, and small servers on Unix sockets to put behind it."""

from __future__ import annotations

import http.client
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from galleria.control.gateway.caddy import CaddyGateway
from galleria.control.gateway.port import GatewayUnavailable
from tests.support.ports import free_port


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True  # a kept connection is no reason to stay
    request_queue_size = 128  # every request is a connection of its own, and a full queue is an error at once


class Backend(BaseHTTPRequestHandler):
    """Answers with its own name, the path and the forwarded headers."""

    name = "backend"
    protocol_version = "HTTP/1.1"  # as a store's processes, it would keep a connection that is kept

    def do_GET(self) -> None:
        """Answer any path."""
        seen = [
            self.headers.get(header, "-") for header in ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For")
        ]
        body = " ".join([self.name, self.path, *seen]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """A Unix socket's peer has no address."""
        return "unix"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def backend(path: Path, name: str) -> Iterator[None]:
    """A small HTTP server on a Unix socket."""
    with _serving(path, type("Named", (Backend,), {"name": name})):
        yield


@contextmanager
def _serving(path: Path, handler: type[Backend]) -> Iterator[None]:
    with _Server(str(path), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            path.unlink()


@contextmanager
def slow_backend(path: Path) -> Iterator[threading.Event]:
    """A server that says ``begun`` and then, when the event is set, `` and ended``."""
    finish = threading.Event()

    class Slow(Backend):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"begun")
            finish.wait(timeout=30)
            self.wfile.write(b" and ended")

    with _serving(path, Slow):
        yield finish


class RunningCaddy:
    """A real Caddy started as the platform starts it.

    :param command: the command line for a public port, when it is not the gateway's own.
    """

    def __init__(self, home: Path, command: Callable[[int], Sequence[str]] | None = None) -> None:
        self.home = home
        self.port = free_port()
        own = [sys.executable, "-m", "galleria.control.gateway", "serve", "--home", str(home)]
        self._command = command(self.port) if command else [*own, "--listen", f"127.0.0.1:{self.port}"]
        for folder in ("gateway", "doors"):
            (home / folder).mkdir(exist_ok=True)
        (home / "plane" / "run").mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        """Start it and wait until it says its routes; the door listens sooner, before Caddy is there."""
        with (self.home / "out").open("ab") as output:
            self._process = subprocess.Popen(self._command, stdout=output, stderr=output, start_new_session=True)
        deadline = time.monotonic() + 60
        while not self._ready():
            assert self._process.poll() is None, (self.home / "out").read_text()
            assert time.monotonic() < deadline, (self.home / "out").read_text()
            time.sleep(0.02)

    def _ready(self) -> bool:
        try:
            CaddyGateway(self.home).routes()
        except GatewayUnavailable:
            return False
        return True

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def kill(self) -> None:
        """End it without warning, and what is in its sandbox with it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def get(self, host: str, path: str = "/", **headers: str) -> tuple[int, str]:
        """Ask through the public door."""
        answer, body = self.ask("GET", path, {"Host": f"{host}:{self.port}", **headers})
        return answer.status, body.decode()

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask through the public door."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()
