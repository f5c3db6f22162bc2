"""One row of Magento's product file, read or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from galleria.shop.engine.importer import cells
from galleria.shop.engine.importer.problems import RowRefused
from tests.support.engine_store import engine_store
from tests.unit.shop.engine.core.conftest import PLAIN

engine_store()  # the rows speak in choices that are Django's

from galleria.shop.engine.importer import magento  # noqa: E402


def row(**cells_: str) -> dict[str, str]:
    return {**PLAIN, "sku": "X", "name": "Thing", **cells_}


def test_a_comma_inside_a_value_is_part_of_it() -> None:
    assert cells.pairs("pattern=Solid,note=one, two,size=S") == [
        ("pattern", "Solid"),
        ("note", "one, two"),
        ("size", "S"),
    ]


def test_a_key_that_stands_again_begins_the_next_entry() -> None:
    assert [g["title"] for g in cells.groups("id=1,title=A,id=2,title=B|id=3,title=C")] == ["A", "B", "C"]


@pytest.mark.parametrize("written", ["12/31/26", "12/31/2026", "2026-12-31", "2026-12-31 00:00:00"])
def test_dates_are_read_as_merchants_write_them(written: str) -> None:
    assert cells.moment({"d": written}, "d") == datetime(2026, 12, 31, tzinfo=UTC)


def test_a_row_becomes_a_spec() -> None:
    spec = magento.spec_of(
        row(special_price="20", additional_images="/m/b/a.jpg", base_image="/m/b/a.jpg"), magento.Family()
    )
    assert (spec.price, spec.quantity, spec.categories) == (Decimal("34.00"), 100, ("Gear", "Gear/Bags"))
    assert spec.fields["slug"] == "thing"
    assert spec.record["special_price"] == Decimal(20)
    assert spec.gallery is not None
    assert spec.gallery[0].name == "catalog/product/m/b/a.jpg"


def test_an_empty_cell_leaves_what_is_there() -> None:
    spec = magento.spec_of(row(description="", weight=""), magento.Family())
    assert spec.fields["description"] is None
    assert spec.record["weight"] is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sku": " "}, "sku is empty"),
        ({"sku": "x" * 65}, "longer than 64"),
        ({"product_type": "giftcard"}, "must be one of simple"),
        ({"name": ""}, "name is empty"),
        ({"price": ""}, "price is empty"),
        ({"price": "ten"}, 'price is "ten", which is no number'),
        ({"price": "-1"}, "from 0 to"),
        ({"price": "NaN"}, "from 0 to"),
        ({"qty": "1e99"}, "from 0 to"),
        ({"visibility": "Everywhere"}, 'visibility is "Everywhere"'),
        ({"product_online": "maybe"}, "product_online must be 1 or 0"),
        ({"special_price_from_date": "soon"}, "no date"),
        ({"base_image": "/../../etc/passwd"}, "not a path inside"),
        ({"base_image": "a\\b.jpg"}, "not a path inside"),
    ],
)
def test_what_can_not_be_taken_is_refused_with_its_column(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(RowRefused, match=said):
        magento.spec_of(row(**wrong), magento.Family())
