"""What things cost, as pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from galleria.shop.engine.shelf.pricing import (
    FREE,
    Choice,
    Part,
    Price,
    Special,
    bundle_range,
    cheapest,
    dearest,
    own_price,
)

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def flat(amount: str) -> Price:
    return Price(Decimal(amount), Decimal(amount))


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (None, None, True),
        (NOW - DAY, NOW + DAY, True),
        (NOW + DAY, None, False),
        (None, NOW - DAY, False),
        (None, NOW.replace(hour=0), True),  # the last day counts to its end
    ],
)
def test_a_special_price_holds_from_its_first_to_its_last_day(
    start: datetime | None, end: datetime | None, holds: bool
) -> None:
    assert Special(Decimal(8), start, end).holds(NOW) is holds


def test_a_special_price_above_the_usual_one_does_not_count() -> None:
    assert own_price(Decimal(10), Special(Decimal(12)), NOW) == flat("10")


def test_percent_off_has_two_places() -> None:
    assert Price(Decimal(30), Decimal(20)).percent_off == Decimal("33.33")
    assert FREE.percent_off == 0


def test_nothing_costs_nothing() -> None:
    assert cheapest([]) == FREE
    assert dearest([]) == FREE


def test_a_bundle_costs_the_cheapest_of_every_required_choice_to_the_dearest_of_all() -> None:
    balls = Choice([Part(flat("23"), True), Part(flat("32"), True)], required=True, several=False)
    straps = Choice([Part(flat("14"), True), Part(flat("21"), True)], required=False, several=True)
    assert bundle_range([balls, straps]) == (flat("23"), flat("67"))


def test_a_part_that_is_sold_out_does_not_make_the_price() -> None:
    balls = Choice([Part(flat("23"), False), Part(flat("32"), True)], required=True, several=False)
    assert bundle_range([balls])[0] == flat("32")
