"""Layered navigation: how a list divides by price, category and attribute."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql import uids
from galleria.shop.engine.index import keeping
from galleria.shop.engine.stocking.categories import ROOT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from galleria.shop.engine.graphql.catalogue_shelf import Shelf
    from galleria.shop.engine.index.catalogue_index import Counts, Wanted
    from galleria.shop.engine.shelf.models import Attribute

_SMALLEST_STEP: Final = 10


def aggregations(shelf: Shelf, wanted: Wanted, *, children_of: int | None = None) -> list[dict[str, object]]:
    """Return the contract's ``Aggregation`` list; nothing when nothing is found.

    ``children_of``: of the categories, only those right below this one.
    """
    highest = keeping.index().price_bounds(wanted)[1]
    step = _price_step(highest)
    counts = shelf.counts_of(wanted, step)
    if not counts.prices:
        return []
    while len(counts.prices) < 2 and step > _SMALLEST_STEP:
        step //= 10
        counts = shelf.counts_of(wanted, step)
    found = [_prices(counts, step), _categories(shelf, counts, children_of)]
    by_code = _by_code(counts)
    found += [_attribute(shelf, attribute, by_code.get(code, {})) for code, attribute in shelf.attributes.items()]
    return [aggregation for aggregation in found if aggregation["options"]]


def _price_step(highest: float) -> int:
    if highest < _SMALLEST_STEP:
        return _SMALLEST_STEP
    return max(_SMALLEST_STEP, int(10 ** math.floor(math.log10(highest))))


def _prices(counts: Counts, step: int) -> dict[str, object]:
    options = [
        _option(f"{start}-{start + step}", f"{start}_{start + step}", count)
        for start, count in sorted(counts.prices.items())
    ]
    return _aggregation("price", "Price", options, None)


def _categories(shelf: Shelf, counts: Counts, children_of: int | None) -> dict[str, object]:
    nodes = [(shelf.tree.nodes.get(pk), count) for pk, count in counts.categories.items() if pk != ROOT_ID]
    shown = [
        (node, count)
        for node, count in nodes
        if node is not None and (children_of is None or node.above[-1:] == (children_of,))
    ]
    shown.sort(key=lambda pair: (-pair[1], pair[0].id))
    options = [_option(node.name, uids.encode(node.id), count) for node, count in shown]
    return _aggregation("category_uid", "Category", options, None)


def _by_code(counts: Counts) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for facet, count in counts.facets.items():
        code, _, value = facet.partition(":")
        found.setdefault(code, {})[value] = count
    return found


def _attribute(shelf: Shelf, attribute: Attribute, found: Mapping[str, int]) -> dict[str, object]:
    if attribute.input == "boolean":
        options = [_option("Yes" if value == "1" else "No", value, found[value]) for value in sorted(found)]
    else:
        options = _choices(shelf, found)
    return _aggregation(attribute.code, attribute.label, options, attribute.position)


def _choices(shelf: Shelf, found: Mapping[str, int]) -> list[dict[str, object]]:
    known = [(shelf.options.get(int(value)), count) for value, count in found.items() if value.isdigit()]
    there = [(option, count) for option, count in known if option is not None]
    there.sort(key=lambda pair: (pair[0].position, pair[0].id))
    return [_option(option.label, str(option.id), count) for option, count in there]


def _option(label: str, value: str, count: int) -> dict[str, object]:
    return {"__typename": "AggregationOption", "label": label, "value": value, "count": count}


def _aggregation(code: str, label: str, options: list[dict[str, object]], position: int | None) -> dict[str, object]:
    return {"attribute_code": code, "label": label, "count": len(options), "position": position, "options": options}


def layer_filters(found: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Return aggregations as the contract's older ``LayerFilter`` list: a category is named by its number."""
    return [
        {
            "name": one["label"],
            "filter_items_count": one["count"],
            "request_var": "cat" if one["attribute_code"] == "category_uid" else one["attribute_code"],
            "filter_items": [_layer_item(option, str(one["attribute_code"])) for option in one["options"]],  # type: ignore[attr-defined]
        }
        for one in found
    ]


def _layer_item(option: dict[str, object], code: str) -> dict[str, object]:
    value = str(option["value"])
    if code == "category_uid":
        value = uids.decode(value)
    elif code == "price":
        value = value.replace("_", "-")
    return {
        "__typename": "LayerFilterItem",
        "label": option["label"],
        "value_string": value,
        "items_count": option["count"],
    }
