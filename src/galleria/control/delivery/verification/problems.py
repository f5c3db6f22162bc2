"""Why verification could not judge, sorted by what the caller does next."""

from __future__ import annotations


class ContractUnreadable(Exception):
    """Give up: a contract file is not what its name says. The message says which part of it."""
