"""Carts: whose they are, what is in them, what they cost. Oscar's basket with a record beside it."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from oscar.core.loading import get_class, get_model

from galleria.shop.engine.graphql import configuration, goods, payments, shipping, taxes
from galleria.shop.engine.graphql.accounts import current_customer
from galleria.shop.engine.graphql.addresses import Address, Place, place_of
from galleria.shop.engine.graphql.errors import AlreadyExists, InvalidInput, NoSuchEntity, NotAuthorized
from galleria.shop.engine.graphql.money import rounded
from galleria.shop.engine.graphql.pricing import CartStrategy
from galleria.shop.engine.graphql.records.models import CartLineRecord, CartRecord
from galleria.shop.engine.graphql.totals import NOTHING, AppliedDiscount, PricedLine, Totals, compute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import AbstractUser
    from oscar.apps.basket.abstract_models import AbstractBasket, AbstractLine

    from galleria.shop.engine.graphql.context import RequestContext
    from galleria.shop.engine.graphql.goods import Goods

Basket = get_model("basket", "Basket")
Line = get_model("basket", "Line")

MASKED_ID_LENGTH: Final = 32
_ALPHABET: Final = string.ascii_letters + string.digits
NOT_ACTIVE: Final = "The cart isn't active."


class CartUnknown(NoSuchEntity):
    """There is no cart of this name."""


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line: what was asked for (``named``) and what is sold: the variant of a configurable, else the same."""

    row: AbstractLine
    record: CartLineRecord
    named: Goods
    sold: Goods

    @property
    def id(self) -> int:
        """The line's number."""
        return int(self.row.pk)

    @property
    def quantity(self) -> int:
        """How many pieces."""
        return int(self.row.quantity)

    @property
    def price(self) -> Decimal:
        """The price of one piece, parts and links included."""
        if not self.sold.adds_parts:
            return self.sold.price
        parts = (Decimal(str(part["price"])) * part["quantity"] for part in self.record.parts)
        return sum(parts, self.sold.price)


@dataclass
class Cart:
    """An open cart of the one who asks."""

    basket: AbstractBasket
    record: CartRecord
    customer: AbstractUser | None = None
    asked_about: Place | None = None
    _lines: list[CartLine] | None = field(default=None, repr=False)
    _known: dict[int, Goods] = field(default_factory=dict, repr=False)

    @property
    def masked_id(self) -> str:
        """The name clients know it by."""
        return str(self.record.masked_id)

    @property
    def email(self) -> str | None:
        """Whom the order is confirmed to."""
        if self.record.email:
            return str(self.record.email)
        return self.customer.email if self.customer is not None else None

    @property
    def lines(self) -> list[CartLine]:
        """The lines, the oldest first."""
        if self._lines is None:
            self._lines = _load_lines(self.basket, self._known)
        return self._lines

    def know(self, *found: Goods) -> None:
        """Take goods that were just read, so that they are not read again for this cart while it is held."""
        self._known.update((each.id, each) for each in found)

    def changed(self) -> None:
        """Forget what was worked out: the cart is not what it was."""
        self._lines = None
        self.repriced()

    def forgotten(self) -> None:
        """Forget everything that was read of it and of the goods in it."""
        self._known.clear()
        self.changed()

    def repriced(self) -> None:
        """Forget what it costs; the lines are right."""
        self.__dict__.pop("totals", None)
        self.__dict__.pop("priced", None)

    @property
    def is_virtual(self) -> bool:
        """Whether there is something in it and nothing of it is sent."""
        return bool(self.lines) and not any(line.sold.ships for line in self.lines)

    @property
    def quantity(self) -> int:
        """All pieces."""
        return sum(line.quantity for line in self.lines)

    @property
    def shipping_address(self) -> Address | None:
        """Where it is to be sent."""
        kept = self.record.shipping_address
        return None if kept is None else Address.of(kept)

    @property
    def billing_address(self) -> Address | None:
        """Who pays."""
        kept = self.record.billing_address
        return None if kept is None else Address.of(kept)

    @property
    def place(self) -> Place | None:
        """What shipping and taxes go by: what is asked about, else the address, else what was asked about before."""
        if self.asked_about is not None:
            return self.asked_about
        address = self.billing_address if self.is_virtual else self.shipping_address
        if address is not None:
            return place_of(address)
        kept = self.record.estimate
        return None if kept is None else Place(**kept)

    @cached_property
    def priced(self) -> tuple[PricedLine, ...]:
        """The lines with what rules take off them."""
        return _priced(self)

    @property
    def shipping_method(self) -> shipping.Method | None:
        """How it is sent; None when none is chosen or the chosen one does not send there any more."""
        if not self.record.method_code or self.is_virtual or not self.lines:
            return None
        try:
            return shipping.method(self.place, self.record.carrier_code, self.record.method_code)
        except NoSuchEntity:
            return None

    @cached_property
    def totals(self) -> Totals:
        """What it costs."""
        chosen = self.shipping_method
        charge = chosen.charges.amount(self.priced) if chosen is not None else NOTHING
        return compute(self.priced, taxes.taxes_for(self.place), charge)

    @property
    def payment_methods(self) -> list[payments.Method]:
        """What may be chosen to pay with."""
        return payments.methods_for(self.totals.grand_total)


