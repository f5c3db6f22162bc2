"""Shopify's product files, CSV and JSON, told in the columns of Magento's: one way in for all.

Sources: the columns of Shopify's product CSV, the fields of ``products.json``. A product with one variant becomes a
simple one; any other a configurable with its handle as sku. A compare-at price is the usual price, the price then the
special one. Pictures are looked for by file name in the folder that comes with the file: nothing is fetched.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from django.utils.text import slugify

from galleria.shop.engine.importer import reading
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

REQUIRED_COLUMNS: Final = ("Handle", "Title")
_NO_CHOICE: Final = "Default Title"
_CODES: Final = {"colour": "color", "farbe": "color", "couleur": "color"}
_MAX_JSON: Final = 200 * 1024 * 1024

Row = dict[str, str]
Numbered = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class _Variant:
    line: int
    sku: str
    price: str
    compare_at: str
    quantity: str
    backorders: bool
    ships: bool
    grams: str
    choices: tuple[tuple[str, str], ...]
    picture: str = ""


@dataclass(frozen=True, slots=True)
class _Product:
    line: int
    handle: str
    title: str
    body: str
    kind: str
    published: bool
    seo_title: str
    seo_description: str
    pictures: tuple[tuple[str, str], ...]
    variants: tuple[_Variant, ...]


def csv_rows(file: Path) -> Iterator[Numbered]:
    """Yield Magento's rows for a Shopify CSV, with the line each comes from. Raises Problem as `reading.rows`."""
    numbered = reading.rows(file, REQUIRED_COLUMNS)
    for _handle, group in itertools.groupby(numbered, key=lambda pair: pair[1].get("Handle", "")):
        yield from _rows_of(_from_csv(list(group)))


