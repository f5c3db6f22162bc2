"""What a cart costs. Pure: plain values in, plain values out; taken by carts, estimates and orders alike."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql.money import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """An amount that a rule takes off a line. ``coupon`` is the code that let it in, '' for none."""

    label: str
    amount: Decimal
    coupon: str = ""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line as a rule sees it: ``price`` of one piece, before discounts and taxes."""

    id: int
    price: Decimal
    quantity: int
    taxable: bool = True
    ships: bool = True
    weight: Decimal = NOTHING
    discounts: tuple[AppliedDiscount, ...] = ()

    @property
    def row_total(self) -> Decimal:
        """Price times quantity."""
        return rounded(self.price * self.quantity)

    @property
    def discount(self) -> Decimal:
        """What all rules take off."""
        return sum((d.amount for d in self.discounts), NOTHING)


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax in percent, under the name it is listed by."""

    label: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What one line costs with its taxes."""

    line: PricedLine
    price_including_tax: Decimal
    row_total_including_tax: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What everything costs. ``taxes`` and ``discounts`` are summed by label, in the order they came up."""

    lines: tuple[LineTotals, ...] = ()
    subtotal: Decimal = NOTHING
    subtotal_including_tax: Decimal = NOTHING
    shipping: Decimal = NOTHING
    taxes: tuple[tuple[Tax, Decimal], ...] = ()
    discounts: tuple[AppliedDiscount, ...] = field(default=())

    @property
    def discount(self) -> Decimal:
        """What all rules take off."""
        return sum((d.amount for d in self.discounts), NOTHING)

    @property
    def tax(self) -> Decimal:
        """All taxes."""
        return sum((amount for _tax, amount in self.taxes), NOTHING)

    @property
    def subtotal_with_discount(self) -> Decimal:
        """What the lines cost before taxes and shipping."""
        return self.subtotal - self.discount

    @property
    def grand_total(self) -> Decimal:
        """What there is to pay."""
        return self.subtotal_with_discount + self.shipping + self.tax


def compute(lines: Sequence[PricedLine], taxes: Sequence[Tax] = (), shipping: Decimal = NOTHING) -> Totals:
    """Return what ``lines`` cost together.

    Taxes are reckoned on what is paid for a line (after discounts), shown on what it costs (before them), rounded a
    line; shipping is not taxed: Magento's stock rules.
    """
    priced = tuple(_line(line, taxes) for line in lines)
    by_tax: dict[Tax, Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        for tax in taxes if line.taxable else ():
            by_tax[tax] += _share(line.row_total - line.discount, tax)
    return Totals(
        lines=priced,
        subtotal=sum((line.row_total for line in lines), NOTHING),
        subtotal_including_tax=sum((p.row_total_including_tax for p in priced), NOTHING),
        shipping=rounded(shipping),
        taxes=tuple((tax, amount) for tax, amount in by_tax.items() if amount),
        discounts=_summed(d for line in lines for d in line.discounts),
    )


def _line(line: PricedLine, taxes: Sequence[Tax]) -> LineTotals:
    applied = taxes if line.taxable else ()
    on_row = sum((_share(line.row_total, tax) for tax in applied), NOTHING)
    on_piece = sum((_share(line.price, tax) for tax in applied), NOTHING)
    paid = sum((_share(line.row_total - line.discount, tax) for tax in applied), NOTHING)
    return LineTotals(line, line.price + on_piece, line.row_total + on_row, paid)


def _share(amount: Decimal, tax: Tax) -> Decimal:
    return rounded(amount * tax.percent / 100)


def _summed(discounts: Iterable[AppliedDiscount]) -> tuple[AppliedDiscount, ...]:
    by_label: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for discount in discounts:
        by_label[discount.label, discount.coupon] += discount.amount
    return tuple(AppliedDiscount(label, amount, coupon) for (label, coupon), amount in by_label.items() if amount)
