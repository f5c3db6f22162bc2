"""Fault points for crash tests: a runner that kills itself, once each, right before and right after its steps, and
inside of them right before each thing that it does to the world.

They exist here and nowhere in the product: a test's entry program wraps the product's steps.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

from dbos._dbos import _get_or_create_dbos_registry

from galleria.control.delivery.executing import Workflows
from galleria.control.delivery.steps import Done, Step, Work

_ONLY: Final = "only"
_INSIDE: Final = "inside"
_ACTS: Final = {
    **dict.fromkeys(("os.rename", "os.symlink", "socket.connect", "subprocess.Popen"), 25),
    **dict.fromkeys(("os.link", "os.mkdir", "os.remove", "os.rmdir"), 5),
}
"""At so many acts of a kind a step is killed at most: one that unpacks files makes and removes thousands."""

_TIMES: Final = 3
"""So often a step is killed at an act that it repeats, such as a look at a socket."""

_CHANGING: Final = re.compile(r"(?<=\.new-)\w+|\S+\.(whl|dist-info)|[0-9a-f]{8,}|\d+")
"""What is another each time in the name of a file, or one of many that are alike."""


class Deaths:
    """The folder that remembers which deaths have happened: of each that did there is a file with text in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def happened(self) -> int:
        """Count them."""
        return sum(1 for file in self.folder.iterdir() if file.read_bytes() == b"died")

    def count(self, deployment_id: str, beginning: str) -> int:
        """Count those of a deployment that begin like this."""
        return sum(1 for _ in self.folder.glob(f"{deployment_id} {beginning} *"))

    def only(self, death: str) -> None:
        """Let this one death happen in each deployment and no other: ``after switch``, say."""
        (self.folder / _ONLY).write_text(death, "utf-8")

    def only_inside(self, but: str = "") -> None:
        """Let deaths happen inside the steps, and not around them; and none in the step of that name."""
        (self.folder / _INSIDE).write_text(but, "utf-8")

    def spare(self, deployment_id: str, death: str) -> None:
        """Let this one not happen."""
        (self.folder / f"{deployment_id} {death}").touch()

    def die_once(self, deployment_id: str, death: str) -> None:
        """Die, unless this death has happened already or is not to be."""
        only, file = self.folder / _ONLY, self.folder / f"{deployment_id} {death}"
        if file.exists() or (only.exists() and only.read_text("utf-8") != death):
            return
        file.write_bytes(b"died")
        os.kill(os.getpid(), signal.SIGKILL)

    @property
    def are_inside(self) -> bool:
        """Whether they happen inside the steps."""
        return (self.folder / _INSIDE).exists()


class MortalStep(Step):
    """A step around another one, with a death right before and right after `run` and `undo`."""

    def __init__(self, step: Step, deaths: Deaths, acts: Acts | None) -> None:
        self._step, self._deaths, self._acts = step, deaths, acts
        self.stage, self.name = step.stage, step.name  # type: ignore[misc]  # the wrapped step's own
        self.patience = step.patience  # type: ignore[misc]
        self.blames, self.meets_shoppers = step.blames, step.meets_shoppers  # type: ignore[misc]

    def run(self, work: Work) -> Done:
        with self._deadly(work, self.name):
            return self._step.run(work)

    def undo(self, work: Work) -> str:
        with self._deadly(work, f"undo of {self.name}"):
            return self._step.undo(work)

    @contextmanager
    def _deadly(self, work: Work, what: str) -> Iterator[None]:
        deployment_id = work.claim.deployment_id
        if self._acts is not None:
            spared = (self._deaths.folder / _INSIDE).read_text("utf-8") == self.name
            with nullcontext() if spared else self._acts.of(deployment_id, what):
                yield
            return
        self._deaths.die_once(deployment_id, f"before {what}")
        yield  # a step that fails has no "after"
        self._deaths.die_once(deployment_id, f"after {what}")


class Acts(threading.local):
    """Kills the process right before each thing that a step does to the world, as the interpreter tells of it."""

    def __init__(self, deaths: Deaths) -> None:
        self._deaths = deaths
        self._inside: tuple[str, str] | None = None
        self._times: Counter[str] = Counter()

    @contextmanager
    def of(self, deployment_id: str, what: str) -> Iterator[None]:
        """What this thread does meanwhile is a step's."""
        self._inside, self._times = (deployment_id, what), Counter()
        try:
            yield
        finally:
            self._inside = None

    def heard(self, event: str, arguments: tuple[object, ...]) -> None:
        """The interpreter is about to do something (an audit hook)."""
        inside = self._inside
        if inside is None or event not in _ACTS:
            return
        self._inside = None  # what is done from here on is ours
        deployment_id, what = inside
        act, name = f"in {what} at {event}", _name(arguments)
        self._times[f"{event} {name}"] += 1
        times = self._times[f"{event} {name}"]
        if times <= _TIMES and self._deaths.count(deployment_id, act) < _ACTS[event]:
            self._deaths.die_once(deployment_id, f"{act} {name} {times}")
        self._inside = inside


def _name(arguments: tuple[object, ...]) -> str:
    """Say what an act is done to, alike in each life of the process and fit for the name of a file."""
    paths = [str(each) for each in arguments if isinstance(each, str | Path | tuple)]  # an address is one, or a tuple
    return _CHANGING.sub("#", " to ".join(Path(each).name for each in paths))[:120]


def make_mortal(kinds: Workflows, folder: Path) -> Workflows:
    """Wrap every step of every kind; ``folder`` is that of the `Deaths`."""
    deaths = Deaths(folder)
    acts = Acts(deaths) if deaths.are_inside else None
    if acts is not None:
        sys.addaudithook(acts.heard)
    return {kind: _mortal(steps, deaths, acts) for kind, steps in kinds.items()}


def _mortal(steps: Sequence[Step], deaths: Deaths, acts: Acts | None) -> Sequence[Step]:
    return [MortalStep(step, deaths, acts) for step in steps]


def live_on(live: Callable[[], int]) -> int:
    """Do ``live`` in a process of its own, and again after each death; return the exit code of one that ends otherwise.

    The imports are made once, before: a life begins after a tenth of a second instead of several.
    """
    _get_or_create_dbos_registry().get_internal_queue()._polling_interval_sec = 0.02  # it recovers at once
    living = 0

    def pass_on(number: int, _frame: object) -> None:
        os.kill(living, number)

    while True:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        living = os.fork()
        if living == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            os._exit(_whole(live))
        signal.signal(signal.SIGTERM, pass_on)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        _, status = os.waitpid(living, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            return os.waitstatus_to_exitcode(status)


def _whole(live: Callable[[], int]) -> int:
    code = 1
    try:
        code = live()
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code