def create(customer: AbstractUser | None, masked_id: str | None = None) -> Cart:
    """Return a new cart, or a customer's open one.

    Raises InvalidInput for a wished-for id of another length, AlreadyExists when it is taken.
    """
    if masked_id is not None and len(masked_id) != MASKED_ID_LENGTH:
        raise InvalidInput("Cart ID length should to be 32 symbols.")
    if masked_id is not None and CartRecord.objects.filter(masked_id=masked_id).exists():
        raise AlreadyExists(f'Cart with ID "{masked_id}" already exists.')
    if customer is not None:
        found = _open_cart_of(customer)
        if found is not None:
            return found
    with transaction.atomic():
        basket = Basket.objects.create(owner=customer)
        record = CartRecord.objects.create(basket=basket, masked_id=masked_id or new_masked_id())
    return Cart(basket, record, customer)


def new_masked_id() -> str:
    """Return a name that nobody guesses: 32 letters and digits, 190 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(MASKED_ID_LENGTH))


def _open_cart_of(customer: AbstractUser) -> Cart | None:
    record = (
        CartRecord.objects.filter(basket__owner=customer, basket__status=Basket.OPEN)
        .select_related("basket")
        .order_by("-basket_id")
        .first()
    )
    return None if record is None else Cart(record.basket, record, customer)


def open_cart(context: RequestContext, masked_id: str) -> Cart:
    """Return the cart of this name for the one who asks.

    Raises NoSuchEntity when there is none or it is closed, NotAuthorized when it is another person's.
    """
    if not masked_id:
        raise InvalidInput('Required parameter "cart_id" is missing')
    record = _record(masked_id)
    if record.basket.status != Basket.OPEN:
        raise NoSuchEntity(NOT_ACTIVE)
    customer = current_customer(context)
    if record.basket.owner_id != (customer.pk if customer is not None else None):
        raise NotAuthorized(f'The current user cannot perform operations on cart "{masked_id}"')
    return Cart(record.basket, record, customer)


def lock(cart: Cart) -> None:
    """Hold the cart until the transaction ends, so that two requests change it one after the other.

    Raises NoSuchEntity when another request has closed it meanwhile.
    """
    held = CartRecord.objects.select_for_update().select_related("basket").filter(pk=cart.record.pk).first()
    if held is None or held.basket.status != Basket.OPEN:
        raise NoSuchEntity(NOT_ACTIVE)
    cart.basket.status = held.basket.status
    held.basket = cart.basket
    cart.record = held
    cart.forgotten()


def _record(masked_id: str) -> CartRecord:
    record = CartRecord.objects.filter(masked_id=masked_id).select_related("basket").first()
    if record is None:
        raise CartUnknown(f'Could not find a cart with ID "{masked_id}"')
    return record


def claim(cart_id: str, customer: AbstractUser) -> Cart:
    """Make a guest's cart the customer's. Raises NoSuchEntity, NotAuthorized when it has an owner already."""
    record = _record(cart_id)
    if record.basket.status != Basket.OPEN:
        raise NoSuchEntity(NOT_ACTIVE)
    if record.basket.owner_id is not None:
        raise NotAuthorized(f'The current user cannot perform operations on cart "{cart_id}"')
    return Cart(record.basket, record, customer)


def _load_lines(basket: AbstractBasket, known: dict[int, Goods]) -> list[CartLine]:
    """Return the lines of a basket; goods that are not in ``known`` yet are read into it."""
    rows = list(Line.objects.filter(basket=basket).select_related("record", "product", "stockrecord").order_by("pk"))
    records = [_record_of(row) for row in rows]
    wanted = {r.product_id for r in records} | {row.product_id for row in rows}
    known.update(goods.by_ids(wanted - known.keys()))
    return [
        CartLine(row, record, known[record.product_id], known[row.product_id])
        for row, record in zip(rows, records, strict=True)
        if record.product_id in known and row.product_id in known
    ]


def _record_of(row: AbstractLine) -> CartLineRecord:
    found = getattr(row, "record", None)
    return found if found is not None else CartLineRecord(line=row, product_id=row.product_id, kind="simple")


def _priced(cart: Cart) -> tuple[PricedLine, ...]:
    by_line = _discounts(cart)
    return tuple(
        PricedLine(
            id=line.id,
            price=line.price,
            quantity=line.quantity,
            taxable=line.sold.taxable,
            ships=line.sold.ships,
            weight=line.sold.weight,
            discounts=tuple(by_line.get(line.id, ())),
        )
        for line in cart.lines
    )


def _discounts(cart: Cart) -> dict[int, list[AppliedDiscount]]:
    """Return what Oscar's offers and vouchers take off each line."""
    applicator = get_class("offer.applicator", "Applicator")()
    basket, user = cart.basket, cart.customer or AnonymousUser()
    offers = applicator.get_offers(basket, user)
    if not offers or not cart.lines:
        return {}
    rows = [line.row for line in cart.lines]
    basket.strategy = CartStrategy({line.id: line.price for line in cart.lines}, configuration.currencies().base)
    for row in rows:
        row.basket = basket
        row._purchase_info = None
        row.clear_discount()
    basket.reset_offer_applications()
    show_lines(basket, rows)
    applicator.apply_offers(basket, offers)
    return {row.pk: _applied(row, cart) for row in rows}


