"""A store's neighbours and engine commands for the agent's tests: real sockets and processes, made-up trade.

As a program it is the engine's command line: it does what `engine-says.json` in the store's folder tells it.
"""

from __future__ import annotations

import json
import os
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

CART = "c" * 32
ANSWERS: dict[str, dict[str, object]] = {
    "cache-flush": {"ok": True, "entries_removed": 7},
    "reindex": {"ok": True, "documents": 42},
    "cron": {"ok": True, "jobs_run": 3, "jobs_failed": 0},
    "check": {"ok": True, "checks": [{"name": "database", "ok": True}, {"name": "index", "ok": False}]},
    "describe": {"ok": True, "documents": 42, "index_age_seconds": 1.5},
}


class Shop:
    """What the fake engine sells, and every change a test makes to it."""

    def __init__(self) -> None:
        self.page = "<html><body>Home</body></html>"
        self.product_page = "<html><body><h1>Caf&eacute; mug</h1></body></html>"
        self.stock = "IN_STOCK"
        self.empty = False
        self.put_errors: list[dict[str, str]] = []
        self.user_errors: list[dict[str, str]] = []
        self.keeps_items = False
        self.errors: list[dict[str, str]] = []
        self.delay_seconds = 0.0
        self.cart: list[dict[str, object]] = []
        self.put: list[object] = []
        self.carts_made = 0
        self.asked: list[str] = []

    def answer(self, query: str, variables: dict[str, Any]) -> dict[str, object]:
        if self.errors:
            return {"errors": self.errors}
        if "products(" in query:
            return {"data": {"products": {"page_info": {"total_pages": 1}, "items": self._items()}}}
        if "cart(cart_id:" in query:
            return {"data": {"cart": self._cart()}} if self.carts_made else {"errors": [{"message": "no such cart"}]}
        if "createEmptyCart" in query:
            self.carts_made += 1
            return {"data": {"createEmptyCart": CART}}
        if "addProductsToCart" in query and self.put_errors:
            return {"errors": self.put_errors}
        if "addProductsToCart" in query:
            self.put.append(variables["items"][0])
            if not self.user_errors:
                self.cart.append({"uid": "MQ==", "quantity": 1})
            return {"data": {"addProductsToCart": {"user_errors": self.user_errors, "cart": self._cart()}}}
        if not self.keeps_items:
            self.cart = [line for line in self.cart if line["uid"] != variables["uid"]]
        return {"data": {"removeItemFromCart": {"cart": self._cart()}}}

    def _cart(self) -> dict[str, object]:
        return {"total_quantity": len(self.cart), "items": self.cart}

    def _items(self) -> list[dict[str, object]]:
        if self.empty:
            return []
        sold_out = {"product": {"sku": "mug-red", "stock_status": "OUT_OF_STOCK"}}
        variant = {"product": {"sku": "mug-blue", "stock_status": self.stock}}
        page = {"name": "Café mug", "url_key": "cafe-mug", "url_suffix": ".html", "stock_status": "IN_STOCK"}
        return [{"__typename": "ConfigurableProduct", "sku": "mug", **page, "variants": [sold_out, variant]}]


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    shop: Shop


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.shop.asked.append(self.path)
        page = {"/": self.server.shop.page, "/cafe-mug.html": self.server.shop.product_page}.get(self.path)
        self._send(200 if page else 404, "text/html; charset=utf-8", page or "<html></html>")

    def do_POST(self) -> None:
        time.sleep(self.server.shop.delay_seconds)
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._send(200, "application/json", json.dumps(self.server.shop.answer(asked["query"], asked["variables"])))

    def _send(self, status: int, media_type: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@contextmanager
def neighbour(socket: Path, shop: Shop) -> Iterator[Callable[[], None]]:
    """Serve ``shop`` on ``socket``; yields what stops it early."""
    server = _Server(str(socket), _Handler)
    server.shop = shop
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stopped = threading.Event()

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            server.shutdown()
            thread.join()
            server.server_close()
            socket.unlink()

    try:
        yield stop
    finally:
        stop()


def say(store_dir: Path, command: str, **changes: object) -> None:
    """Have the engine's ``command`` answer otherwise: ``printed``, ``exit_code``, ``sleep`` seconds, ``answer``."""
    file = store_dir / "engine-says.json"
    said = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(said | {command: changes}))


def _engine(argv: list[str]) -> int:
    command, store_dir = argv[0], Path(argv[argv.index("--store-dir") + 1])
    (store_dir / "engine-ran.txt").open("a").write(f"{command} {os.getpid()}\n")
    file = store_dir / "engine-says.json"
    said = json.loads(file.read_text()).get(command, {}) if file.exists() else {}
    sys.stderr.write(said.get("stderr", ""))
    if said.get("sleep"):
        child = os.fork()  # a grandchild, as a real engine may have: the whole group must end
        time.sleep(float(said["sleep"]))
        if child == 0:
            return 0
    sys.stdout.write(said.get("printed", json.dumps(said.get("answer", ANSWERS[command]))))
    return int(said.get("exit_code", 0))


if __name__ == "__main__":
    sys.exit(_engine(sys.argv[1:]))
