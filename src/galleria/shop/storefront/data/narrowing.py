"""How a list is narrowed and sorted: plain values on our side, the contract's inputs on the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from galleria.shop.storefront.client.input_types import ProductAttributeFilterInput, ProductAttributeSortInput

PRICE: Final = "price"
_PRICE_RANGE: Final = re.compile(r"(\d+(?:\.\d+)?|\*)?_(\d+(?:\.\d+)?|\*)?")
_NOT_FOR_SHOPPERS: Final = frozenset(
    {"category_id", "category_uid", "category_url_path", "sku", "url_key", "name", "description", "short_description"}
)
SORTS: Final = frozenset({"name", "position", "price", "relevance"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Which products a shopper wants to see. ``narrowed`` has attribute codes with values, in the address's order."""

    category_uid: str | None = None
    search: str | None = None
    narrowed: tuple[tuple[str, str], ...] = ()
    sort: str | None = None
    """A field, ``-`` before it for descending."""
    page: int = 1
    page_size: int = 24


def filterable() -> frozenset[str]:
    """Return the attributes that the contract lets a shopper narrow by."""
    from galleria.shop.storefront.client.input_types import ProductAttributeFilterInput

    return frozenset(ProductAttributeFilterInput.model_fields) - _NOT_FOR_SHOPPERS


def filter_input(wish: Wish) -> ProductAttributeFilterInput:
    """Return the contract's filter for ``wish``."""
    from galleria.shop.storefront.client.input_types import (
        FilterEqualTypeInput,
        FilterRangeTypeInput,
        ProductAttributeFilterInput,
    )

    chosen: dict[str, list[str | None]] = {}
    for code, value in wish.narrowed:
        chosen.setdefault(code, []).append(value)
    parts: dict[str, object] = {}
    for code, values in chosen.items():
        if code == PRICE:
            low, high = price_bounds(values[0] or "")
            parts[code] = FilterRangeTypeInput.model_validate({"from": low, "to": high})
        elif len(values) == 1:
            parts[code] = FilterEqualTypeInput(eq=values[0])
        else:
            parts[code] = FilterEqualTypeInput.model_validate({"in": values})
    if wish.category_uid:
        parts["category_uid"] = FilterEqualTypeInput(eq=wish.category_uid)
    return ProductAttributeFilterInput.model_validate(parts)


def sort_input(sort: str | None) -> ProductAttributeSortInput | None:
    """Return the contract's order for ``sort``, or None for the engine's own."""
    from galleria.shop.storefront.client.enums import SortEnum
    from galleria.shop.storefront.client.input_types import ProductAttributeSortInput

    if not sort:
        return None
    way = SortEnum.DESC if sort.startswith("-") else SortEnum.ASC
    return ProductAttributeSortInput.model_validate({sort.removeprefix("-"): way})


def price_bounds(value: str) -> tuple[str | None, str | None]:
    """Return the bounds of a price bucket such as ``30_40``; ``*`` or nothing is no bound."""
    match = _PRICE_RANGE.fullmatch(value)
    if match is None:
        return None, None
    low, high = match[1], match[2]
    return (None if low in (None, "*") else low), (None if high in (None, "*") else high)


def is_value(code: str, value: str) -> bool:
    """Say whether ``value`` is something one can narrow ``code`` to."""
    return 0 < len(value) <= 64 and (code != PRICE or price_bounds(value) != (None, None))
