"""What a command of the engine refuses with: one line that says what is wrong and what to do."""

from __future__ import annotations


class Problem(Exception):
    """The command can't go on until a person or another command changes something. Nothing was done by halves."""

    def __init__(self, message: str, details: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details or {}


class Misuse(Problem):
    """The command line itself is wrong."""
