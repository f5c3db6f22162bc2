"""From the engine's answer about one product to the values of its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.values import (
    Card,
    Fact,
    Files,
    Image,
    Link,
    Look,
    Money,
    Option,
    Part,
    PartChoice,
    Place,
    Product,
    Review,
    Sample,
    Value,
    Variant,
)

if TYPE_CHECKING:
    from galleria.shop.storefront.client import fragments
    from galleria.shop.storefront.client import product as client
    from galleria.shop.storefront.client import variant_pictures as pictured

    Answer: TypeAlias = (
        client.ProductProductsItemsProductInterface
        | client.ProductProductsItemsBundleProduct
        | client.ProductProductsItemsConfigurableProduct
        | client.ProductProductsItemsDownloadableProduct
        | client.ProductProductsItemsGroupedProduct
    )

_KINDS = {
    "ConfigurableProduct": "configurable",
    "BundleProduct": "bundle",
    "GroupedProduct": "grouped",
    "DownloadableProduct": "downloadable",
    "VirtualProduct": "virtual",
}


def place(node: fragments.Menu, suffix: str) -> Place:
    """Return a category as a link, with what is below it as far as the operation asked."""
    children = [child for child in reading.there(getattr(node, "children", None)) if child.include_in_menu]
    return Place(
        name=reading.text(node.name),
        path=reading.category_path(node.url_path, suffix),
        uid=node.uid,
        products=node.product_count or 0,
        children=tuple(place(child, suffix) for child in children),
    )


def product(item: Answer, labels: Mapping[str, str], suffix: str, today: str) -> Product:
    """Return a product's page facts. ``labels`` names attributes by code."""
    name = reading.text(item.name)
    images = gallery(item.media_gallery, name) or _only(reading.image(item.image, name))
    summary = item.short_description.html if item.short_description else ""
    members = _members(item, today) if item.typename__ == "GroupedProduct" else ()
    price = reading.price(item.price_range)
    if len({member.price.final.value for member in members}) > 1:
        price = replace(price, varies=True)
    return Product(
        sku=item.sku or "",
        name=name,
        path=reading.product_path(item.url_key, item.url_suffix),
        kind=_KINDS.get(item.typename__, "simple"),
        title=reading.text(item.meta_title) or name,
        meta=reading.text(item.meta_description),
        description=item.description.html if item.description else "",
        summary=summary,
        price=price,
        images=images,
        in_stock=item.stock_status != "OUT_OF_STOCK",
        left=item.only_x_left_in_stock,
        rating=item.rating_summary,
        review_count=item.review_count,
        reviews=_reviews(item.reviews),
        trail=_deepest(item.categories, suffix),
        facts=_facts(item.custom_attributes_v_2, labels),
        tiers=tuple(
            (tier.quantity, reading.money(tier.final_price))
            for tier in reading.there(item.price_tiers)
            if tier.quantity
        ),
        options=_options(item) if item.typename__ == "ConfigurableProduct" else (),
        variants=_variants(item, name) if item.typename__ == "ConfigurableProduct" else (),
        parts=_parts(item) if item.typename__ == "BundleProduct" else (),
        files=_files(item) if item.typename__ == "DownloadableProduct" else None,
        members=members,
    )


def looks(
    item: pictured.VariantPicturesProductsItemsProductInterface
    | pictured.VariantPicturesProductsItemsConfigurableProduct,
) -> tuple[Look, ...]:
    """Return how the variants of a listed product look; those that can be bought come first."""
    if item.typename__ != "ConfigurableProduct":
        return ()
    found = [variant for variant in reading.there(item.variants) if variant.product is not None]
    found.sort(key=lambda variant: variant.product is not None and variant.product.stock_status == "OUT_OF_STOCK")
    return tuple(
        Look(values, image)
        for variant in found
        if (image := reading.image(variant.product.small_image if variant.product else None, "")) is not None
        for values in [tuple((one.code or "", reading.text(one.label)) for one in reading.there(variant.attributes))]
    )


def gallery(entries: Sequence[fragments.GalleryEntry | None] | None, name: str) -> tuple[Image, ...]:
    """Return the pictures of a gallery in their order, without hidden ones and videos."""
    shown = [entry for entry in entries or () if entry and not entry.disabled and entry.typename__ != "ProductVideo"]
    shown.sort(key=lambda entry: entry.position or 0)
    return tuple(picture for entry in shown if (picture := reading.image(entry, name)) is not None)


def _only(image: Image | None) -> tuple[Image, ...]:
    return (image,) if image else ()


def _reviews(reviews: fragments.Reviews) -> tuple[Review, ...]:
    return tuple(
        Review(item.average_rating, item.created_at[:10], item.nickname, item.summary, item.text)
        for item in reading.there(reviews.items)
    )


