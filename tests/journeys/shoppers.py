"""Shoppers who walk through a shop without pause while something happens to it, and remember every error they met."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.journeys.living import LivingPlatform

_QUERY = json.dumps({"query": "{ products(filter: {}, pageSize: 3) { total_count items { sku name } } }"})


@dataclass
class Met:
    """What the shoppers met."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, error: str, seconds: float) -> None:
        with self._lock:
            self.answers += 1
            self.slowest = max(self.slowest, seconds)
            if error:
                self.errors.append(error)


@contextmanager
def shopping(platform: LivingPlatform, store_id: str, *, shoppers: int = 2, pause: float = 0.02) -> Iterator[Met]:
    """Let shoppers ask for pages and for data, each on a new connection, for as long as the block runs."""
    met, ended = Met(), threading.Event()

    def walk(paths: Sequence[str]) -> None:
        number = 0
        while not ended.is_set():
            path = paths[number % len(paths)]
            began = time.monotonic()
            met.note(ask(platform, store_id, path), time.monotonic() - began)
            number += 1
            ended.wait(pause)

    threads = [threading.Thread(target=walk, args=(("/", "/graphql", "/search?q=a"),)) for _ in range(shoppers)]
    for thread in threads:
        thread.start()
    try:
        yield met
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def ask(platform: LivingPlatform, store_id: str, path: str) -> str:
    """Ask once as a shopper, and return what is wrong with the answer; "" if nothing is."""
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=20)
    headers = {"Host": f"{store_id}.localhost", "Content-Type": "application/json"}
    try:
        if path == "/graphql":
            connection.request("POST", path, _QUERY, headers)
        else:
            connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return f"{path}: {error!r}"
    finally:
        connection.close()
    if answer.status != 200:
        return f"{path}: status {answer.status}"
    if path == "/graphql" and (b'"errors"' in body or b'"sku"' not in body):
        return f"{path}: {body[:200]!r}"
    return ""
