"""What a rollout does next: worked out from how it is asked for and how its stores stand. Pure.

A wave begins when the one before it has ended in every store. At `Standing.max_failures` failures a rollout halts by
itself: what is under way ends, nothing new begins.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from galleria.contracts.words import RolloutStatus, is_store_id

AT_ONCE: Final = 4
"""How many stores a rollout moves at the same time. A release that fails everywhere hits no more than these before
the first failure is known."""

_SIZE = re.compile(r"^(?:([1-9][0-9]{0,5})|([1-9][0-9]?|100)%)$")
_PATTERN = re.compile(r"^[a-z0-9*-]{1,64}$")


class Fate(StrEnum):
    """How one store stands, on the way there or on the way back."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self not in (Fate.WAITING, Fate.RUNNING)


@dataclass(frozen=True)
class Part:
    """One store of a rollout.

    ``touched``: a deployment was made for it; otherwise there is nothing to take back. ``stuck``: that deployment ended
    so that a person must look, and nothing has mended the store since.
    """

    store_id: str
    wave: int
    there: Fate = Fate.WAITING
    back: Fate = Fate.WAITING
    touched: bool = False
    stuck: bool = False


@dataclass(frozen=True)
class Standing:
    """How a rollout stands. ``forgiven`` failures were known when somebody said to go on."""

    status: RolloutStatus
    max_failures: int
    parts: tuple[Part, ...]
    forgiven: int = 0

    @property
    def failures(self) -> int:
        """How many stores failed that nobody has forgiven."""
        return sum(part.there is Fate.FAILED for part in self.parts) - self.forgiven


@dataclass(frozen=True)
class Deploy:
    """Move this store to the release."""

    store_id: str


@dataclass(frozen=True)
class TakeBack:
    """Take this store back to what it ran before."""

    store_id: str


@dataclass(frozen=True)
class End:
    """The rollout is from now on this."""

    status: RolloutStatus


Act: TypeAlias = Deploy | TakeBack | End


class BadWaves(Exception):
    """The waves are none. The message says why."""


class BadSelector(Exception):
    """The selector selects nothing, or can't be understood. The message says why."""


def decide(standing: Standing) -> tuple[Act, ...]:
    """Return what happens next; nothing if the rollout waits for what is under way, or for a person."""
    if standing.status is RolloutStatus.RUNNING:
        return _go_on(standing)
    if standing.status is RolloutStatus.ROLLING_BACK:
        return _go_back(standing)
    return ()


def _go_on(standing: Standing) -> tuple[Act, ...]:
    if standing.failures >= standing.max_failures:
        return (End(RolloutStatus.HALTED),)
    unfinished = [part for part in standing.parts if not part.there.ended]
    if not unfinished:
        return (End(RolloutStatus.SUCCEEDED),)
    wave = min(part.wave for part in unfinished)
    running = sum(part.there is Fate.RUNNING for part in unfinished)
    waiting = [part for part in unfinished if part.wave == wave and part.there is Fate.WAITING]
    return tuple(Deploy(part.store_id) for part in waiting[: max(0, AT_ONCE - running)])


def _go_back(standing: Standing) -> tuple[Act, ...]:
    """Take back what succeeded, the last wave first. A failed store is left alone: it went back by itself, or did not
    and waits for a person, and so then does the rollout."""
    if any(part.there is Fate.RUNNING for part in standing.parts):
        return ()
    touched = [part for part in standing.parts if part.touched and part.there is Fate.SUCCEEDED]
    running = sum(part.back is Fate.RUNNING for part in touched)
    waiting = [part for part in reversed(touched) if part.back is Fate.WAITING]
    if waiting:
        return tuple(TakeBack(part.store_id) for part in waiting[: max(0, AT_ONCE - running)])
    if running:
        return ()
    needy = any(part.back is Fate.FAILED for part in touched) or any(part.stuck for part in standing.parts)
    return (End(RolloutStatus.NEEDS_ATTENTION if needy else RolloutStatus.ROLLED_BACK),)


def waves(sizes: Sequence[str], stores: int) -> list[int]:
    """Return of each store, in its place, the number of its wave; waves count from 1 and none is empty.

    :param sizes: how many stores are done after each wave: numbers, or shares of all, growing; the last is 100%.

    Raises:
        BadWaves: they are something else.
    """
    if not sizes or sizes[-1] != "100%":
        raise BadWaves("The last wave is 100%: all stores.")
    found: list[int] = []
    wave = 0
    for size in sizes:
        reached = _reached(size, stores)
        if reached < len(found):
            raise BadWaves(f"Waves grow; {size} of {stores} stores is less than the wave before it.")
        if reached > len(found):
            wave += 1
            found += [wave] * (reached - len(found))
    return found


def _reached(size: str, stores: int) -> int:
    parsed = _SIZE.fullmatch(size)
    if parsed is None:
        raise BadWaves("A wave is a number of stores, such as 1, or a share of all, such as 10%.")
    number, share = parsed.groups()
    return min(int(number), stores) if number else -(-stores * int(share) // 100)


def select(selector: str, fleet: Sequence[str]) -> list[str]:
    """Return the stores of ``fleet`` that are meant, in the order in which the selector names them.

    :param selector: ``all``, or ids and patterns with ``*``, separated by commas.

    Raises:
        BadSelector: it can't be understood, names a store that is not there, or selects none.
    """
    found: dict[str, None] = {}
    for entry in (part.strip() for part in selector.split(",")):
        if not _PATTERN.fullmatch(entry):
            raise BadSelector("Stores are `all`, or ids and patterns with `*`, separated by commas.")
        if entry not in ("all", *fleet) and is_store_id(entry):
            raise BadSelector(f"There is no store {entry}. See `galleria store list`.")
        found |= dict.fromkeys(one for one in sorted(fleet) if entry == "all" or fnmatch.fnmatchcase(one, entry))
    if not found:
        raise BadSelector("No store is selected. See `galleria store list`.")
    return list(found)
