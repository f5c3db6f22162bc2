"""The error of every contract check: which rule, about what, and what to do."""

from __future__ import annotations

from galleria.contracts.errors import ErrorCode


class ContractBroken(ValueError):
    """An input that a contract does not take. Give up until it is corrected; nothing was done.

    ``key`` names what is wrong (a configuration key, a field). The message says what to do and never repeats a value,
    since the value may be a secret.
    """

    def __init__(self, error_code: ErrorCode, message: str, *, key: str) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.message = message
        self.key = key
