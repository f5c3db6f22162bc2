"""Lists of products: what is asked in the contract's words, found in the index, shown with its facets."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from oscar.core.loading import get_model

from galleria.shop.engine.graphql import uids
from galleria.shop.engine.graphql.catalogue_products import values_of
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.graphql.paging import page_info, total_pages
from galleria.shop.engine.index import keeping
from galleria.shop.engine.index.catalogue_index import Sort, Wanted
from galleria.shop.engine.shelf.models import ProductPosition
from galleria.shop.engine.shelf.reading import Batch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galleria.shop.engine.graphql.catalogue_shelf import Shelf
    from galleria.shop.engine.index.catalogue_index import Hits

Product = get_model("catalogue", "Product")

_SHORTEST_MATCH: Final = 3
_SORT_ORDER: Final = ("name", "position", "price", "relevance")
"""Of several sort keys the first of these decides, as in Magento."""

MAX_PAGE_SIZE: Final = 10_000
"""Magento has no limit unless one is set; the largest page that a published client asks for is 10,000."""

Filters = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A list that is asked for. ``in_category``: the one category whose order counts."""

    wanted: Wanted
    sort: Mapping[str, str] | None
    page_size: int
    current_page: int
    in_category: int | None = None


@dataclass(slots=True)
class _Reading:
    """A filter being read to what the index understands."""

    shelf: Shelf
    values: dict[str, object] = field(default_factory=dict)
    categories: list[tuple[int, ...]] = field(default_factory=list)
    facets: list[tuple[str, ...]] = field(default_factory=list)


def read_wanted(shelf: Shelf, search: str | None, filters: Filters | None) -> tuple[Wanted, int | None]:
    """Return what is wanted, and the category that it is about when it is one."""
    reading = _Reading(shelf)
    for name, condition in (filters or {}).items():
        if condition is not None:
            _read_filter(reading, name, condition)
    categories = reading.categories
    single = categories[0][0] if len(categories) == 1 and len(categories[0]) == 1 else None
    if search is not None and search.strip():
        reading.values["search"] = search
    wanted = Wanted(
        **reading.values,  # type: ignore[arg-type]
        categories=tuple(categories),
        facets=tuple(reading.facets),
    )
    return wanted, single


def products_page(shelf: Shelf, asked: Asked, *, below_category: bool = False) -> dict[str, object]:
    """Return one page of products as ``CategoryProducts`` and ``Products`` share it.

    Raises InvalidInput for a page or size below one, a size above the limit and a page past the end. Of a category's
    own list (``below_category``) the last is told at ``current_page`` only, as in Magento.
    """
    if asked.current_page < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if asked.page_size < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    if asked.page_size > MAX_PAGE_SIZE:
        raise InvalidInput(f"Maximum pageSize is {MAX_PAGE_SIZE}")
    hits = _find(asked)
    pages = total_pages(asked.page_size, hits.total)
    info = page_info(asked.current_page, asked.page_size, hits.total)
    if hits.total and asked.current_page > pages:
        if not below_category:
            raise InvalidInput(
                f"currentPage value {asked.current_page} specified is greater than the {pages} page(s) available."
            )
        info["current_page"] = InvalidInput(
            f"currentPage value {pages} specified is greater than the number of pages available."
        )
    batch = Batch.of_ids(hits.ids)
    return {"items": values_of(shelf, batch, hits.ids), "total_count": hits.total, "page_info": info}


def _find(asked: Asked) -> Hits:
    offset = (asked.current_page - 1) * asked.page_size
    return keeping.index().find(asked.wanted, _sort(asked), offset, asked.page_size)


def _sort(asked: Asked) -> Sort:
    given = {name: way for name, way in (asked.sort or {}).items() if way is not None}
    by = next((name for name in _SORT_ORDER if name in given), None)
    if by is None:
        if asked.wanted.search is not None:
            return Sort("relevance")
        if asked.in_category is None:
            return Sort("id", descending=True)
        by = "position"
    descending = given.get(by) == "DESC"
    if by == "position":
        return Sort("position", descending, _places(asked.in_category))
    wanted = asked.wanted
    words = (wanted.search, wanted.match_name, wanted.match_description, wanted.match_short_description)
    if by == "relevance" and not any(words):
        return Sort("id", descending)  # nothing is more relevant than another; Magento goes by the number then
    return Sort(by, descending)


def _places(category: int | None) -> dict[int, int]:
    if category is None:
        return {}
    rows = ProductPosition.objects.filter(link__category_id=category).exclude(position=0)
    return dict(rows.values_list("link__product_id", "position"))


def _read_filter(reading: _Reading, name: str, condition: dict[str, object]) -> None:
    if name == "price":
        _read_price(reading, condition)
    elif name in ("name", "description", "short_description"):
        _read_match(reading, name, condition)
    elif (values := _equal_values(condition)) is not None:
        if name == "sku":
            # By the database: exactly this product, not the configurable that the index finds by a variant's sku.
            reading.values["ids"] = tuple(Product.objects.filter(upc__in=values).values_list("pk", flat=True))
        elif name == "url_key":
            reading.values["url_keys"] = tuple(values)
        elif name in ("category_id", "category_uid", "category_url_path"):
            reading.categories.append(_category_ids(reading.shelf, name, values))
        else:
            reading.facets.append(tuple(f"{name}:{value}" for value in values))


def _equal_values(condition: dict[str, object]) -> list[str] | None:
    """Return what is asked for, None when nothing is: an empty list filters nothing."""
    if condition.get("eq") is not None:
        return [str(condition["eq"])]
    listed = condition.get("in")
    values = [str(value) for value in listed if value is not None] if isinstance(listed, list) else []
    return values or None


def _category_ids(shelf: Shelf, name: str, values: list[str]) -> tuple[int, ...]:
    if name == "category_id":
        return tuple(int(value) for value in values if value.isdigit() and len(value) < 12)
    if name == "category_uid":
        found = (uids.decode_id(value) for value in values)
        return tuple(pk for pk in found if pk is not None and pk >= 0)
    nodes = (shelf.tree.by_url_path(value) for value in values)
    return tuple(node.id for node in nodes if node is not None)


def _read_match(reading: _Reading, name: str, condition: dict[str, object]) -> None:
    match = condition.get("match")
    if match is None:
        return
    written = str(match) if len(str(match).strip()) >= _SHORTEST_MATCH else ""
    reading.values[f"match_{name}"] = written
    if name == "name":
        reading.values["match_partly"] = condition.get("match_type") == "PARTIAL"


def _read_price(reading: _Reading, condition: dict[str, object]) -> None:
    for bound in ("from", "to"):
        given = condition.get(bound)
        if given in (None, ""):
            continue
        try:
            amount = Decimal(str(given))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            reading.facets.append(())  # no number: nothing costs that
        else:
            reading.values[f"price_{bound}"] = amount
