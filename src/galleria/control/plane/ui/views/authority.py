"""What the platform can do to a store, and what it can't, each ban with the test that tries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from galleria.contracts.words import Operation
from galleria.control.plane.ui.views import operations


@dataclass(frozen=True)
class Ban:
    """Something the platform can't do, and the tests that try it and fail."""

    sentence: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Authority:
    """The authority card."""

    can: tuple[str, ...]
    cant: tuple[Ban, ...]


BANS: Final[tuple[Ban, ...]] = ()


def authority() -> Authority:
    """The card: the same for every store, since no store gives the platform more."""
    lifecycle = ("Provision, start, stop, restart and decommission the store as a whole.",)
    asked = tuple(f"{operations.RULES[operation].label} ({operation.value})" for operation in Operation)
    return Authority(can=lifecycle + asked, cant=BANS)
