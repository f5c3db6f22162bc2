"""What search engines read of a page: schema.org values, as plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galleria.shop.storefront.data.values import Place
    from galleria.shop.storefront.pages.products import ProductPage

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json]"

_CONTEXT = "https://schema.org"
_SCHEMA_IN = "https://schema.org/InStock"
_SCHEMA_OUT = "https://schema.org/OutOfStock"


def product(page: ProductPage, public_url: str, summary: str, pictures: Sequence[str]) -> dict[str, Json]:
    """Return a product for search engines (schema.org/Product). ``pictures`` are addresses within the shop."""
    shown = page.product
    data: dict[str, Json] = {
        "@context": _CONTEXT,
        "@type": "Product",
        "name": shown.name,
        "sku": page.variant.sku if page.variant else shown.sku,
        "url": public_url + shown.path,
        "offers": {
            "@type": "Offer",
            "price": f"{page.price.final.value:.2f}",
            "priceCurrency": page.price.final.currency,
            "availability": _SCHEMA_IN if page.in_stock else _SCHEMA_OUT,
            "url": public_url + page.here,
        },
    }
    if summary:
        data["description"] = summary
    if pictures:
        data["image"] = [public_url + picture for picture in pictures]
    if shown.review_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{shown.rating / 20:.1f}",
            "reviewCount": shown.review_count,
        }
    return data


def trail(places: Sequence[Place], here: str, public_url: str) -> dict[str, Json]:
    """Return the way to a page for search engines (schema.org/BreadcrumbList)."""
    steps: list[Json] = [
        {"@type": "ListItem", "position": number, "name": place.name, "item": public_url + place.path}
        for number, place in enumerate(places, start=1)
    ]
    steps.append({"@type": "ListItem", "position": len(steps) + 1, "name": here})
    return {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": steps}
