"""Puts the demo catalogue into a new store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypedDict

from django.utils import timezone
from django.utils.text import slugify
from oscar.core.loading import get_model

from galleria.shop.engine.demo import booklet, pages, pictures
from galleria.shop.engine.demo.goods import CATEGORIES, COLOURS, GIFTS, GOODS, REVIEWS, SIZES
from galleria.shop.engine.shelf.models import Kind, Visibility
from galleria.shop.engine.stocking import categories as tree
from galleria.shop.engine.stocking.specs import (
    AttributeSpec,
    BundleSpec,
    CategorySpec,
    LinkSpec,
    Picture,
    ProductSpec,
    Roles,
    SampleSpec,
    SelectionSpec,
)
from galleria.shop.engine.stocking.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from galleria.shop.engine.demo.goods import Gift, Good, Shelf
    from galleria.shop.engine.project import Project

PRODUCT: Final = "catalog/product"
_STOCK: Final = (48, 30, 17, 64, 25, 9, 38)


def put_basics(project: Project) -> None:
    """Put in what every new store has: the root category, a few pages, the stand-in picture, how sending is noted."""
    tree.root()
    get_model("order", "ShippingEventType").objects.get_or_create(code="shipped", defaults={"name": "Shipped"})
    pages.put(pages.BASIC)
    pictures.save(pictures.placeholder(), project.media, "catalog/placeholder.jpg")


def put_demo(project: Project) -> None:
    """Put in the demo catalogue with its pictures, reviews and pages."""
    from django.db import transaction

    drawn = {good.sku: _draw(good, project.media) for good in GOODS}
    gifts = _gifts(project.media)
    with transaction.atomic():
        writer = Writer.begin()
        _attributes(writer)
        for place, category in enumerate(CATEGORIES, 1):
            writer.categories.ensure(_category(category, place, project.media))
        specs = [spec for good in GOODS for spec in _specs(good, drawn[good.sku])] + gifts
        writer.put(specs)
        writer.join(specs)
        _reviews(writer.ids)
        pages.put(pages.DEMO, pages.BLOCKS)
    pictures.save(pictures.hero(), project.media, "wysiwyg/hero.jpg")
    booklet.save(project.downloads)


def _attributes(writer: Writer) -> None:
    materials = sorted({name for good in GOODS for name in good.materials})
    uses = sorted({name for good in GOODS for name in good.uses})
    colours = {"choices": tuple(COLOURS), "swatches": COLOURS, "swatch": "color", "is_configurable": True}
    sizes = {"choices": SIZES, "swatches": {size: size for size in SIZES}, "swatch": "text", "is_configurable": True}
    for spec in (
        AttributeSpec("color", "Colour", **colours),  # type: ignore[arg-type]
        AttributeSpec("size", "Size", **sizes),  # type: ignore[arg-type]
        AttributeSpec("material", "Material", "multiselect", choices=tuple(materials)),
        AttributeSpec("activity", "Good for", "multiselect", choices=tuple(uses)),
        AttributeSpec("new", "New", "boolean"),
        AttributeSpec("sale", "Sale", "boolean"),
        AttributeSpec("eco_collection", "Recycled or organic", "boolean"),
    ):
        writer.attributes.ensure(spec)


def _category(category: Shelf, place: int, media: Path) -> CategorySpec:
    drawn = pictures.draw(category.art, category.colour, f"category {category.key}")
    return CategorySpec(
        category.path,
        category.key,
        f"<p>{category.text}</p>",
        position=place,
        image=pictures.save(drawn, media, f"catalog/category/{category.key}.jpg"),
        meta_title=category.title,
        meta_description=category.text,
    )


def _draw(good: Good, media: Path) -> dict[str, tuple[str, ...]]:
    """Draw a product in every colour and return the names by colour; the first has a closer look beside it."""
    found: dict[str, tuple[str, ...]] = {}
    for place, colour in enumerate(good.colours):
        name = f"{PRODUCT}/f/h/{good.sku.lower().removeprefix('fh-')}-{colour.lower()}"
        whole = pictures.draw(good.art, colour, f"{good.sku} {colour}")
        found[colour] = (pictures.save(whole, media, f"{name}.jpg"),)
        if not place:
            closer = pictures.detail(whole, len(good.sku))
            found[colour] += (pictures.save(closer, media, f"{name}-close.jpg"),)
    return found


def _specs(good: Good, drawn: dict[str, tuple[str, ...]]) -> Iterable[ProductSpec]:
    axes = [("color", "Colour")] * (len(good.colours) > 1) + [("size", "Size")] * bool(good.sizes)
    variants = (
        [_variant(good, colour, size, drawn) for colour in good.colours for size in good.sizes or ("",)] if axes else []
    )
    yield ProductSpec(
        sku=good.sku,
        kind=Kind.CONFIGURABLE if axes else Kind.SIMPLE,
        fields=_fields(good),
        record=_record(good),
        price=None if axes else Decimal(good.price),
        quantity=None if axes else _stock(good.sku),
        categories=_listed_in(good.category),
        values=_values(good) | ({} if axes else {"color": good.colours}),
        gallery=_gallery(good, drawn, good.colours),
        roles=_roles(good.name, drawn[good.colours[0]][0]),
        axes=tuple(axes) or None,
        variants=tuple(variant.sku for variant in variants) or None,
        related=_neighbours(good, same=True),
        upsell=_dearer(good),
        crosssell=_neighbours(good, same=False),
    )
    yield from variants


def _variant(good: Good, colour: str, size: str, drawn: dict[str, tuple[str, ...]]) -> ProductSpec:
    parts = [part for part in (size, colour if len(good.colours) > 1 else "") if part]
    sku = "-".join([good.sku, *(part.upper() for part in parts)])
    step = {"Small": Decimal("0.8"), "Large": Decimal("1.4")}.get(size, Decimal(1))
    price = (Decimal(good.price) * step).quantize(Decimal("0.5"))
    special = Decimal(good.special) if good.special else None
    values = {name: (value,) for name, value in (("color", colour), ("size", size)) if value}
    return ProductSpec(
        sku=sku,
        parent_sku=good.sku,
        fields={"title": f"{good.name}, {', '.join(parts)}", "slug": slugify(f"{good.name} {' '.join(parts)}")},
        record={"visibility": int(Visibility.NOWHERE), "weight": Decimal("0.6"), "special_price": special},
        price=price,
        quantity=_stock(sku),
        values=values,
        gallery=_gallery(good, drawn, (colour,)),
        roles=_roles(f"{good.name} in {colour}", drawn[colour][0]),
    )


def _fields(good: Good) -> dict[str, object]:
    facts = "".join(f"<li>{fact}</li>" for fact in good.facts)
    return {
        "title": good.name,
        "slug": slugify(good.name),
        "description": f"<p>{good.text}</p><ul>{facts}</ul>",
        "meta_description": good.lead,
    }


def _record(good: Good) -> dict[str, object]:
    return {
        "short_description": f"<p>{good.lead}</p>",
        "weight": Decimal("0.6"),
        "special_price": Decimal(good.special) if good.special and len(good.colours) == 1 and not good.sizes else None,
        "new_from": timezone.now() - timedelta(days=14) if good.is_new else None,
        "tax_class": "Taxable Goods",
    }


def _values(good: Good) -> dict[str, tuple[str, ...]]:
    return {
        "material": good.materials,
        "activity": good.uses,
        "new": ("Yes" if good.is_new else "No",),
        "sale": ("Yes" if good.special else "No",),
        "eco_collection": ("Yes" if good.eco else "No",),
    }


def _gallery(good: Good, drawn: dict[str, tuple[str, ...]], colours: Sequence[str]) -> tuple[Picture, ...]:
    found = [Picture(drawn[colour][0], f"{good.name} in {colour}") for colour in colours]
    closer = [Picture(name, f"{good.name} in {colours[0]}, closer") for name in drawn[colours[0]][1:]]
    return (*found[:1], *closer, *found[1:])


def _roles(label: str, name: str) -> Roles:
    return Roles((name, label), (name, label), (name, label), name)


def _listed_in(category: str) -> tuple[str, ...]:
    above = category.partition("/")[0]
    return (above, category) if above != category else (category,)


def _stock(sku: str) -> int:
    return _STOCK[sum(sku.encode()) % len(_STOCK)]


def _neighbours(good: Good, *, same: bool) -> tuple[str, ...]:
    if same:
        found = [other.sku for other in GOODS if other.category == good.category and other is not good]
    else:
        found = [other.sku for other in GOODS if other.category != good.category and set(other.uses) & set(good.uses)]
        start = sum(good.sku.encode()) % max(1, len(found))
        found = found[start:] + found[:start]
    return tuple(found[:4])


def _dearer(good: Good) -> tuple[str, ...]:
    section = good.category.partition("/")[0]
    found = [o for o in GOODS if o.category.startswith(section) and Decimal(o.price) > Decimal(good.price)]
    return tuple(other.sku for other in sorted(found, key=lambda other: Decimal(other.price))[:4])


def _gifts(media: Path) -> list[ProductSpec]:
    """Return one product of every other type: gift cards, a set, a box to choose, a booklet."""
    return [
        replace(_gift(gift, _GIFT_KINDS.get(gift.sku, Kind.VIRTUAL), media), **_gift_parts(gift.sku)) for gift in GIFTS
    ]


def _gift(gift: Gift, kind: Kind, media: Path) -> ProductSpec:
    name = pictures.save(pictures.draw(gift.art, gift.colour, gift.picture), media, f"{PRODUCT}/f/h/{gift.picture}.jpg")
    return ProductSpec(
        sku=gift.sku,
        kind=kind,
        fields={
            "title": gift.name,
            "slug": slugify(gift.name),
            "description": f"<p>{gift.text}</p>",
            "meta_description": gift.lead,
        },
        record={
            "short_description": f"<p>{gift.lead}</p>",
            "manage_stock": kind is not Kind.DOWNLOADABLE,
            "links_title": "The booklet" if kind is Kind.DOWNLOADABLE else None,
            "samples_title": "Look inside" if kind is Kind.DOWNLOADABLE else None,
        },
        categories=("Gifts",),
        values={"activity": ("Gift",), "new": ("No",), "sale": ("No",), "eco_collection": ("No",)},
        gallery=(Picture(name, gift.name),),
        roles=_roles(gift.name, name),
    )


_GIFT_KINDS: Final = {"FH-TABLE": Kind.GROUPED, "FH-FIRESIDE": Kind.BUNDLE, "FH-KNOTS": Kind.DOWNLOADABLE}


class _GiftParts(TypedDict, total=False):
    """What only one type of product has."""

    price: Decimal
    quantity: int
    grouped: tuple[tuple[str, Decimal], ...]
    bundle: tuple[BundleSpec, ...]
    links: tuple[LinkSpec, ...]
    samples: tuple[SampleSpec, ...]


def _gift_parts(sku: str) -> _GiftParts:
    one = Decimal(1)
    if sku == "FH-TABLE":
        return {"grouped": (("FH-MUG-CHALK", one), ("FH-PLATE-CHALK", one), ("FH-BOWL-MEDIUM-CHALK", one))}
    if sku == "FH-FIRESIDE":
        candle = _choice("Candle", "FH-CANDLE-CEDAR", "FH-CANDLE-SALT")
        cup = _choice("Cup", "FH-MUG-RUST", "FH-MUG-FJORD", "FH-ENAMEL-INK")
        return {"bundle": (candle, cup, _choice("Something warm", "FH-BEANIE-OCHRE", "FH-SCARF-FJORD", "FH-THROW-OAT"))}
    if sku == "FH-KNOTS":
        whole = LinkSpec("Twelve Knots (PDF)", Decimal(0), 1, file=booklet.FILE, sample_file=booklet.SAMPLE)
        first = SampleSpec("The first page (PDF)", 1, file=booklet.SAMPLE)
        return {"price": Decimal(6), "links": (whole,), "samples": (first,)}
    return {"price": Decimal(sku.rpartition("-")[2]), "quantity": 999}


def _choice(title: str, *skus: str) -> BundleSpec:
    selections = tuple(SelectionSpec(sku, Decimal(1), Decimal(0), is_default=sku == skus[0]) for sku in skus)
    return BundleSpec(title, "radio", is_required=True, selections=selections)


def _reviews(ids: dict[str, int]) -> None:
    review = get_model("reviews", "ProductReview")
    now = timezone.now()
    rows = [
        review(
            product_id=ids[said.sku], score=said.stars, title=said.title, body=said.text, name=said.name,
            email=f"{said.name.lower()}@example.com", status=review.APPROVED,
        )
        for said in REVIEWS
    ]  # fmt: skip
    made = review.objects.bulk_create(rows)
    for place, row in enumerate(made):
        row.date_created = now - timedelta(days=3 + 9 * place % 210, hours=place % 17)
    review.objects.bulk_update(made, ["date_created"])
    product = get_model("catalogue", "Product")
    for one in product.objects.filter(pk__in={row.product_id for row in made}):
        one.update_rating()
