"""How values are written for people: money, dates, and HTML that came from somewhere else."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import nh3
from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency
from markupsafe import Markup

if TYPE_CHECKING:
    from galleria.shop.storefront.data.values import Money

_TAGS: Final = {
    *("p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "strong", "b", "em", "i", "u", "s", "small", "sub", "sup"),
    *("h2", "h3", "h4", "h5", "h6", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a", "span", "div"),
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_TAG: Final = re.compile(r"<[^>]*>")
_WHOLE: Final = re.compile(r"(?<![\d.,])\d+(?![\d.,])")

_STAR: Final = "l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z"
STARS: Final = "".join(f"M{10 + 20 * place} 1.6{_STAR}" for place in range(5))
"""Five stars side by side, 100 by 20, as an SVG path."""


@lru_cache(maxsize=256)
def clean(html: str) -> Markup:
    """Return ``html`` with nothing in it that runs, loads or hides: text, its structure, and links."""
    return Markup(  # noqa: S704 - nh3 has just taken out what is not safe
        nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"})
    )


def plain(html: str, length: int = 160) -> str:
    """Return the text of ``html``, cut at a word near ``length`` characters."""
    import html as entities

    text = " ".join(entities.unescape(_TAG.sub(" ", html)).split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


@lru_cache(maxsize=4096)
def money(amount: Money, locale: str) -> str:
    """Return an amount as it is written where the shop sells."""
    try:
        return format_currency(amount.value, amount.currency, locale=locale)
    except (UnknownLocaleError, ValueError):
        return format_currency(amount.value, amount.currency, locale="en_US")


@lru_cache(maxsize=1024)
def priced(label: str, currency: str, locale: str) -> str:
    """Return ``label``, the two ends of a price range, with its whole numbers written as amounts."""
    try:
        return _WHOLE.sub(
            lambda number: format_currency(int(number[0]), currency, "¤#,##0", locale, currency_digits=False), label
        )
    except (UnknownLocaleError, ValueError):
        return label


@lru_cache(maxsize=256)
def day(iso: str, locale: str) -> str:
    """Return a day, given as ``YYYY-MM-DD`` and maybe more, as it is written where the shop sells."""
    try:
        return format_date(datetime.date.fromisoformat(iso[:10]), "long", locale=locale)
    except (UnknownLocaleError, ValueError):
        return iso[:10]


@lru_cache(maxsize=512)
def country(code: str, locale: str) -> str:
    """Return a country, given as its ISO 3166-1 alpha-2 code, as it is called where the shop sells."""
    try:
        return str(Locale.parse(locale).territories.get(code, code))
    except (UnknownLocaleError, ValueError):
        return code


def number(value: float) -> str:
    """Return a quantity without a useless fraction."""
    return f"{value:g}"
