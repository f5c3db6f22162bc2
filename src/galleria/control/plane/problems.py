"""What the plane's services raise: one family, sorted by its code."""

from __future__ import annotations

from collections.abc import Mapping

from galleria.contracts.errors import ErrorCode


class PlaneProblem(Exception):
    """The plane will not or can not do what was asked. Nothing is half done.

    ``code`` says what the caller may do next, ``message`` says it in words, ``details`` what it is about.
    """

    def __init__(self, code: ErrorCode, message: str, details: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})