def show_lines(basket: AbstractBasket, rows: list[AbstractLine]) -> None:
    """Make Oscar see exactly these rows as the basket's lines: offers leave their discounts on the objects."""
    known = Line.objects.filter(basket=basket)
    known._result_cache = rows
    basket._lines = known


def _applied(row: AbstractLine, cart: Cart) -> list[AppliedDiscount]:
    found = []
    for application in row.discounts:
        voucher = application.offer.get_voucher() if application.offer is not None else None
        label = application.offer.name if application.offer is not None else "Discount"
        found.append(AppliedDiscount(label, rounded(application.amount), cart.record.coupon if voucher else ""))
    return found


def merge(source: Cart, destination: Cart) -> None:
    """Move every line of ``source`` into ``destination`` and close ``source``. Same goods become one line."""
    with transaction.atomic():
        lock(source)
        lock(destination)
        present = {_sameness(line): line for line in destination.lines}
        for line in source.lines:
            twin = present.get(_sameness(line))
            if twin is not None:
                _set_quantity(twin.row, twin.quantity + line.quantity)
                present[_sameness(line)] = CartLine(twin.row, twin.record, twin.named, twin.sold)
            else:
                moved = add_line(destination, line.named, line.sold, line.quantity, line.record.selected, line.record)
                present[_sameness(line)] = CartLine(moved, moved.record, line.named, line.sold)
        source.basket.status = Basket.MERGED
        source.basket.save(update_fields=["status"])
        destination.changed()


def _sameness(line: CartLine) -> tuple[object, ...]:
    return (line.named.id, line.sold.id, line.record.kind, tuple(sorted(line.record.selected)))


def _set_quantity(row: AbstractLine, quantity: int) -> None:
    Line.objects.filter(pk=row.pk).update(quantity=quantity)
    row.quantity = quantity


def _stock_of_parts(parts: Sequence[Mapping[str, object]]) -> int | None:
    """Return the stock that stands for a set, which has none of its own: that of its first part."""
    known = goods.by_ids({int(str(part["product_id"])) for part in parts if "product_id" in part})
    return next((found.stock_id for found in known.values() if found.stock_id is not None), None)


def add_line(
    cart: Cart,
    named: Goods,
    sold: Goods,
    quantity: int,
    selected: Sequence[str],
    like: CartLineRecord,
) -> AbstractLine:
    """Put goods into a cart: onto the line that was asked for in the same way and order, else onto a new one."""
    reference = "-".join((str(named.id), str(sold.id), like.kind, goods.fingerprint(selected)))[:128]
    currency = configuration.currencies().base
    cart.know(named, sold)
    existing = next((line for line in cart.lines if line.row.line_reference == reference), None)
    if existing is not None:
        _set_quantity(existing.row, existing.quantity + quantity)
        cart.repriced()
        return existing.row
    try:
        with transaction.atomic():
            row = Line.objects.create(
                basket=cart.basket,
                line_reference=reference,
                product_id=sold.id,
                stockrecord_id=sold.stock_id or _stock_of_parts(like.parts),
                quantity=quantity,
                price_currency=currency,
                price_excl_tax=sold.price,
                price_incl_tax=sold.price,
            )
            row.record = CartLineRecord.objects.create(
                line=row, product_id=named.id, kind=like.kind, selected=list(selected), parts=like.parts
            )
    except IntegrityError:
        row = Line.objects.get(basket=cart.basket, line_reference=reference)
        _set_quantity(row, row.quantity + quantity)
    cart.changed()
    return row
