"""The engine's core over the one store of this process: what a test writes is taken back afterwards."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_store import engine_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from galleria.shop.engine.project import Project

PLAIN = {
    "attribute_set_code": "Bag",
    "product_type": "simple",
    "categories": "Default Category/Gear,Default Category/Gear/Bags",
    "product_online": "1",
    "visibility": "Catalog, Search",
    "price": "34.00",
    "qty": "100",
    "is_in_stock": "1",
}


@pytest.fixture(scope="session")
def store() -> Project:
    """The store of this process."""
    return engine_store()


@pytest.fixture
def database(store: Project) -> Iterator[None]:
    """A database that is afterwards what it was before."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write_products(file: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a product file of rows that differ from a plain bag in what they say."""
    filled = [{**PLAIN, **row} for row in rows]
    columns = list(dict.fromkeys(name for row in filled for name in row))
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows(filled)
    return file


FAMILY: tuple[Mapping[str, str], ...] = (
    {
        "sku": "COAT-S-Red",
        "name": "Coat, S, Red",
        "visibility": "Not Visible Individually",
        "price": "60",
        "additional_attributes": "color=Red,size=S",
    },
    {
        "sku": "COAT-M-Blue",
        "name": "Coat, M, Blue",
        "visibility": "Not Visible Individually",
        "price": "70",
        "qty": "0",
        "additional_attributes": "color=Blue,size=M",
    },
    {
        "sku": "COAT",
        "name": "Coat",
        "product_type": "configurable",
        "price": "",
        "additional_attributes": "material=Wool|Cotton,new=Yes",
        "configurable_variations": "sku=COAT-S-Red,size=S,color=Red|sku=COAT-M-Blue,size=M,color=Blue",
        "configurable_variation_labels": "size=Size,color=Color",
        "related_skus": "BAG",
    },
    {
        "sku": "BAG",
        "name": "Duffle Bag",
        "special_price": "29.50",
        "additional_attributes": "material=Leather,new=No",
    },
    {"sku": "BALL", "name": "Exercise Ball", "price": "19"},
    {
        "sku": "KIT",
        "name": "Kit",
        "product_type": "bundle",
        "price": "",
        "bundle_price_type": "dynamic",
        "bundle_values": "name=Ball,type=radio,required=1,sku=BALL,price=0,default=1,default_qty=2,price_type=fixed"
        "|name=Bag,type=radio,required=1,sku=BAG,price=0,default=1,default_qty=1,price_type=fixed",
    },
    {
        "sku": "SET",
        "name": "Set",
        "product_type": "grouped",
        "price": "",
        "associated_skus": "BALL=0,BAG=0",
    },
    {
        "sku": "FILM",
        "name": "Film",
        "product_type": "downloadable",
        "price": "5",
        "qty": "",
        "manage_stock": "0",
        "additional_attributes": "links_purchased_separately=1,links_title=Films",
        "downloadable_links": "title=Part 1,sort_order=1,price=3,link_type=url,link_url=https://example.com/1"
        "|title=Part 2,sort_order=2,price=4,link_type=url,link_url=https://example.com/2",
    },
)
"""One product of every type. The columns are Magento's."""


@pytest.fixture
def family(store: Project, database: None, tmp_path: Path) -> Project:
    """The store with one product of every type, indexed."""
    from django.db import connection

    from galleria.shop.engine.importer import run
    from galleria.shop.engine.index import keeping

    report = run.take(write_products(tmp_path / "family.csv", FAMILY), None, store.media)
    assert report.problems == ()
    keeping.rebuild()
    connection.run_on_commit.clear()  # as after a commit, which never comes
    return store
