"""What a cart costs, from plain values."""

from __future__ import annotations

from decimal import Decimal

from galleria.shop.engine.graphql.totals import AppliedDiscount, PricedLine, Tax, compute

D = Decimal
MICHIGAN = Tax("US-MI-*-Rate 1", D("8.25"))


def line(number: int, price: str, quantity: int = 1, *, taxable: bool = True, off: str = "0") -> PricedLine:
    discounts = (AppliedDiscount("Discount", D(off)),) if D(off) else ()
    return PricedLine(number, D(price), quantity, taxable=taxable, discounts=discounts)


def test_an_empty_cart_costs_nothing() -> None:
    totals = compute([])
    assert totals.subtotal == totals.grand_total == 0
    assert not totals.taxes
    assert not totals.discounts


def test_only_taxable_goods_are_taxed_as_recorded_of_magento() -> None:
    totals = compute([line(1, "7", taxable=False), line(2, "32")], [MICHIGAN], D(10))
    assert totals.subtotal_including_tax == D("41.64")
    assert totals.taxes == ((MICHIGAN, D("2.64")),)
    assert totals.grand_total == D("51.64")


def test_a_tax_is_reckoned_on_what_is_paid() -> None:
    totals = compute([line(1, "100", off="20")], [Tax("T", D(10))])
    assert totals.taxes[0][1] == D("8.00")
    assert totals.grand_total == D("88.00")
    assert totals.subtotal_including_tax == D("110.00")


def test_discounts_of_one_label_are_one_discount() -> None:
    totals = compute([line(1, "96", off="19.2"), line(2, "57", off="11.4")])
    assert [(d.label, d.amount) for d in totals.discounts] == [("Discount", D("30.6"))]
    assert totals.subtotal_with_discount == D("122.4")
