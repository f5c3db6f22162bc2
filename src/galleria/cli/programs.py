"""Start the platform's own programs by command line and read their progress; another zone is never imported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from galleria.cli.problems import Exit, Misuse, Problem, Refused, Stopped, Unreachable

PLATFORM = "galleria.control.runtimes.process.platform"
RELEASE = "galleria.control.delivery.release"
DELIVERY = "galleria.control.delivery"
MERCHANT = "galleria.control.runtimes.process.merchant"


_FAMILIES: dict[int, type[Problem]] = {
    Exit.MISUSE: Misuse,
    Exit.REFUSED: Refused,
    Exit.UNREACHABLE: Unreachable,
}


class Event(BaseModel):
    """One line of a program's progress, as JSON on its stdout."""

    model_config = ConfigDict(frozen=True, extra="allow")

    event: str
    name: str = ""
    outcome: str = ""
    seconds: float = 0.0
    detail: str = ""
    message: str = ""
    next: str = ""
    stage: str = ""
    status: str = ""
    reason: str = ""
    pids: str = ""


def platform(act: str, home: Path, port: int | None = None) -> Iterator[Event]:
    """Run an act of the platform program and yield its progress.

    Raises:
        Problem: what the program itself says went wrong, in the family of its exit code.
    """
    arguments = ["-m", PLATFORM, act, "--home", str(home), "--json"]
    if port is not None:
        arguments += ["--port", str(port)]
    yield from _events(arguments)


def release(home: Path, arguments: Sequence[str]) -> Iterator[Event]:
    """Run an act of the release program and yield its progress, raising as `platform` does."""
    yield from _events(["-m", RELEASE, "--home", str(home), *arguments])


def roll_back_here(home: Path, store: str, to: int | None, reason: str) -> Iterator[Event]:
    """Have the runner's program take a store back on this machine and yield its progress.

    How it ended is its last event. Raises as `platform` does for what it refuses.
    """
    arguments = ["-m", DELIVERY, "rollback", "--home", str(home), "--store", store]
    if to is not None:
        arguments += ["--to", str(to)]
    if reason:
        arguments += ["--reason", reason]
    yield from _events(arguments, tells_failure=True)


def prepare_configuration(home: Path, store: str, settings: Sequence[str], rotate: Sequence[str]) -> Iterator[Event]:
    """Have the runner's program put another configuration beside a store's and yield what it says of it: two numbers.

    Raises as `platform` does.
    """
    arguments = ["-m", DELIVERY, "prepare-configuration", "--home", str(home), "--store", store]
    for each in settings:
        arguments += ["--set", each]
    for each in rotate:
        arguments += ["--rotate", each]
    yield from _events(arguments)


def upgrade(home: Path, release: str, components: Sequence[str]) -> Iterator[Event]:
    """Have control plane and runner moved to a release and yield the progress, as `roll_back_here` does."""
    arguments = ["-m", DELIVERY, "upgrade", "--home", str(home), "--release", release]
    for each in components:
        arguments += ["--component", each]
    yield from _events(arguments, tells_failure=True)


def downgrade(home: Path) -> Iterator[Event]:
    """Have control plane and runner moved back and yield the progress, as `roll_back_here` does."""
    yield from _events(["-m", DELIVERY, "downgrade", "--home", str(home)], tells_failure=True)


def merchant(arguments: Sequence[str]) -> int:
    """Run a merchant program with this terminal as its own and return its exit code."""
    return subprocess.run([sys.executable, "-I", "-m", MERCHANT, *arguments], check=False).returncode


def _events(arguments: Sequence[str], *, tells_failure: bool = False) -> Iterator[Event]:
    """Yield a program's events. ``tells_failure``: its last event says how it ended, a failure included."""
    problem: Event | None = None
    ended = False
    with subprocess.Popen(
        [sys.executable, "-I", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("a program started with pipes has none")
        try:
            for line in process.stdout:
                event = _event(line)
                if event is None:
                    continue
                ended = ended or event.event == "end"
                if event.event == "error":
                    problem = event
                else:
                    yield event
            said = process.stderr.read().strip()
        except KeyboardInterrupt as interrupt:
            # The terminal has told the program too; leaving this block waits until it has ended.
            raise Stopped(
                "Stopped before it was done.", "Run the same command again; that is always safe."
            ) from interrupt
    told = ended and tells_failure and process.returncode == Exit.FAILED
    if process.returncode and not told:
        raise _problem(process.returncode, problem, said)


def _event(line: str) -> Event | None:
    try:
        return Event.model_validate(json.loads(line))
    except (ValueError, ValidationError):
        return None


def _problem(code: int, problem: Event | None, said: str) -> Problem:
    family = _FAMILIES.get(code, Problem)
    if problem is not None:
        return family(problem.message or problem.detail, problem.next)
    last = said.splitlines()[-1] if said else f"The program ended with exit code {code} and said nothing."
    return family(last, "Look at the logs in the state folder.")
