"""A load generator: so many requests a second, whatever the answers take, and each answer is read and judged."""

from __future__ import annotations

import http.client
import json
import queue
import re
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

WORKERS: Final = 48
"""How many requests may wait for their answers at once: the rate is kept up through a stall of half a second."""

SKU: Final = "FH-SKILLET"
PASSWORD: Final = "Analytical-1843"
_PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Visit:
    """One request, and what its answer must say."""

    name: str
    path: str
    says: str
    query: str = ""
    """Sent to the path as GraphQL, if there is one."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Counted:
    """What came of the load."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    by_name: dict[str, int] = field(default_factory=dict)
    late: float = 0.0
    """By how much the latest request was sent after its time: large, and the rate was not what it says."""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, visit: Visit, seconds: float, failure: str) -> None:
        """Count an answer."""
        with self._changed:
            self.seconds.append(seconds)
            self.by_name[visit.name] = self.by_name.get(visit.name, 0) + 1
            if failure:
                self.failures.append(f"{visit.name}: {failure}")
            self._changed.notify_all()

    def wait_for(self, answers: int, bound: float) -> None:
        """Wait until there are so many answers."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.seconds) >= answers, bound), "the load got no answers"


@contextmanager
def load(port: int, host: str, visits: Sequence[Visit], per_second: float) -> Iterator[Counted]:
    """Ask for one visit after the other at a fixed rate for as long as the block runs.

    Every second one is asked for on a connection that is kept, as a browser does, the others on a new one each.
    """
    counted, ended, kept_lines = Counted(), threading.Event(), _KeptLines(port)

    def one(number: int, due: float) -> None:
        visit, kept = visits[number % len(visits)], number // len(visits) % 2 == 0
        began = time.monotonic()
        counted.late = max(counted.late, began - due)
        line = kept_lines.take() if kept else _line(port)
        failure = _ask(line, host, visit)
        if kept and not failure:
            kept_lines.give_back(line)
        else:
            line.close()
        counted.note(visit, time.monotonic() - began, failure)

    def keep_the_rate(pool: ThreadPoolExecutor) -> None:
        start, number = time.monotonic(), 0
        while not ended.wait(max(0.0, start + number / per_second - time.monotonic())):
            pool.submit(one, number, start + number / per_second)
            number += 1

    with closing(kept_lines), ThreadPoolExecutor(WORKERS) as pool:
        clock = threading.Thread(target=keep_the_rate, args=(pool,))
        clock.start()
        try:
            yield counted
        finally:
            ended.set()
            clock.join()


class _KeptLines:
    """Connections that nobody uses right now."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lines: queue.SimpleQueue[http.client.HTTPConnection] = queue.SimpleQueue()

    def take(self) -> http.client.HTTPConnection:
        try:
            return self._lines.get_nowait()
        except queue.Empty:
            return _line(self._port)

    def give_back(self, line: http.client.HTTPConnection) -> None:
        self._lines.put(line)

    def close(self) -> None:
        while not self._lines.empty():
            self._lines.get_nowait().close()


def _line(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)


def _ask(line: http.client.HTTPConnection, host: str, visit: Visit) -> str:
    headers = {"Host": host, **visit.headers}
    try:
        if visit.query:
            body = json.dumps({"query": visit.query})
            line.request("POST", visit.path, body, {**headers, "Content-Type": "application/json"})
        else:
            line.request("GET", visit.path, headers=headers)
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    if answer.status != 200:
        return f"status {answer.status}"
    return "" if visit.says in text else f"an answer without {visit.says!r}: {text[:200]}"


def a_shops_visits(port: int, host: str) -> list[Visit]:
    """What shoppers look at, among them one with a full cart and one who is signed in, at both doors of the shop.

    Opens an account and fills two carts first; all of it must be there in every answer from then on.
    """
    email, cookie = _register(port, host)
    cart = _mutate(port, host, "createEmptyCart")
    items = f'[{{data: {{sku: "{SKU}", quantity: 2}}}}]'
    _mutate(
        port,
        host,
        "addSimpleProductsToCart",
        f'(input: {{cart_id: "{cart}", cart_items: {items}}}) {{ cart {{ id }} }}',
    )
    token = _mutate(port, host, "generateCustomerToken", f'(email: "{email}", password: "{PASSWORD}") {{ token }}')
    assert isinstance(token, dict)
    me = {"Cookie": cookie}
    return [
        Visit("front page", "/", "</html>"),
        Visit("category", "/tableware.html", "</html>"),
        Visit("search", "/search?q=vase", "</html>"),
        Visit("my cart's page", "/cart", "1 piece", headers=me),
        Visit("my account's page", "/account", email, headers=me),
        Visit("catalogue", "/graphql", '"sku"', query="{ products(filter: {}, pageSize: 3) { items { sku } } }"),
        Visit("a cart", "/graphql", '"total_quantity":2', query=f'{{ cart(cart_id: "{cart}") {{ total_quantity }} }}'),
        Visit(
            "who am I",
            "/graphql",
            email,
            query="{ customer { email } }",
            headers={"Authorization": f"Bearer {token['token']}"},
        ),
    ]


def _mutate(port: int, host: str, name: str, rest: str = "") -> object:
    body = json.dumps({"query": f"mutation {{ {name}{rest} }}"})
    status, text, _ = _send(port, host, "/graphql", body, {"Content-Type": "application/json"})
    document = json.loads(text)
    assert status == 200, text
    assert "errors" not in document, text
    return document["data"][name]


def _register(port: int, host: str) -> tuple[str, str]:
    """Open an account and put one piece into its cart, as a browser does; return its e-mail address and its cookie."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    _, page, cookie = _send(port, host, "/register")
    fields = {"email": email, "password": PASSWORD, "firstname": "Ada", "lastname": "Byron"}
    cookie = _send_form(port, host, "/register", page, fields, cookie)
    _, page, cookie = _send(port, host, "/contact", headers={"Cookie": cookie}, cookie=cookie)
    return email, _send_form(port, host, "/cart/add", page, {"sku": SKU, "quantity": "1"}, cookie)


def _send_form(port: int, host: str, path: str, page: str, fields: dict[str, str], cookie: str) -> str:
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None, page[:300]
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"form_token": token[1], **fields})
    status, text, after = _send(port, host, path, body, headers, cookie)
    assert status == 303, text[:500]
    return after


def _send(
    port: int, host: str, path: str, body: str | None = None, headers: dict[str, str] | None = None, cookie: str = ""
) -> tuple[int, str, str]:
    """Return the status, the text and the cookie that the browser has afterwards."""
    line = _line(port)
    try:
        line.request("GET" if body is None else "POST", path, body, {"Host": host, **(headers or {})})
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        given = answer.getheader("Set-Cookie")
        return answer.status, text, given.split(";")[0] if given else cookie
    finally:
        line.close()
