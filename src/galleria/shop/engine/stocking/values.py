"""Attribute values of products, as Oscar keeps them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from oscar.core.loading import get_model

from galleria.shop.engine.stocking.rows import BATCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oscar.apps.catalogue.abstract_models import AbstractProductAttributeValue

    from galleria.shop.engine.stocking.attributes import AttributeBook
    from galleria.shop.engine.stocking.specs import ProductSpec

Product = get_model("catalogue", "Product")
ProductAttributeValue = get_model("catalogue", "ProductAttributeValue")
Through = ProductAttributeValue.value_multi_option.through

_Value = tuple[str, int | bool | str | tuple[int, ...] | None]
"""How a value is kept: the field's name and what is in it; several choices as a sorted tuple of their ids."""


def sync_values(specs: Sequence[ProductSpec], ids: Mapping[str, int], book: AttributeBook) -> set[str]:
    """Make every product's values what its spec says and return the skus whose values were not so before.

    Attributes that a spec does not name stay as they are.
    """
    wanted = {ids[spec.sku]: _wanted(spec, ids, book) for spec in specs}
    there = _there(list(wanted))
    skus = {ids[spec.sku]: spec.sku for spec in specs}
    create: list[tuple[AbstractProductAttributeValue, _Value]] = []
    update: list[tuple[AbstractProductAttributeValue, _Value]] = []
    delete: list[int] = []
    changed: set[str] = set()
    for pk, values in wanted.items():
        for attribute_id, value in values.items():
            row, current = there.get((pk, attribute_id), (None, None))
            if current == value:
                continue
            changed.add(skus[pk])
            if row is None:
                if value is not None:
                    create.append((ProductAttributeValue(product_id=pk, attribute_id=attribute_id), value))
            elif value is None:
                delete.append(row.pk)
            else:
                update.append((row, value))
    ProductAttributeValue.objects.filter(pk__in=delete).delete()
    _write(create, update)
    return changed


def _wanted(spec: ProductSpec, ids: Mapping[str, int], book: AttributeBook) -> dict[int, _Value | None]:
    values = spec.values or {}
    owner = book.product_class(spec.attribute_set, spec.kind)
    book.define(owner, values)
    found: dict[int, _Value | None] = {}
    for code, labels in values.items():
        definition = book.defined[owner.pk, code]
        found[definition.pk] = _kept(book, code, labels)
    return found


def _kept(book: AttributeBook, code: str, labels: tuple[str, ...]) -> _Value | None:
    if not labels:
        return None
    match book.attributes[code].input:
        case "select":
            return ("value_option_id", book.choices[code, labels[0]])
        case "multiselect":
            return ("value_multi_option", tuple(sorted({book.choices[code, label] for label in labels})))
        case "boolean":
            return ("value_boolean", labels[0].lower() in ("yes", "1", "true"))
        case _:
            return ("value_text", ", ".join(labels))


def _there(ids: list[int]) -> dict[tuple[int, int], tuple[AbstractProductAttributeValue, _Value]]:
    found: dict[tuple[int, int], tuple[AbstractProductAttributeValue, _Value]] = {}
    several: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        for value_id, option_id in Through.objects.filter(productattributevalue__product_id__in=part).values_list(
            "productattributevalue_id", "attributeoption_id"
        ):
            several[value_id].append(option_id)
        for row in ProductAttributeValue.objects.filter(product_id__in=part):
            found[row.product_id, row.attribute_id] = (row, _current(row, several))
    return found


def _current(row: AbstractProductAttributeValue, several: Mapping[int, list[int]]) -> _Value:
    if row.pk in several:
        return ("value_multi_option", tuple(sorted(several[row.pk])))
    for name in ("value_option_id", "value_boolean", "value_text"):
        if getattr(row, name) is not None:
            return (name, getattr(row, name))
    return ("", None)


def _write(
    create: list[tuple[AbstractProductAttributeValue, _Value]],
    update: list[tuple[AbstractProductAttributeValue, _Value]],
) -> None:
    for row, (name, value) in (*create, *update):
        if name != "value_multi_option":
            setattr(row, name, value)
    ProductAttributeValue.objects.bulk_create([row for row, _ in create], batch_size=BATCH // 4)
    if update:
        names = ["value_option_id", "value_boolean", "value_text"]
        ProductAttributeValue.objects.bulk_update([row for row, _ in update], names, batch_size=BATCH // 4)
        Through.objects.filter(productattributevalue__in=[row.pk for row, _ in update]).delete()
    Through.objects.bulk_create(
        [
            Through(productattributevalue_id=row.pk, attributeoption_id=option)
            for row, (name, value) in (*create, *update)
            if name == "value_multi_option"
            for option in _several(value)
        ],
        batch_size=BATCH,
    )


def _several(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else ()
