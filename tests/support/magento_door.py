"""A recorded Magento on a port of its own, with its headers and its statuses; its pictures lie at another one."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from graphql import GraphQLSyntaxError

from tests.support.recorded_magento import RecordedMagento, Unlike

CACHE_CONTROL: Final = "max-age=0, must-revalidate, no-cache, no-store"
PICTURES: Final = "/pub/media/"


@dataclass
class Door:
    """Where a recorded Magento answers, and what it was asked."""

    url: str
    media: str
    magento: RecordedMagento
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, operation and headers of each document."""
    unlike: list[str] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    """What lies in the media folder, by path."""


@contextlib.contextmanager
def open_door(magento: RecordedMagento) -> Iterator[Door]:
    """Let ``magento`` answer by HTTP, on this machine only."""
    documents = ThreadingHTTPServer(("127.0.0.1", 0), _Documents)
    pictures = ThreadingHTTPServer(("127.0.0.1", 0), _Pictures)
    door = Door(
        f"http://127.0.0.1:{documents.server_port}/graphql",
        f"http://127.0.0.1:{pictures.server_port}{PICTURES}",
        magento,
    )
    magento.changed["StoreConfig.base_media_url"] = door.media
    magento.changed["StoreConfig.secure_base_media_url"] = door.media
    servers = (documents, pictures)
    for server in servers:
        server.door = door  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield door
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def door(self) -> Door:
        return self.server.door  # type: ignore[attr-defined,no-any-return]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Pictures(_Quiet):
    def do_GET(self) -> None:
        """Give a picture of the media folder."""
        found = self.door.pictures.get(urlsplit(self.path).path.removeprefix(PICTURES))
        self.send(200 if found else 404, found or b"", {"Content-Type": "image/png"})


class _Documents(_Quiet):
    def do_GET(self) -> None:
        """Carry out a document that stands in the address."""
        given = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        self._answer(given.get("query", ""), json.loads(given.get("variables") or "{}"))

    def do_POST(self) -> None:
        """Carry out a document that stands in the body."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get_content_type() != "application/json":
            self._send(500, {"errors": [{"message": "Request content type must be application/json"}]})
            return
        self._answer(body["query"], body.get("variables"))

    def _answer(self, query: str, variables: Any) -> None:
        name = query.split("(")[0].split("{")[0].split()[-1] if query.split("{")[0].strip() else ""
        self.door.asked.append((self.command, name, dict(self.headers.items())))
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
        try:
            self._send(200, self.door.magento.ask(query, variables, token))
        except GraphQLSyntaxError as error:
            self._send(500, {"errors": [{"message": error.message}]})
        except Unlike as error:
            self.door.unlike.append(f"{name}: {error}")
            self._send(500, {"errors": [{"message": "Internal server error"}]})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        headers = {"Content-Type": "application/json", "Cache-Control": CACHE_CONTROL, "Pragma": "no-cache"}
        self.send(status, json.dumps(body).replace("/", "\\/").encode(), headers)
