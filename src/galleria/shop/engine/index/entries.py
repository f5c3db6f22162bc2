"""What the index holds of each product, made from the shelf."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from django.utils.html import strip_tags
from oscar.core.loading import get_model

from galleria.shop.engine.index.catalogue_index import Entry
from galleria.shop.engine.shelf.models import Attribute, CategoryRecord, Kind, Visibility
from galleria.shop.engine.shelf.reading import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from galleria.shop.engine.shelf.reading import Row

Product = get_model("catalogue", "Product")
Category = get_model("catalogue", "Category")
AttributeOption = get_model("catalogue", "AttributeOption")

CHUNK: Final = 300
_SPACE: Final = re.compile(r"\s+")


class Labels:
    """Texts and places that every entry needs: read once for a whole build."""

    def __init__(self) -> None:
        self.options = dict(AttributeOption.objects.values_list("pk", "option"))
        self.filterable = set(Attribute.objects.filter(is_filterable=True).values_list("code", flat=True))
        self.above = _listing_ancestors()


def entries(ids: Sequence[int] | None = None, now: datetime | None = None) -> Iterator[Entry]:
    """Yield the entry of every product that shoppers can find, or of those of ``ids`` that they can."""
    labels = Labels()
    wanted = findable_ids() if ids is None else ids
    for start in range(0, len(wanted), CHUNK):
        batch = Batch.of_ids(wanted[start : start + CHUNK], now)
        for row in batch.rows.values():
            if row.is_public and row.visibility != Visibility.NOWHERE:
                yield entry_of(row, batch, labels)


def findable_ids() -> list[int]:
    """Return the products that shoppers can find by themselves."""
    found = Product.objects.filter(is_public=True).exclude(record__visibility=Visibility.NOWHERE)
    return list(found.exclude(structure="child", record__isnull=True).order_by("id").values_list("pk", flat=True))


def entry_of(row: Row, batch: Batch, labels: Labels) -> Entry:
    """Return the entry of one product of a batch."""
    variants = batch.variants.get(row.id, []) if row.kind is Kind.CONFIGURABLE else []
    facets = _facets(row, batch, labels)
    own = batch.categories.get(row.id, [])
    texts = batch.texts.get(row.id)
    return Entry(
        id=row.id,
        skus=(row.sku, *(child.sku for child in variants)),
        url_key=row.url_key,
        name=html.unescape(row.name),
        body=_body(row, batch, facets, labels),
        price=batch.index_price(row),
        in_catalog=row.visibility in (Visibility.CATALOG, Visibility.BOTH),
        in_search=row.visibility in (Visibility.SEARCH, Visibility.BOTH),
        categories=tuple(dict.fromkeys(pk for category in own for pk in labels.above.get(category, (category,)))),
        facets=facets,
        description=_plain(texts.description) if texts else "",
        short_description=_plain(texts.short_description) if texts else "",
    )


def _facets(row: Row, batch: Batch, labels: Labels) -> tuple[str, ...]:
    sources = [batch.values.get(row.id)]
    if row.kind is Kind.CONFIGURABLE:
        offered = [child for child in batch.variants.get(row.id, []) if batch.children.salable(child)]
        sources += [batch.children.values.get(child.id) for child in offered]
    elif row.kind in (Kind.BUNDLE, Kind.GROUPED):
        sources += [batch.parts.values.get(pk) for pk in _part_ids(row, batch)]
    found: dict[str, None] = {}
    for values in sources:
        if values is None:
            continue
        for code, options in values.options.items():
            found.update({f"{code}:{option}": None for option in options})
        for code, value in values.others.items():
            if isinstance(value, bool):
                found[f"{code}:{int(value)}"] = None
    return tuple(facet for facet in found if facet.partition(":")[0] in labels.filterable)


def _part_ids(row: Row, batch: Batch) -> list[int]:
    options = batch.bundle_options.get(row.id, [])
    bundled = [selection.product_id for option in options for selection in batch.selections.get(option.pk, [])]
    return bundled + [item.item_id for item in batch.grouped_items.get(row.id, [])]


def _body(row: Row, batch: Batch, facets: Sequence[str], labels: Labels) -> str:
    texts = batch.texts.get(row.id)
    written = f"{texts.short_description} {texts.description}" if texts else ""
    chosen = []
    for facet in facets:
        code, _, value = facet.partition(":")
        if code in ("color", "size") or not value.isdigit():
            continue
        chosen.append(labels.options.get(int(value), ""))
    return _plain(f"{written} {' '.join(chosen)}")


def _plain(written: str) -> str:
    return _SPACE.sub(" ", html.unescape(strip_tags(written)))[:20_000]


def _listing_ancestors() -> Mapping[int, tuple[int, ...]]:
    """Return in which categories a product of each category is listed: its own, and all above that show it."""
    anchors = set(CategoryRecord.objects.filter(is_anchor=True).values_list("category_id", flat=True))
    paths = {path: pk for pk, path in Category.objects.values_list("pk", "path")}
    found: dict[int, tuple[int, ...]] = {}
    for path, pk in paths.items():
        above = [paths[path[:length]] for length in range(4, len(path), 4)]
        found[pk] = (pk, *(other for other in above if other in anchors))
    return found
