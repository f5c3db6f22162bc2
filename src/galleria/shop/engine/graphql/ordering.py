"""An order out of a cart: all checks, the stock, Oscar's order, one transaction."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from oscar.core.loading import get_class, get_model
from oscar.core.prices import Price

from galleria.shop.engine.graphql import address_book, carts, configuration, downloads, goods, letters
from galleria.shop.engine.graphql.addresses import Address, missing
from galleria.shop.engine.graphql.errors import NoSuchEntity
from galleria.shop.engine.graphql.pricing import CartStrategy
from galleria.shop.engine.graphql.records.models import OrderLineRecord, OrderRecord
from galleria.shop.engine.shelf.models import Kind

if TYPE_CHECKING:
    from oscar.apps.basket.abstract_models import AbstractLine as BasketLine
    from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder

    from galleria.shop.engine.graphql import payments
    from galleria.shop.engine.graphql.carts import Cart, CartLine
    from galleria.shop.engine.graphql.context import RequestContext
    from galleria.shop.engine.graphql.goods import Goods
    from galleria.shop.engine.graphql.totals import LineTotals, Totals

OrderCreator = get_class("order.utils", "OrderCreator")
Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
ShippingAddress = get_model("order", "ShippingAddress")
BillingAddress = get_model("order", "BillingAddress")
StockRecord = get_model("partner", "StockRecord")


_LONGEST_SKU = 128
"""What the record of a line has room for."""


class Code(StrEnum):
    """``PlaceOrderErrorCodes``."""

    CART_NOT_FOUND = "CART_NOT_FOUND"
    CART_NOT_ACTIVE = "CART_NOT_ACTIVE"
    GUEST_EMAIL_MISSING = "GUEST_EMAIL_MISSING"
    UNABLE_TO_PLACE_ORDER = "UNABLE_TO_PLACE_ORDER"
    UNDEFINED = "UNDEFINED"


class OrderRefused(Exception):
    """No order can be made of this cart yet."""

    def __init__(self, message: str, code: Code = Code.UNABLE_TO_PLACE_ORDER) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class _OscarMethod:
    """What Oscar's order creator wants to know of a shipping method."""

    code: str
    name: str

    def discount(self, _basket: object) -> Decimal:
        return Decimal(0)


def place(context: RequestContext, masked_id: str) -> AbstractOrder:
    """Make an order of a cart.

    Raises OrderRefused with what is missing, NotAuthorized for another person's cart.
    """
    try:
        cart = carts.open_cart(context, masked_id)
        with transaction.atomic():
            carts.lock(cart)
            payment = _check(cart)
            order = _create(cart, payment)
    except NoSuchEntity as refusal:
        code = Code.CART_NOT_ACTIVE if refusal.message == carts.NOT_ACTIVE else Code.CART_NOT_FOUND
        raise OrderRefused(refusal.message, code) from None
    letters.order_placed(order)
    return order


def _check(cart: Cart) -> payments.Method:
    """Return how the order is paid when nothing is missing. Raises OrderRefused for the first thing that is."""
    if cart.email is None:
        raise OrderRefused("Guest email for cart is missing.", Code.GUEST_EMAIL_MISSING)
    if not cart.is_virtual:
        _check_shipping(cart)
    if not cart.lines:
        raise OrderRefused("Cart does not contain products.")
    billing = cart.billing_address
    problems = missing(billing if billing is not None else Address())
    if problems:
        raise OrderRefused("Please check the billing address information. " + " ".join(problems))
    for method in cart.payment_methods:
        if method.code == cart.record.payment_code:
            return method
    raise OrderRefused("Enter a valid payment method and try again.")


def _check_shipping(cart: Cart) -> None:
    address = cart.shipping_address
    if address is None and cart.place is None:
        raise OrderRefused("Some addresses can't be used due to the configurations for specific countries.")
    if address is None and cart.place is not None:
        address = Address(country=cart.place.country, postcode=cart.place.postcode)
    problems = missing(address or Address())
    if problems:
        message = "Please check the shipping address information. " + " ".join(problems)
        raise OrderRefused(message, Code.UNDEFINED)
    if cart.shipping_method is None:
        raise OrderRefused("The shipping method is missing. Select the shipping method and try again.")


class _Creator(OrderCreator):  # type: ignore[misc, valid-type]  # Oscar has no types
    """Oscar's creator with our numbers, taxes and stock."""

    def __init__(self, cart: Cart) -> None:
        self._totals = {t.line.id: t for t in cart.totals.lines}
        self._lines = {line.id: line for line in cart.lines}

    def create_order_model(self, *arguments: object, **fields: object) -> AbstractOrder:
        order = super().create_order_model(*arguments, **fields)
        order.number = f"{order.pk:09d}"
        order.save(update_fields=["number"])
        return order

    def create_line_models(
        self, order: AbstractOrder, basket_line: BasketLine, extra_line_fields: dict[str, object] | None = None
    ) -> AbstractLine:
        totals = self._totals[basket_line.pk]
        paid = totals.line.row_total - totals.line.discount
        taxed = {
            "unit_price_incl_tax": totals.price_including_tax,
            "line_price_incl_tax": paid + totals.tax,
            "line_price_before_discounts_incl_tax": totals.row_total_including_tax,
        }
        line = super().create_line_models(order, basket_line, {**(extra_line_fields or {}), **taxed})
        _record_line(line, self._lines[basket_line.pk], totals)
        return line

    def update_stock_records(self, line: BasketLine) -> None:
        """Take the pieces of a line, or of its parts."""
        ordered = self._lines[line.pk]
        if ordered.named.kind != Kind.BUNDLE:
            take(ordered.sold, line.quantity)
            return
        pieces: Counter[int] = Counter()
        for part in ordered.record.parts:
            pieces[int(part["product_id"])] += int(part["quantity"]) * line.quantity
        for number, part in sorted(goods.by_ids(set(pieces)).items()):
            take(part, pieces[number])


