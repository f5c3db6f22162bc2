"""The way from a cart to an order: e-mail, addresses, shipping, payment, estimates."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from ariadne import MutationType
from django.db import transaction

from galleria.shop.engine.graphql import accounts, address_book, carts, ordering, payments, shipping
from galleria.shop.engine.graphql.accounts import current_customer, require_customer
from galleria.shop.engine.graphql.addresses import Address, Place, cart_address, text
from galleria.shop.engine.graphql.cart import available_methods, cart_value
from galleria.shop.engine.graphql.countries import all_countries
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity
from galleria.shop.engine.graphql.orders import order_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.carts import Cart
    from galleria.shop.engine.graphql.context import RequestContext

mutation = MutationType()

_NO_ADDRESS = "The shipping address is missing. Set the address and try again."


def _cart(info: GraphQLResolveInfo, values: Mapping[str, object]) -> Cart:
    return carts.open_cart(info.context, str(values["cart_id"]))


def _save(cart: Cart, **fields: object) -> None:
    """Write fields of the cart's record, under the cart's lock."""
    with transaction.atomic():
        carts.lock(cart)
        for name, value in fields.items():
            setattr(cart.record, name, value)
        cart.record.save(update_fields=[*fields, "updated_at"])
        cart.changed()


@mutation.field("setGuestEmailOnCart")
def resolve_guest_email(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Say whom a guest's order is confirmed to."""
    email = text(input, "email")
    if not input["cart_id"]:
        raise InvalidInput('Required parameter "cart_id" is missing')
    if not email:
        raise InvalidInput('Required parameter "email" is missing')
    if not accounts.is_email(email):
        raise InvalidInput("Invalid email format")
    if current_customer(info.context) is not None:
        raise InvalidInput("The request is not allowed for logged in customers")
    cart = _cart(info, input)
    _save(cart, email=email)
    return {"cart": cart_value(cart)}


# Addresses


