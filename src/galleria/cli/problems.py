"""What can go wrong on the command line, sorted by what the person does next, and the exit codes that scripts read."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes (documented in ``galleria --help``)."""

    DONE = 0
    FAILED = 1
    MISUSE = 2
    REFUSED = 3
    UNREACHABLE = 4
    STOPPED = 130


class Problem(Exception):
    """Something a person has to know: what happened and why, what to do next, and the request it belongs to."""

    exit_code = Exit.FAILED

    def __init__(self, what: str, next_step: str = "", request_id: str = "", code: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.request_id = request_id
        self.code = code


class Misuse(Problem):
    """The command was called wrongly; nothing was done."""

    exit_code = Exit.MISUSE


class Refused(Problem):
    """The platform said no: rights, a lock, a state that does not allow it. Nothing was changed."""

    exit_code = Exit.REFUSED


class Unreachable(Problem):
    """Nobody answered."""

    exit_code = Exit.UNREACHABLE


class Stopped(Problem):
    """The person pressed Ctrl-C; what goes on and what does not is in its words."""

    exit_code = Exit.STOPPED
