"""The one error of the agent: a stable code and a sentence that says what to do."""

from __future__ import annotations

from galleria.contracts.errors import ErrorCode


class Refused(Exception):
    """The request ends here. ``message`` goes out to the caller: no path, address, log or data in it."""

    def __init__(self, error_code: ErrorCode, message: str, *, actor: str = "") -> None:
        super().__init__(message)
        self.error_code = error_code
        self.message = message
        self.actor = actor
        """Who asked, once a signature has proven it."""
