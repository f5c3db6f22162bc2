"""Addresses that carry their filters, and the pager under a listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


def address(path: str, query: Mapping[str, str | int | None]) -> str:
    """Return ``path`` with those parts of ``query`` that say anything."""
    told = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(told)}" if told else path


@dataclass(frozen=True)
class Pager:
    """Where one is in a listing. ``summary`` reads ``1 to 50 of 240``."""

    summary: str
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Place:
    """Which page of how many items is shown, and what keeps the same filters when turning pages."""

    path: str
    query: Mapping[str, str | int | None]
    page: int
    page_size: int
    total: int


def pager(place: Place, shown: int) -> Pager:
    """Describe a page on which ``shown`` items are to be seen."""
    first = (place.page - 1) * place.page_size + 1
    more = place.page * place.page_size < place.total
    summary = f"{first:,} to {first + shown - 1:,} of {place.total:,}" if shown else f"0 of {place.total:,}"

    def turned(page: int) -> str:
        return address(place.path, {**place.query, "page": page if page > 1 else None})

    return Pager(
        summary=summary,
        previous=turned(place.page - 1) if place.page > 1 else None,
        next=turned(place.page + 1) if more else None,
    )
