"""One question over HTTP, over within a bounded time and a bounded amount of memory, whatever the other side does."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from galleria.control.delivery.settings import PublicDoor

KNOCK_SECONDS: Final = 2.0
"""How long a process of a store may take to say that it is healthy, from the first byte to the last."""

DOOR_SECONDS: Final = 15.0
"""How long a shopper's question may take."""

MOST_BYTES: Final = 4 * 1024 * 1024
"""What is read of an answer's body at most. A store is a stranger: it may send without end."""


@dataclass(frozen=True)
class Question:
    """What is asked, of which host."""

    method: str
    path: str
    host: str
    body: str | None = None
    most_bytes: int = MOST_BYTES
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What was answered. ``body`` is cut off where the question says."""

    status: int
    content_type: str
    body: bytes


class _HurriedSocket(socket.socket):
    """A socket with a moment at which all reading ends.

    A time-out alone is one per operation: who sends a byte now and then holds its reader for ever.
    """

    ends_at = float("inf")

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self.settimeout(left)
        return super().recv_into(*arguments, **options)


def _hurried(connected: socket.socket, ends_at: float) -> _HurriedSocket:
    hurried = _HurriedSocket(fileno=connected.detach())
    hurried.ends_at = ends_at
    hurried.settimeout(max(0.001, ends_at - time.monotonic()))
    return hurried


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket, over within ``seconds``."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost")
        self._path = path
        self._seconds = seconds

    def connect(self) -> None:
        ends_at = time.monotonic() + self._seconds
        self.sock = _hurried(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), ends_at)
        self.sock.connect(str(self._path))


class DoorConnection(http.client.HTTPConnection):
    """HTTP to the public door, over within ``seconds``."""

    def __init__(self, door: PublicDoor, seconds: float) -> None:
        super().__init__(door.reach, door.port, timeout=seconds)
        self._seconds = seconds

    def connect(self) -> None:
        ends_at = time.monotonic() + self._seconds
        super().connect()
        self.sock = _hurried(self.sock, ends_at)


def ask(connection: http.client.HTTPConnection, question: Question) -> Answer:
    """Ask and close.

    :raises OSError, http.client.HTTPException: there is no answer, none in time, or none in HTTP.
    """
    headers = {**question.headers, "Host": question.host, "Connection": "close"}
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(question.method, question.path, question.body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers.get_content_type(), response.read(question.most_bytes))
    finally:
        connection.close()
