"""Shopify's product files come the same way in."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from galleria.shop.engine.importer.run import Report
    from galleria.shop.engine.project import Project

CSV = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Requires Shipping,Image Src,Image Position,Image Alt Text,Status
shirt,Linen Shirt,"<p>Cool,
and long</p>",Us,Shirts,,true,Colour,Blue,Size,S,SH-B-S,250,4,deny,40.00,55.00,true,https://cdn.example/shirt.jpg?v=1,1,Front,active
shirt,,,,,,,,Blue,,M,SH-B-M,260,0,deny,40.00,,true,,,,
shirt,,,,,,,,,,,,,,,,,,https://cdn.example/back.jpg,2,Back,
card,Gift Card,,Us,Cards,,true,Title,Default Title,,,CARD,0,99,deny,25.00,,false,,,,active
draft,Draft,,Us,Cards,,true,Title,Default Title,,,DRAFT,0,1,deny,1.00,,true,,,,draft
bad,Bad,,Us,Cards,,true,Title,Default Title,,,BAD,0,1,deny,free,,true,,,,active
"""  # noqa: E501

LIST = {
    "products": [
        {
            "title": "Hat",
            "handle": "hat",
            "body_html": "<p>Warm</p>",
            "product_type": "Hats",
            "options": [{"name": "Color", "values": ["Red", "Green"]}],
            "images": [{"id": 7, "src": "https://cdn.example/hat.jpg", "alt": None}],
            "variants": [
                {"sku": "HAT-R", "price": "20.00", "option1": "Red", "inventory_quantity": 3, "image_id": 7},
                {"sku": "", "price": "21.00", "option1": "Green", "inventory_quantity": -2},
            ],
        }
    ]
}


def take(store: Project, file: Path) -> Report:
    from galleria.shop.engine.importer import run

    return run.take(file, None, store.media)


def prices(sku: str) -> tuple[Decimal, Decimal]:
    from galleria.shop.engine.shelf.reading import Batch, read_rows

    batch = Batch(read_rows(upc=sku))
    price = batch.price_range(next(iter(batch.rows.values())))[0]
    return price.regular, price.final


def test_a_csv_becomes_configurables_simples_and_virtuals(store: Project, database: None, tmp_path: Path) -> None:
    from oscar.core.loading import get_model

    file = tmp_path / "shopify.csv"
    file.write_text(CSV)
    report = take(store, file)
    products = get_model("catalogue", "Product").objects
    shirt = products.get(upc="shirt")
    assert {child.upc for child in shirt.children.all()} == {"SH-B-S", "SH-B-M"}
    assert [axis.attribute.code for axis in shirt.configurable_options.all()] == ["color", "size"]
    assert prices("SH-B-S") == (Decimal(55), Decimal(40))
    assert prices("shirt") == (Decimal(55), Decimal(40))  # M is sold out
    assert products.get(upc="CARD").record.kind == "virtual"
    assert products.get(upc="DRAFT").is_public is False
    refused = [(problem.line, problem.sku) for problem in report.problems if problem.skipped]
    assert refused == [(8, "BAD")]
    lost = [problem.message for problem in report.problems if not problem.skipped]
    assert any("/shirt.jpg" in message for message in lost)


def test_the_same_csv_again_changes_nothing(store: Project, database: None, tmp_path: Path) -> None:
    file = tmp_path / "shopify.csv"
    file.write_text(CSV)
    created = take(store, file).created
    again = take(store, file)
    assert (again.created, again.changed, again.unchanged) == (0, 0, created)


def test_a_json_list_comes_in_too(store: Project, database: None, tmp_path: Path) -> None:
    from oscar.core.loading import get_model

    file = tmp_path / "products.json"
    file.write_text(json.dumps(LIST))
    assert take(store, file).created == 3
    hat = get_model("catalogue", "Product").objects.get(upc="hat")
    assert {child.upc for child in hat.children.all()} == {"HAT-R", "hat-green"}
    assert prices("hat") == (Decimal(20), Decimal(20))


@pytest.mark.parametrize("content", ["{}", "[1]", '{"products": 3}', "{nonsense", '[{"title": "x"}]'])
def test_another_json_is_refused_as_a_whole(store: Project, database: None, tmp_path: Path, content: str) -> None:
    from galleria.shop.engine.problems import Problem

    file = tmp_path / "other.json"
    file.write_text(content)
    with pytest.raises(Problem, match="product list"):
        take(store, file)
