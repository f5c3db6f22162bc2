"""Shoppers who ask through the public door without pause, and remember what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType

from tests.support.running_caddy import RunningCaddy

_PATIENCE_SECONDS = 60.0


class Shopper:
    """One who asks for one page again and again, on a new connection each time."""

    def __init__(self, caddy: RunningCaddy, host: str, path: str) -> None:
        self._caddy, self._host, self._path = caddy, host, path
        self.expected: tuple[int, str] | None = None
        """Which change was made last and who answers since; None while one is under way."""
        self.answers = 0
        self.failures: list[str] = []
        self.seen: set[str] = set()

    def ask(self) -> None:
        """Ask once. Whoever answers must be the expected one, if that was so all the time from before asking."""
        expected = self.expected
        try:
            status, text = self._caddy.get(self._host, self._path)
        except Exception as error:
            self.failures.append(repr(error))
        else:
            name = text.split(" ")[0]
            self.seen.add(name)
            if status != 200:
                self.failures.append(f"{status}: {text[:200]}")
            elif expected is not None and expected == self.expected and name != expected[1]:
                self.failures.append(f"{name} answered after change {expected}")
        self.answers += 1


class Crowd:
    """Shoppers at once, from entering to leaving."""

    def __init__(self, shoppers: Sequence[Shopper]) -> None:
        self._shoppers = shoppers
        self._answered = threading.Condition()
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._shop, args=(shopper,)) for shopper in shoppers]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def wait_for_answers(self, number: int) -> None:
        """Wait until each has got so many more: of two, the second was asked for after this was called."""
        goals = [shopper.answers + number for shopper in self._shoppers]
        with self._answered:
            assert self._answered.wait_for(
                lambda: all(shopper.answers >= goal for shopper, goal in zip(self._shoppers, goals, strict=True)),
                _PATIENCE_SECONDS,
            ), "the shoppers get no answers"

    def _shop(self, shopper: Shopper) -> None:
        while not self._done.is_set():
            shopper.ask()
            with self._answered:
                self._answered.notify_all()
