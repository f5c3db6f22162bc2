"""Times as an operator reads them: relative in sight, absolute behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_JUST_NOW_SECONDS: Final = 2
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True)
class Moment:
    """A point in time: ``iso`` for machines, ``absolute`` for the title, ``relative`` for the eye."""

    iso: str
    absolute: str
    relative: str
    lasting: str


def moment(at: datetime, now: datetime) -> Moment:
    """Show ``at`` as seen from ``now``; both with their zone."""
    in_utc = at.astimezone(UTC)
    return Moment(
        iso=in_utc.isoformat(timespec="seconds"),
        absolute=f"{in_utc.day} {in_utc:%b %Y, %H:%M:%S} UTC",
        relative=_relative(at, now),
        lasting=span((now - at).total_seconds()),
    )


def maybe_moment(at: datetime | None, now: datetime) -> Moment | None:
    """Show ``at``, if it has happened."""
    return None if at is None else moment(at, now)


def _relative(at: datetime, now: datetime) -> str:
    seconds = (now - at).total_seconds()
    if seconds < -_JUST_NOW_SECONDS:
        return f"in {span(-seconds)}"
    if seconds < _JUST_NOW_SECONDS:
        return "just now"
    return f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """A rough length of time in one unit, such as ``3 h``. What lies in the future counts as nothing."""
    whole = max(0, int(seconds))
    for size, unit in _UNITS:
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s"


def duration(seconds: float) -> str:
    """An exact length of time: ``84 ms``, ``3.4 s``, ``2 min 5 s``."""
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