def take(sold: Goods, pieces: int) -> None:
    """Take pieces off the stock or refuse: condition and change are one statement, so nothing is sold twice."""
    if sold.available is None or sold.stock_id is None:
        return
    taken = (
        StockRecord.objects.filter(pk=sold.stock_id)
        .annotate(left=F("num_in_stock") - Coalesce(F("num_allocated"), 0))
        .filter(left__gte=pieces)
        .update(num_allocated=Coalesce(F("num_allocated"), 0) + pieces)
    )
    if not taken:
        raise OrderRefused("Not all of your products are available in the requested quantity.")
    if sold.available - pieces <= 0:
        goods.sold_out(sold)


def _create(cart: Cart, payment: payments.Method) -> AbstractOrder:
    """Write the order and close the cart. Runs inside the caller's transaction."""
    currency = configuration.currencies().base
    totals = cart.totals
    basket = cart.basket
    basket.strategy = CartStrategy({line.id: line.price for line in cart.lines}, currency)
    if not totals.discounts:
        basket.reset_offer_applications()
    carts.show_lines(basket, [line.row for line in cart.lines])
    for line in cart.lines:
        line.row.basket = basket
    shopper = cart.customer or AnonymousUser()  # Oscar asks who uses a coupon whether they are signed in
    for voucher in basket.vouchers.all():
        if voucher.is_active() and not voucher.is_available_to_user(user=shopper)[0]:
            raise OrderRefused("The coupon code isn't valid. Verify the code and try again.")
    method = cart.shipping_method
    charge = totals.shipping
    order = _Creator(cart).place_order(
        basket,
        Price(currency, totals.grand_total - totals.tax, totals.grand_total),
        _OscarMethod(f"{method.carrier_code}_{method.method_code}", method.title)
        if method
        else _OscarMethod("no-shipping-required", "No shipping required"),
        Price(currency, charge, charge),
        user=shopper,
        shipping_address=_kept_address(ShippingAddress, None if cart.is_virtual else cart.shipping_address),
        billing_address=_kept_address(BillingAddress, cart.billing_address),
        order_number=secrets.token_hex(16),
        guest_email="" if cart.customer else cart.email,
    )
    _record_order(order, cart, totals, payment)
    basket.status = Basket.FROZEN
    basket.submit()
    return order


def _kept_address(model: type, address: Address | None) -> object:
    """Return Oscar's row of an order's address, None without one."""
    if address is None:
        return None
    first, second = (*address.street, "", "")[:2]
    fields = {
        "first_name": address.firstname,
        "last_name": address.lastname,
        "line1": first,
        "line2": second,
        "line3": address.company,
        "line4": address.city,
        "state": address.region,
        "postcode": address.postcode,
        "country": address_book.country_row(address.country),
    }
    if model is ShippingAddress:
        fields["notes"] = " ".join(part for part in (address.telephone, address.customer_notes) if part)
    return model._default_manager.create(**fields)  # type: ignore[attr-defined]


def _record_order(order: AbstractOrder, cart: Cart, totals: Totals, payment: payments.Method) -> None:
    method = cart.shipping_method
    OrderRecord.objects.create(
        order=order,
        token=secrets.token_urlsafe(32),
        email=cart.email or "",
        carrier_code=method.carrier_code if method else "",
        method_code=method.method_code if method else "",
        carrier_title=method.carrier_title if method else "",
        payment_code=payment.code,
        payment_title=payment.title,
        purchase_order_number=cart.record.purchase_order_number,
        coupon=cart.record.coupon,
        shipping_address=None if cart.is_virtual else cart.record.shipping_address,
        billing_address=cart.record.billing_address,
        subtotal=totals.subtotal,
        shipping=totals.shipping,
        taxes=[{"title": t.label, "rate": str(t.percent), "amount": str(amount)} for t, amount in totals.taxes],
        discounts=[{"label": d.label, "amount": str(d.amount), "coupon": d.coupon} for d in totals.discounts],
        gift_message=cart.record.gift_message,
    )


def _sku_of(line: CartLine) -> str:
    """Return the sku that was sold: of a set, unless it has one of its own, with those of its parts, as in Magento."""
    if line.named.kind != Kind.BUNDLE or not line.row.product.record.dynamic_sku:
        return line.sold.sku
    return "-".join((line.sold.sku, *(str(part["sku"]) for part in line.record.parts)))[:_LONGEST_SKU]


def _record_line(kept: AbstractLine, line: CartLine, totals: LineTotals) -> None:
    OrderLineRecord.objects.create(
        line=kept,
        product_id=line.named.id,
        kind=line.named.kind,
        sku=_sku_of(line),
        name=line.named.name,
        url_key=line.named.url_key,
        price=totals.line.price,
        selected=line.record.selected,
        options=[{"label": o.label, "value": o.value_label} for o in goods.chosen(line.named.id, line.record.selected)],
        parts=line.record.parts,
        discounts=[{"label": d.label, "amount": str(d.amount), "coupon": d.coupon} for d in totals.line.discounts],
    )
    if line.named.kind == Kind.DOWNLOADABLE:
        downloads.note_purchase(kept, line.record.parts)