@mutation.field("setShippingAddressesOnCart")
def resolve_shipping_addresses(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Say where the order is sent."""
    given: list[dict[str, object]] = input["shipping_addresses"]  # type: ignore[assignment]
    if not given:
        raise InvalidInput('Required parameter "shipping_addresses" is missing')
    cart = _cart(info, input)
    if len(given) > 1:
        raise InvalidInput("You cannot specify multiple shipping addresses.")
    wanted = given[0]
    if wanted.get("customer_address_id") is None and wanted.get("address") is None:
        raise InvalidInput('The shipping address must contain either "customer_address_id" or "address".')
    if wanted.get("customer_address_id") is not None and wanted.get("address") is not None:
        raise InvalidInput('The shipping address cannot contain "customer_address_id" and "address" at the same time.')
    if wanted.get("pickup_location_code"):
        raise NoSuchEntity(f'The pickup location with the code "{wanted["pickup_location_code"]}" doesn\'t exist.')
    if cart.is_virtual:
        raise NoSuchEntity("Shipping address is not allowed on cart: cart contains no items for shipment.")
    address = replace(_address(info.context, wanted), customer_notes=text(wanted, "customer_notes"))
    _save(cart, shipping_address=address.plain())
    return {"cart": cart_value(cart)}


@mutation.field("setBillingAddressOnCart")
def resolve_billing_address(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Say who pays."""
    wanted: dict[str, object] = input["billing_address"]  # type: ignore[assignment]
    cart = _cart(info, input)
    named = [key for key in ("customer_address_id", "address") if wanted.get(key) is not None]
    if len(named) > 1:
        raise InvalidInput('The billing address cannot contain "customer_address_id" and "address" at the same time.')
    if not named and not wanted.get("same_as_shipping"):
        raise InvalidInput(
            'The billing address must contain either "customer_address_id", "address", or "same_as_shipping".'
        )
    address = _address(info.context, wanted) if named else cart.shipping_address
    if address is None:
        raise InvalidInput(
            'Could not use the "same_as_shipping" option, because the shipping address has not been set.'
        )
    fields: dict[str, object] = {"billing_address": address.plain()}
    if wanted.get("use_for_shipping"):
        fields["shipping_address"] = address.plain()
    _save(cart, **fields)
    return {"cart": cart_value(cart)}


def _address(context: RequestContext, wanted: Mapping[str, object]) -> Address:
    """Return the address given or named. Raises NotAuthorized, NoSuchEntity, InvalidInput."""
    number = wanted.get("customer_address_id")
    if number is not None:
        owner = require_customer(context)
        return address_book.as_address(address_book.address_of(owner, int(str(number))))
    given: Mapping[str, object] = wanted["address"]  # type: ignore[assignment]
    address = cart_address(given)
    customer = current_customer(context)
    if customer is not None and given.get("save_in_address_book"):
        address_book.create(customer, {**address.plain(), "country_code": address.country, "region": _region(address)})
    return address


def _region(address: Address) -> dict[str, object]:
    return {"region_id": address.region_id, "region": address.region}


# Shipping and payment


@mutation.field("setShippingMethodsOnCart")
def resolve_shipping_methods(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Choose how the order is sent. An unknown method also takes off the one chosen before, as in Magento."""
    given: list[dict[str, object]] = input["shipping_methods"]  # type: ignore[assignment]
    if not given:
        raise InvalidInput('Required parameter "shipping_methods" is missing')
    cart = _cart(info, input)
    if len(given) > 1:
        raise InvalidInput("You cannot specify multiple shipping methods.")
    carrier, code = text(given[0], "carrier_code"), text(given[0], "method_code")
    for name, value in (("carrier_code", carrier), ("method_code", code)):
        if not value:
            raise InvalidInput(f'Required parameter "{name}" is missing.')
    if cart.shipping_address is None:
        raise InvalidInput(_NO_ADDRESS)
    try:
        shipping.method(cart.place, carrier, code)
    except NoSuchEntity:
        _save(cart, carrier_code="", method_code="")
        raise
    _save(cart, carrier_code=carrier, method_code=code)
    return {"cart": cart_value(cart)}


@mutation.field("setPaymentMethodOnCart")
def resolve_payment_method(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Choose how the order is paid."""
    cart = _choose_payment(info, input)
    return {"cart": cart_value(cart)}


def _choose_payment(info: GraphQLResolveInfo, values: Mapping[str, object]) -> Cart:
    given: Mapping[str, object] = values["payment_method"]  # type: ignore[assignment]
    code = text(given, "code")
    if not code:
        raise InvalidInput('Required parameter "code" for "payment_method" is missing.')
    cart = _cart(info, values)
    if not cart.is_virtual and cart.shipping_address is None:
        raise InvalidInput(_NO_ADDRESS)
    chosen = payments.method(code, cart.totals.grand_total)
    number = text(given, "purchase_order_number")[:64]
    _save(cart, payment_code=chosen.code, purchase_order_number=number)
    return cart


# Estimates


@mutation.field("estimateShippingMethods")
def resolve_estimate_shipping(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> list[dict[str, object]]:
    """Answer how an order could be sent to a place. The place stays on the cart, as in Magento."""
    cart = _estimated(info, input)
    return available_methods(cart) if cart.lines and not cart.is_virtual else []


@mutation.field("estimateTotals")
def resolve_estimate_totals(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Answer what the order would cost, sent to a place. Place and method stay on the cart, as in Magento."""
    cart = _estimated(info, input)
    method = input.get("shipping_method")
    if isinstance(method, dict):
        _save(cart, carrier_code=text(method, "carrier_code"), method_code=text(method, "method_code"))
    return {"cart": cart_value(cart)}


def _estimated(info: GraphQLResolveInfo, values: Mapping[str, object]) -> Cart:
    try:
        cart = _cart(info, values)
    except carts.CartUnknown as unknown:
        raise InvalidInput(unknown.message) from None
    given: Mapping[str, object] = values["address"]  # type: ignore[assignment]
    place = _place(given)
    _save(cart, estimate=asdict(place))
    cart.asked_about = place
    cart.changed()
    return cart


def _place(given: Mapping[str, object]) -> Place:
    code = text(given, "country_code")
    stated = given.get("region")
    parts: Mapping[str, object] = stated if isinstance(stated, dict) else {}
    number = parts.get("region_id")
    region = all_countries()[code].region(
        region_id=int(str(number)) if number is not None else None,
        text=text(parts, "region_code") or text(parts, "region"),
    )
    return Place(code, region.id if region else None, region.code if region else "", text(given, "postcode"))


# Placing


@mutation.field("placeOrder")
def resolve_place_order(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object] | None = None,
) -> dict[str, object]:
    """Make an order of the cart; what is missing stands in ``errors`` of the payload."""
    masked_id = str((input or {}).get("cart_id") or "")
    if not masked_id:
        raise InvalidInput('Required parameter "cart_id" is missing')
    return _placed(info, masked_id)


def _placed(info: GraphQLResolveInfo, masked_id: str) -> dict[str, object]:
    try:
        order = ordering.place(info.context, masked_id)
    except ordering.OrderRefused as refusal:
        error = {"code": refusal.code.value, "message": refusal.message}
        return {"order": None, "orderV2": None, "errors": [error]}
    return {
        "order": {"order_number": order.number, "order_id": order.number},
        "orderV2": order_value(order),
        "errors": [],
    }


@mutation.field("setPaymentMethodAndPlaceOrder")
def resolve_pay_and_place(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Choose how to pay and make the order, in one step."""
    _choose_payment(info, input)
    return _placed(info, str(input["cart_id"]))


BINDABLES = (mutation,)
