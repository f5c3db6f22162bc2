"""The addresses of lists: which part of an address says what, and how to say the same with one thing changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from galleria.shop.storefront.data import narrowing

_PAGE: Final = re.compile(r"(.*?)/page/([1-9]\d{0,4})")
_OUR_PARAMETERS: Final = ("q", "sort", "page")
MAX_SEARCH: Final = 120


@dataclass(frozen=True, slots=True)
class ListAddress:
    """The address of one page of a list. ``path`` is that of its first page, suffix and all."""

    path: str
    suffix: str = ""
    search: str | None = None
    narrowed: tuple[tuple[str, str], ...] = ()
    sort: str | None = None
    page: int = 1

    @property
    def bare(self) -> bool:
        """Whether this is the list as it is, neither narrowed nor sorted: what search engines should know."""
        return not self.narrowed and not self.sort

    def text(self) -> str:
        """Return the address as it stands in a link."""
        path = self.path
        if self.page > 1:
            path = f"{path.removesuffix(self.suffix) if self.suffix else path.rstrip('/')}/page/{self.page}"
        pairs = [*self.narrowed]
        if self.search is not None:
            pairs.insert(0, ("q", self.search))
        if self.sort:
            pairs.append(("sort", self.sort))
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def at(self, page: int) -> ListAddress:
        """Return the address of another page of the same list."""
        return replace(self, page=page)

    def toggled(self, code: str, value: str) -> ListAddress:
        """Return the address of the list narrowed by this too, or no longer by it."""
        pair = (code, value)
        kept = tuple(one for one in self.narrowed if one != pair)
        if code == narrowing.PRICE:
            kept = tuple(one for one in kept if one[0] != code)
        return replace(self, narrowed=kept if pair in self.narrowed else (*kept, pair), page=1)

    def cleared(self) -> ListAddress:
        """Return the address of the list with nothing taken out."""
        return replace(self, narrowed=(), page=1)


def split_page(path: str) -> tuple[str, int]:
    """Return the path of a list and which page of it ``path`` asks for."""
    match = _PAGE.fullmatch(path)
    return (match[1], int(match[2])) if match else (path, 1)


def read_narrowing(parameters: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what of a query string narrows the list; what is unknown or no value is left out."""
    known = narrowing.filterable()
    found: dict[tuple[str, str], None] = {}
    for code, value in parameters:
        if code in known and code not in _OUR_PARAMETERS and narrowing.is_value(code, value):
            found[code, value] = None
    return tuple(found)[:20]


def read_sort(value: str | None) -> str | None:
    """Return the order that a query string asks for, or None for the list's own."""
    return value if value and value.removeprefix("-") in narrowing.SORTS else None


def read_search(value: str | None) -> str:
    """Return what is searched for, without useless spaces and not longer than anybody types."""
    return " ".join((value or "").split())[:MAX_SEARCH]