def json_rows(file: Path) -> Iterator[Numbered]:
    """Yield Magento's rows for a Shopify JSON; a product's place in the list stands for its line.

    Raises Problem when the file can't be read or is no such list.
    """
    try:
        if file.stat().st_size > _MAX_JSON:
            raise Problem(f"The file is larger than {_MAX_JSON // 1024 // 1024} MB: split it.")
        found = json.loads(file.read_text("utf-8"))
        products = found["products"] if isinstance(found, dict) else found
        read = [_from_json(place, product) for place, product in enumerate(products, 1)]
    except OSError as error:
        raise Problem(f"The file can't be read: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Problem('The file is no product list of Shopify\'s: {"products": [...]} is expected.') from None
    for product in read:
        yield from _rows_of(product)


def _from_csv(group: Sequence[Numbered]) -> _Product:
    line, first = group[0]
    names = [first.get(f"Option{number} Name", "") for number in (1, 2, 3)]
    return _Product(
        line=line,
        handle=first.get("Handle", ""),
        title=first.get("Title", ""),
        body=first.get("Body (HTML)", ""),
        kind=first.get("Type", ""),
        published=_is_published(first.get("Published", ""), first.get("Status", "")),
        seo_title=first.get("SEO Title", ""),
        seo_description=first.get("SEO Description", ""),
        pictures=tuple((row["Image Src"], row.get("Image Alt Text", "")) for _, row in group if row.get("Image Src")),
        variants=tuple(
            _Variant(
                line=number,
                sku=row.get("Variant SKU", "").lstrip("'"),
                price=row.get("Variant Price", ""),
                compare_at=row.get("Variant Compare At Price", ""),
                quantity=row.get("Variant Inventory Qty", ""),
                backorders=row.get("Variant Inventory Policy", "") == "continue",
                ships=row.get("Variant Requires Shipping", "true").lower() != "false",
                grams=row.get("Variant Grams", ""),
                choices=_choices(names, [row.get(f"Option{place} Value", "") for place in (1, 2, 3)]),
                picture=row.get("Variant Image", ""),
            )
            for number, row in group
            if row.get("Variant Price") or row.get("Option1 Value")
        ),
    )


def _from_json(place: int, product: dict[str, Any]) -> _Product:
    names = [str(option["name"]) for option in product.get("options") or []]
    pictures = {image.get("id"): str(image["src"]) for image in product.get("images") or []}
    return _Product(
        line=place,
        handle=str(product.get("handle") or slugify(product["title"])),
        title=str(product["title"]),
        body=str(product.get("body_html") or ""),
        kind=str(product.get("product_type") or ""),
        published=_is_published("true" if product.get("published_at", True) else "false", product.get("status") or ""),
        seo_title="",
        seo_description="",
        pictures=tuple((str(image["src"]), str(image.get("alt") or "")) for image in product.get("images") or []),
        variants=tuple(
            _Variant(
                line=place,
                sku=str(variant.get("sku") or ""),
                price=str(variant.get("price") or ""),
                compare_at=str(variant.get("compare_at_price") or ""),
                quantity=str(variant.get("inventory_quantity", "")),
                backorders=variant.get("inventory_policy") == "continue",
                ships=variant.get("requires_shipping") is not False,
                grams=str(variant.get("grams") or ""),
                choices=_choices(names, [str(variant.get(f"option{n}") or "") for n in (1, 2, 3)]),
                picture=pictures.get(variant.get("image_id"), ""),
            )
            for variant in product["variants"]
        ),
    )


def _is_published(published: str, status: str) -> bool:
    return published.lower() != "false" and status.lower() in ("", "active")


def _choices(names: Sequence[str], values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return option and value as far as both are there; a bar or comma would read as more than one."""
    pairs = zip(names, values, strict=False)
    plain = [(name.strip(), value.strip().replace("|", "/").replace(",", ";")) for name, value in pairs]
    return tuple((name, value) for name, value in plain if name and value and value != _NO_CHOICE)


def _code(name: str) -> str:
    code = slugify(name).replace("-", "_") or "option"
    return _CODES.get(code, code)


def _rows_of(product: _Product) -> Iterator[Numbered]:
    if len(product.variants) == 1 and not product.variants[0].choices:
        only = product.variants[0]
        yield (
            product.line,
            {**_shared(product), **_variant_cells(only), **_kind(only), "sku": only.sku or product.handle},
        )
        return
    members = [(variant, variant.sku or _made_sku(product, variant)) for variant in product.variants]
    for variant, sku in members:
        picture = _name(variant.picture)
        yield (
            variant.line,
            {
                **_variant_cells(variant),
                **_kind(variant),
                "sku": sku,
                "name": f"{product.title}, {', '.join(value for _, value in variant.choices)}",
                "url_key": f"{product.handle}-{slugify(sku)}",
                "visibility": "Not Visible Individually",
                "product_online": "1",
                "attribute_set_code": product.kind or "Default",
                "additional_attributes": _values(variant),
                **({"base_image": picture, "additional_images": picture} if picture else {}),
            },
        )
    yield (
        product.line,
        {
            **_shared(product),
            "sku": product.handle,
            "product_type": "configurable",
            "configurable_variations": "|".join(f"sku={sku},{_values(variant)}" for variant, sku in members),
            "configurable_variation_labels": ",".join(f"{_code(n)}={n}" for n in _axes(product)),
        },
    )


def _shared(product: _Product) -> Row:
    names = [_name(source) for source, _ in product.pictures]
    labels = [label.replace(",", " ") for _, label in product.pictures]
    first = names[0] if names else ""
    kind = product.kind.replace(",", " ").replace("/", " ").strip()
    return {
        "name": product.title,
        "url_key": product.handle,
        "description": product.body,
        "attribute_set_code": product.kind or "Default",
        "categories": f"Default Category/{kind}" if kind else "",
        "product_online": "1" if product.published else "0",
        "visibility": "Catalog, Search",
        "meta_title": product.seo_title,
        "meta_description": product.seo_description,
        "base_image": first,
        "small_image": first,
        "thumbnail_image": first,
        "additional_images": ",".join(names),
        "additional_image_labels": ",".join(labels),
        "is_in_stock": "1",
    }


def _variant_cells(variant: _Variant) -> Row:
    usual, special = variant.price, ""
    if _more(variant.compare_at, variant.price):
        usual, special = variant.compare_at, variant.price
    grams = _decimal(variant.grams)
    return {
        "price": usual,
        "special_price": special,
        "qty": "0" if variant.quantity.startswith("-") else variant.quantity,
        "allow_backorders": "1" if variant.backorders else "0",
        "is_in_stock": "1",
        "weight": str(grams / 1000) if grams else "",
    }


def _kind(variant: _Variant) -> Row:
    return {"product_type": "simple" if variant.ships else "virtual"}


def _values(variant: _Variant) -> str:
    return ",".join(f"{_code(name)}={value}" for name, value in variant.choices)


def _axes(product: _Product) -> Iterable[str]:
    return dict.fromkeys(name for variant in product.variants for name, _ in variant.choices)


def _made_sku(product: _Product, variant: _Variant) -> str:
    return "-".join([product.handle, *(slugify(value) for _, value in variant.choices)])


def _name(source: str) -> str:
    name = PurePosixPath(unquote(urlsplit(source).path)).name.replace(",", "_")
    return f"/{name}" if name else ""


def _more(one: str, other: str) -> bool:
    first, second = _decimal(one), _decimal(other)
    return first is not None and second is not None and first > second


def _decimal(written: str) -> Decimal | None:
    try:
        value = Decimal(written.strip() or "x")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