def _deepest(categories: Sequence[fragments.CategoryPlace | None] | None, suffix: str) -> tuple[Place, ...]:
    found = [category for category in categories or () if category]
    if not found:
        return ()
    best = max(found, key=lambda category: category.level or 0)
    here = Place(reading.text(best.name), reading.category_path(best.url_path, suffix), best.uid)
    return (*reading.trail(best.breadcrumbs, suffix), here)


def _facts(facts: fragments.Facts | None, labels: Mapping[str, str]) -> tuple[Fact, ...]:
    rows = []
    for item in facts.items if facts else ():
        if item is None:
            continue
        if item.typename__ == "AttributeSelectedOptions":
            value = ", ".join(reading.text(option.label) for option in reading.there(item.selected_options))
        else:
            value = reading.text(getattr(item, "value", ""))
        if value:
            rows.append(Fact(labels.get(item.code) or item.code.replace("_", " ").capitalize(), value))
    return tuple(rows)


def _options(item: client.ProductProductsItemsConfigurableProduct) -> tuple[Option, ...]:
    found = sorted(reading.there(item.configurable_options), key=lambda option: option.position or 0)
    return tuple(
        Option(
            option.attribute_code or "",
            reading.text(option.label),
            tuple(
                Value(value.uid or "", reading.text(value.label), slug(value.label), reading.colour(value.swatch_data))
                for value in reading.there(option.values)
            ),
        )
        for option in found
    )


def _variants(item: client.ProductProductsItemsConfigurableProduct, name: str) -> tuple[Variant, ...]:
    found = []
    for variant in reading.there(item.variants):
        simple = variant.product
        if simple is None:
            continue
        found.append(
            Variant(
                sku=simple.sku or "",
                choice={attribute.code or "": attribute.uid for attribute in reading.there(variant.attributes)},
                in_stock=simple.stock_status != "OUT_OF_STOCK",
                left=simple.only_x_left_in_stock,
                price=reading.price(simple.price_range),
                images=gallery(simple.media_gallery, name) or _only(reading.image(simple.image, name)),
            )
        )
    return tuple(found)


def _parts(item: client.ProductProductsItemsBundleProduct) -> tuple[Part, ...]:
    found = sorted(reading.there(item.items), key=lambda part: part.position or 0)
    return tuple(
        Part(
            reading.text(part.title),
            bool(part.required),
            part.type_ in ("checkbox", "multi"),
            tuple(
                _part_choice(option, item)
                for option in sorted(reading.there(part.options), key=lambda one: one.position or 0)
            ),
        )
        for part in found
    )


def _part_choice(
    option: client.ProductProductsItemsBundleProductItemsOptions, bundle: client.ProductProductsItemsBundleProduct
) -> PartChoice:
    pieces = option.quantity or 1.0
    return PartChoice(
        option.uid,
        reading.text(option.label),
        pieces,
        _part_price(option, bundle, pieces),
        bool(option.is_default),
        option.product is not None and option.product.stock_status != "OUT_OF_STOCK",
    )


def _part_price(
    option: client.ProductProductsItemsBundleProductItemsOptions,
    bundle: client.ProductProductsItemsBundleProduct,
    pieces: float,
) -> Money | None:
    """Return what a choice adds: its product's own price, or what the bundle says; a share of the whole is none."""
    if bundle.dynamic_price:
        each = reading.price(option.product.price_range).final if option.product else None
        return Money(each.value * pieces, each.currency) if each else None
    if option.price and option.price_type is not None and option.price_type.value == "FIXED":
        return Money(option.price, reading.price(bundle.price_range).final.currency)
    return None


def _files(item: client.ProductProductsItemsDownloadableProduct) -> Files:
    currency = reading.price(item.price_range).final.currency
    links = sorted(reading.there(item.downloadable_product_links), key=lambda link: link.sort_order or 0)
    samples = sorted(reading.there(item.downloadable_product_samples), key=lambda sample: sample.sort_order or 0)
    return Files(
        title=reading.text(item.links_title) or "Files",
        links=tuple(
            Link(
                link.uid,
                reading.text(link.title),
                Money(link.price or 0.0, currency),
                reading.web_address(link.sample_url),
            )
            for link in links
        ),
        separate=bool(item.links_purchased_separately),
        samples=tuple(
            Sample(reading.text(sample.title) or "Sample", address)
            for sample in samples
            if (address := reading.web_address(sample.sample_url)) is not None
        ),
    )


def _members(item: client.ProductProductsItemsGroupedProduct, today: str) -> tuple[Card, ...]:
    found = sorted(reading.there(item.items), key=lambda member: member.position or 0)
    return tuple(reading.card(member.product, today) for member in found if member.product)


def slug(label: str | None) -> str:
    """Return a label as it stands in an address: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", reading.text(label).lower()).strip("-") or "x"
