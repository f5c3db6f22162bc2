"""How the platform's programs say what they do: a JSON line an event with ``--json``, else a plain line."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

REFUSED: Final = 3
"""The exit code of an act that was refused and changed nothing."""


class Trouble(Exception):
    """An act of the platform can't be done. ``exit_code``: 1 failed, 2 misuse, 3 refused."""

    def __init__(self, message: str, next_step: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.exit_code = exit_code


class Progress:
    """Says steps as they begin and end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Say that a step begins and how it ended; call what is yielded with a detail to add."""
        begun = time.monotonic()
        details: list[str] = []
        self._say({"event": "step", "name": name, "outcome": "running"})
        try:
            yield details.append
        except BaseException:
            self._end(name, "failed", begun, details)
            raise
        self._end(name, "passed", begun, details)

    def end(self, outcome: str, detail: str, pids: str = "") -> None:
        """Say how the whole act ended, and which programs run."""
        self._say({"event": "end", "outcome": outcome, "detail": detail, **({"pids": pids} if pids else {})})

    def trouble(self, trouble: Trouble) -> None:
        """Say what went wrong and what to do next."""
        if self._as_json:
            self._say({"event": "error", "message": trouble.message, "next": trouble.next_step})
        else:
            sys.stderr.write(f"Error: {trouble.message} {trouble.next_step}\n")

    def _end(self, name: str, outcome: str, begun: float, details: list[str]) -> None:
        seconds = round(time.monotonic() - begun, 3)
        detail = " ".join(details)
        self._say({"event": "step", "name": name, "outcome": outcome, "seconds": seconds, "detail": detail})

    def _say(self, event: dict[str, str | float]) -> None:
        if self._as_json:
            sys.stdout.write(json.dumps(event) + "\n")
        elif event["event"] == "end" or event["outcome"] != "running":
            sys.stdout.write(f"{event.get('name', '')} {event['outcome']} {event.get('detail', '')}".strip() + "\n")
        sys.stdout.flush()
