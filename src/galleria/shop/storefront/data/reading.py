"""From the generated client's answers to our own values: what is shared by catalogue and cart."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit

from galleria.shop.storefront.data.values import Card, Image, Money, Place, Price, Swatch

if TYPE_CHECKING:
    from galleria.shop.storefront.client import fragments

T = TypeVar("T")

_CACHED: Final = re.compile(r"^(catalog/product/)cache/[0-9a-f]{32}/")
"""Magento's own resized copies. We make our own sizes, from the picture that was uploaded."""
_MEDIA: Final = re.compile(r"/media/(.+)|/((?:catalog|wysiwyg)/.+)")
"""A Magento's media folder is called so, unless another host has it alone: then by the folders that are in it."""
_TAG: Final = re.compile(r"<[^>]*>")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


class Picturish(Protocol):
    """A picture of any operation."""

    @property
    def url(self) -> str | None: ...

    @property
    def label(self) -> str | None: ...


class SwatchData(Protocol):
    """What a value looks like."""

    @property
    def typename__(self) -> str: ...

    @property
    def value(self) -> str | None: ...


class CardLike(Protocol):
    """A product as the Card fragment asks for it."""

    @property
    def sku(self) -> str | None: ...

    @property
    def name(self) -> str | None: ...

    @property
    def url_key(self) -> str | None: ...

    @property
    def url_suffix(self) -> str | None: ...

    @property
    def small_image(self) -> Picturish | None: ...

    @property
    def price_range(self) -> fragments.Price: ...


def there(items: list[T | None] | None) -> list[T]:
    """Return the items that are there: the contract lets lists and their items be null."""
    return [item for item in items or () if item is not None]


def text(value: str | None) -> str:
    """Return plain text: Magento keeps HTML entities in names and labels."""
    return html.unescape(value or "").strip()


def words(content: str | None) -> str:
    """Return the bare words of a merchant's block: an editor wraps even a single word into HTML."""
    return text(_TAG.sub(" ", content or ""))


def money(amount: fragments.Amount | None, currency: str = "USD") -> Money:
    """Return an amount; no amount is nothing to pay."""
    if amount is None:
        return Money(0.0, currency)
    return Money(amount.value or 0.0, amount.currency.value if amount.currency else currency)


def price(range_: fragments.Price) -> Price:
    """Return what a piece costs at least, and whether it may cost more."""
    lowest, highest = range_.minimum_price, range_.maximum_price
    final = money(lowest.final_price)
    return Price(
        final,
        money(lowest.regular_price),
        varies=highest is not None and money(highest.final_price).value > final.value,
    )


def image(picture: Picturish | None, name: str) -> Image | None:
    """Return a picture that lies under the media folder, or None."""
    path = media_path(picture.url) if picture and picture.url else None
    return Image(path, text(picture.label) or name) if picture and path else None


def media_path(url: str) -> str | None:
    """Return the path under the media folder that ``url`` means, or None when it lies elsewhere."""
    found = _MEDIA.search(unquote(urlsplit(url).path))
    path = (found[1] or found[2]) if found else ""
    return _CACHED.sub(r"\1", path) if path and ".." not in path else None


def web_address(url: str | None) -> str | None:
    """Return an address that a link may lead to: of the web, or of this shop; None for all others."""
    parts = urlsplit(url or "")
    return url if url and (parts.scheme in ("http", "https") or (not parts.scheme and url.startswith("/"))) else None


def product_path(key: str | None, suffix: str | None) -> str:
    """Return a product's address."""
    return "/" + quote((key or "") + (suffix or ""))


def category_path(url_path: str | None, suffix: str) -> str:
    """Return a category's address."""
    return "/" + quote((url_path or "") + suffix)


def colour(swatch: SwatchData | None) -> str | None:
    """Return the colour that a value is shown in, ``#rrggbb``, or None."""
    if swatch is None or swatch.typename__ != "ColorSwatchData":
        return None
    return swatch.value if swatch.value and _COLOUR.fullmatch(swatch.value) else None


def trail(crumbs: Sequence[fragments.Crumb | None] | None, suffix: str) -> tuple[Place, ...]:
    """Return the way from the top, the top first."""
    return tuple(
        Place(text(crumb.category_name), category_path(crumb.category_url_path, suffix))
        for crumb in crumbs or ()
        if crumb
    )


def card(item: CardLike, today: str) -> Card:
    """Return a product of a list. ``today`` is a date, ``YYYY-MM-DD``."""
    name = text(item.name)
    return Card(
        sku=item.sku or "",
        name=name,
        path=product_path(item.url_key, item.url_suffix),
        image=image(item.small_image, name),
        price=price(item.price_range),
        in_stock=getattr(item, "stock_status", None) != "OUT_OF_STOCK",
        rating=getattr(item, "rating_summary", 0.0),
        reviews=getattr(item, "review_count", 0),
        new=_is_new(getattr(item, "new_from_date", None), getattr(item, "new_to_date", None), today),
        swatches=_swatches(item),
    )


def _is_new(since: str | None, until: str | None, today: str) -> bool:
    return bool(since or until) and (since or "")[:10] <= today <= (until or "9999")[:10]


def _swatches(item: CardLike) -> tuple[Swatch, ...]:
    found = []
    for option in there(getattr(item, "configurable_options", None)):
        for value in there(option.values):
            if (shade := colour(value.swatch_data)) is not None:
                found.append(Swatch(text(value.label), shade, option.attribute_code or ""))
    return tuple(found)
