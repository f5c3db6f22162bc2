"""Runs a sandboxed program once and waits for its end."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Final

from galleria.control.runtimes.port import RuntimeUnavailable
from galleria.control.runtimes.process.sandbox import Launch

_STARTER: Final = (
    "import sys; from galleria.control.runtimes.process import launcher, sandbox; "
    "launcher.start_unsupervised(sandbox.Launch.from_json(sys.argv[1]))"
)


def starting_command(launch: Launch) -> list[str]:
    """The command that becomes ``launch``'s program, which then ends when this process does."""
    once = replace(launch, state=None, die_with_parent=True)
    return [sys.executable, "-I", "-c", _STARTER, once.to_json()]


def run_once(launch: Launch, *, text: str = "", wait_seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with ``text`` on its standard input.

    :raises RuntimeUnavailable: it was not done after ``wait_seconds`` and was ended.
    """
    command = starting_command(launch)
    try:
        return subprocess.run(
            command, input=text, capture_output=True, text=True, errors="replace", check=False, timeout=wait_seconds
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeUnavailable(f"{launch.program} was not done after {wait_seconds:.0f} s.", retry_after=5) from error
