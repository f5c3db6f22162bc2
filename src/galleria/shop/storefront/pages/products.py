"""The product page: which variant is chosen, what that makes of price and pictures, what can still be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.values import Card, Image, Option, Price, Product, Value, Variant


@dataclass(frozen=True, slots=True)
class ValueLink:
    """One value of an option: its link, whether it is chosen, whether any piece of it is left."""

    label: str
    colour: str | None
    link: str
    chosen: bool
    available: bool


@dataclass(frozen=True, slots=True)
class OptionBlock:
    """One option with its values; ``chosen`` is the label of the chosen one."""

    code: str
    label: str
    chosen: str | None
    swatches: bool
    values: tuple[ValueLink, ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything that a product's page shows."""

    product: Product
    options: tuple[OptionBlock, ...]
    chosen_uids: tuple[str, ...]
    variant: Variant | None
    price: Price
    images: tuple[Image, ...]
    in_stock: bool
    left: float | None
    missing: tuple[str, ...]
    """Labels of the options that are still to be chosen."""
    here: str
    related: tuple[Card, ...]


async def product_page(catalogue: Catalogue, key: str, query: Mapping[str, str]) -> ProductPage | None:
    """Return the page of the product with url key ``key``, with what ``query`` chooses; None when there is none."""
    product = await catalogue.product(key)
    if product is None:
        return None
    return choose(product, query, await catalogue.related(key))


def choose(product: Product, query: Mapping[str, str], related: tuple[Card, ...] = ()) -> ProductPage:
    """Return the page of ``product`` with the values chosen whose slugs stand in ``query``."""
    chosen = {
        option.code: value
        for option in product.options
        if (value := _value(option, query.get(option.code, ""))) is not None
    }
    fitting = [variant for variant in product.variants if _fits(variant, chosen)]
    complete = len(chosen) == len(product.options)
    variant = fitting[0] if fitting and complete and product.options else None
    missing = tuple(option.label for option in product.options if option.code not in chosen)
    return ProductPage(
        product=product,
        options=tuple(_block(product, option, chosen) for option in product.options),
        chosen_uids=tuple(chosen[option.code].uid for option in product.options if option.code in chosen),
        variant=variant,
        price=variant.price if variant else product.price,
        images=_images(product, fitting, chosen),
        in_stock=product.in_stock and (variant.in_stock if variant else not complete or not product.options),
        left=variant.left if variant else product.left,
        missing=missing,
        here=_link(product, chosen),
        related=related,
    )


def _value(option: Option, slug: str) -> Value | None:
    if len(option.values) == 1:
        return option.values[0]
    return next((value for value in option.values if value.slug == slug), None)


def _fits(variant: Variant, chosen: Mapping[str, Value]) -> bool:
    return all(variant.choice.get(code) == value.uid for code, value in chosen.items())


def _images(product: Product, fitting: list[Variant], chosen: Mapping[str, Value]) -> tuple[Image, ...]:
    if not chosen or not fitting:
        return product.images
    own = next((variant.images for variant in fitting if variant.images), ())
    return own or product.images


def _block(product: Product, option: Option, chosen: Mapping[str, Value]) -> OptionBlock:
    others = {code: value for code, value in chosen.items() if code != option.code}
    current = chosen.get(option.code)
    links = tuple(
        ValueLink(
            value.label,
            value.colour,
            _link(product, others | {option.code: value}),
            value is current,
            any(variant.in_stock for variant in product.variants if _fits(variant, others | {option.code: value})),
        )
        for value in option.values
    )
    return OptionBlock(
        option.code,
        option.label,
        current.label if current else None,
        bool(option.values) and all(value.colour for value in option.values),
        links,
    )


def _link(product: Product, chosen: Mapping[str, Value]) -> str:
    pairs = [(option.code, chosen[option.code].slug) for option in product.options if option.code in chosen]
    return f"{product.path}?{urlencode(pairs)}" if pairs else product.path
