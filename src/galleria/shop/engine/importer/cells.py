"""What stands in a cell of Magento's product file, read to plain values. An empty cell is None: leave what is there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.importer.problems import RowRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAIR: Final = re.compile(r",(?=[A-Za-z_][A-Za-z0-9_]*=)")
_DATES: Final = ("%m/%d/%y, %I:%M %p", "%m/%d/%y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%m/%d/%Y, %I:%M %p")
_MAX_AMOUNT: Final = Decimal("9999999999")


def text(row: Mapping[str, str], column: str) -> str | None:
    """Return the cell's text, None when it is empty."""
    return row.get(column) or None


def amount(row: Mapping[str, str], column: str) -> Decimal | None:
    """Return an amount. Raises RowRefused for what is no number, is negative or too large."""
    written = (row.get(column) or "").strip()
    if not written:
        return None
    try:
        value = Decimal(written)
    except InvalidOperation:
        raise RowRefused(f'{column} is "{written[:40]}", which is no number.') from None
    if not value.is_finite() or value < 0 or value > _MAX_AMOUNT:
        raise RowRefused(f"{column} must be a number from 0 to {_MAX_AMOUNT}.")
    return value


def flag(row: Mapping[str, str], column: str) -> bool | None:
    """Return a yes or no. Raises RowRefused for anything but 1, 0, Yes, No."""
    written = (row.get(column) or "").strip().lower()
    if not written:
        return None
    if written in ("1", "yes", "true"):
        return True
    if written in ("0", "no", "false"):
        return False
    raise RowRefused(f"{column} must be 1 or 0.")


def moment(row: Mapping[str, str], column: str) -> datetime | None:
    """Return a date, at its start in UTC. Raises RowRefused for what is no date."""
    written = (row.get(column) or "").replace("\u202f", " ").strip()
    if not written:
        return None
    for pattern in _DATES:
        try:
            return datetime.strptime(written, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise RowRefused(f'{column} is "{written[:40]}", which is no date such as 12/31/26.')


def names(row: Mapping[str, str], column: str) -> tuple[str, ...] | None:
    """Return a list separated by commas, None when the cell is empty."""
    written = row.get(column) or ""
    if not written.strip():
        return None
    return tuple(part.strip() for part in written.split(",") if part.strip())


def pairs(written: str) -> list[tuple[str, str]]:
    """Return ``code=value,code=value``; a comma inside a value is part of it."""
    found = []
    for part in _PAIR.split(written):
        code, equals, value = part.partition("=")
        if equals:
            found.append((code.strip(), value.strip().strip('"')))
    return found


def groups(written: str) -> list[dict[str, str]]:
    """Return a list of such pairs; a bar separates entries, and so does the first key standing again."""
    entries: list[dict[str, str]] = []
    for part in written.split("|"):
        entry: dict[str, str] = {}
        for code, value in pairs(part):
            if code in entry and code == next(iter(entry)):
                entries.append(entry)
                entry = {}
            entry[code] = value
        if entry:
            entries.append(entry)
    return entries
