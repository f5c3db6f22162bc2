"""Answers of public queries, kept until something they were made from changes.

Inside the serving process a change drops the answers tagged with it. Any other process (an import, the agent's flush)
bumps a file that the serving process looks at before each use, which drops them all.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_ENTRIES: Final = 2_000
MAX_BYTES: Final = 32 * 1024 * 1024
EVERYTHING: Final = "*"


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A public answer: its JSON, a strong validator, and what it was made from."""

    body: bytes
    etag: str
    tags: frozenset[str] = field(default_factory=frozenset)


def etag_of(body: bytes) -> str:
    """Return the strong validator of a body, quoted as HTTP wants it."""
    return '"' + hashlib.blake2b(body, digest_size=12).hexdigest() + '"'


class Generation:
    """A number on disk that any process of the store can raise."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "generation"

    def read(self) -> tuple[int, int]:
        """Return what changes when any process raises it."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def bump(self) -> None:
        """Raise it: every answer made before is void. A new file each time, so that no clock decides."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_name(f"generation.{os.getpid()}.{threading.get_ident()}")
        temporary.write_bytes(os.urandom(8))
        temporary.replace(self._file)


class AnswerCache:
    """Bounded store of public answers. Safe for the event loop and the workers at once."""

    def __init__(self, generation: Generation, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._generation = generation
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, CachedAnswer] = OrderedDict()
        self._by_tag: dict[str, set[str]] = {}
        self._bytes = 0
        self._seen = generation.read()
        self._epoch = 0
        self._secret = os.urandom(16)

    def __len__(self) -> int:
        with self._lock:
            self._notice_other_processes()
            return len(self._entries)

    @property
    def epoch(self) -> int:
        """A number that grows with every invalidation: what was computed before one is not stored after it."""
        with self._lock:
            self._notice_other_processes()
            return self._epoch

    @property
    def generation(self) -> str:
        """A word that stands for the epoch and this process: it tells that something changed, not how often."""
        return hashlib.blake2b(self.epoch.to_bytes(8, "big"), key=self._secret, digest_size=9).hexdigest()

    def get(self, key: str) -> CachedAnswer | None:
        """Return the answer kept for ``key``, None when there is none that is still true."""
        with self._lock:
            self._notice_other_processes()
            answer = self._entries.get(key)
            if answer is not None:
                self._entries.move_to_end(key)
            return answer

    def put(self, key: str, answer: CachedAnswer, epoch: int) -> None:
        """Keep an answer that was computed when ``epoch`` was current; ignored when something changed since."""
        with self._lock:
            self._notice_other_processes()
            if epoch != self._epoch or len(answer.body) > self._max_bytes // 8:
                return
            self._drop(key)
            self._entries[key] = answer
            self._bytes += len(answer.body)
            for tag in answer.tags:
                self._by_tag.setdefault(tag, set()).add(key)
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def invalidate(self, tags: Iterable[str]) -> int:
        """Drop every answer made from one of ``tags`` and return how many that were. ``*`` drops all."""
        with self._lock:
            self._epoch += 1
            wanted = set(tags)
            if EVERYTHING in wanted:
                return self._clear()
            keys = {key for tag in wanted for key in self._by_tag.get(tag, ())}
            for key in keys:
                self._drop(key)
            return len(keys)

    def _clear(self) -> int:
        count = len(self._entries)
        self._entries.clear()
        self._by_tag.clear()
        self._bytes = 0
        return count

    def _notice_other_processes(self) -> None:
        now = self._generation.read()
        if now != self._seen:
            self._seen = now
            self._epoch += 1
            self._clear()

    def _drop(self, key: str) -> None:
        answer = self._entries.pop(key, None)
        if answer is None:
            return
        self._bytes -= len(answer.body)
        for tag in answer.tags:
            keys = self._by_tag.get(tag)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._by_tag[tag]
