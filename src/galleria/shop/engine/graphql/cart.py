"""Carts as clients see them, and what makes, finds and joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ariadne import MutationType, ObjectType, QueryType
from django.db import transaction
from oscar.core.loading import get_model

from galleria.shop.engine.graphql import carts, shipping, uids
from galleria.shop.engine.graphql.accounts import current_customer, require_customer
from galleria.shop.engine.graphql.cart_lines import discount_values, in_money, item_values
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity
from galleria.shop.engine.graphql.paging import page_info

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.addresses import Address
    from galleria.shop.engine.graphql.carts import Cart, CartLine
    from galleria.shop.engine.graphql.shipping import Method
    from galleria.shop.engine.graphql.totals import AppliedDiscount

query = QueryType()
mutation = MutationType()
cart_type = ObjectType("Cart")

Basket = get_model("basket", "Basket")
Voucher = get_model("voucher", "Voucher")


def cart_value(cart: Cart) -> dict[str, object]:
    """Return the contract's ``Cart``; what must be reckoned is reckoned when asked for."""
    return {"cart": cart, "id": cart.masked_id, "gift_message": cart.record.gift_message}


# Finding and making


@query.field("cart")
def resolve_cart(_parent: object, info: GraphQLResolveInfo, cart_id: str) -> dict[str, object]:
    """Answer ``cart``."""
    return cart_value(carts.open_cart(info.context, cart_id))


@query.field("customerCart")
def resolve_customer_cart(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer the signed-in customer's cart, made at the first question."""
    customer = require_customer(info.context, "The request is allowed for logged in customer")
    return cart_value(carts.create(customer))


@mutation.field("createEmptyCart")
def resolve_create_empty_cart(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object] | None = None,
) -> str:
    """Make a cart and answer its masked id."""
    wished = (input or {}).get("cart_id")
    return carts.create(current_customer(info.context), None if wished is None else str(wished)).masked_id


@mutation.field("createGuestCart")
def resolve_create_guest_cart(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object] | None = None,
) -> dict[str, object]:
    """Make a guest's cart."""
    if current_customer(info.context) is not None:
        raise InvalidInput("Use `Query.customerCart` for logged in customer.")
    wished = (input or {}).get("cart_uid")
    return {"cart": cart_value(carts.create(None, None if wished is None else str(wished)))}


@mutation.field("mergeCarts")
def resolve_merge_carts(
    _parent: object, info: GraphQLResolveInfo, source_cart_id: str, destination_cart_id: str | None = None
) -> dict[str, object]:
    """Move a guest's cart into the signed-in customer's."""
    customer = require_customer(info.context)
    if not source_cart_id:
        raise InvalidInput('Required parameter "source_cart_id" is missing')
    if destination_cart_id == "":
        raise InvalidInput('The parameter "destination_cart_id" cannot be empty')
    source = carts.claim(source_cart_id, customer)
    if destination_cart_id is None:
        destination = carts.create(customer)
    else:
        destination = carts.open_cart(info.context, destination_cart_id)
    carts.merge(source, destination)
    return cart_value(destination)


@mutation.field("assignCustomerToGuestCart")
def resolve_assign_customer(_parent: object, info: GraphQLResolveInfo, cart_id: str) -> dict[str, object]:
    """Make a guest's cart the signed-in customer's; what was in the customer's own goes into it."""
    customer = require_customer(info.context)
    cart = carts.claim(cart_id, customer)
    with transaction.atomic():
        own = carts.create(customer)
        if own.basket.pk != cart.basket.pk:
            carts.merge(own, cart)
        Basket.objects.filter(pk=cart.basket.pk).update(owner=customer)
        cart.basket.owner = customer
    return cart_value(cart)


# Coupons


@mutation.field("applyCouponToCart")
def resolve_apply_coupon(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Use a coupon."""
    code = str(input["coupon_code"]).strip()
    if not input["cart_id"]:
        raise InvalidInput('Required parameter "cart_id" is missing')
    if not code:
        raise InvalidInput('Required parameter "coupon_code" is missing')
    cart = carts.open_cart(info.context, str(input["cart_id"]))
    if not cart.lines:
        raise NoSuchEntity("Cart does not contain products.")
    if cart.record.coupon:
        raise InvalidInput("A coupon is already applied to the cart. Please remove it to apply another")
    with transaction.atomic():
        carts.lock(cart)
        voucher = Voucher.objects.filter(code__iexact=code).first()
        if voucher is not None and voucher.is_active():
            cart.basket.vouchers.add(voucher)
            cart.record.coupon = code
            cart.record.save(update_fields=["coupon", "updated_at"])
            cart.changed()
        if not any(d.coupon for d in cart.totals.discounts):
            raise NoSuchEntity("The coupon code isn't valid. Verify the code and try again.")
    return {"cart": cart_value(cart)}


@mutation.field("removeCouponFromCart")
def resolve_remove_coupon(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Stop using the coupon; without one nothing changes."""
    cart = carts.open_cart(info.context, str(input["cart_id"]))
    with transaction.atomic():
        carts.lock(cart)
        cart.basket.vouchers.clear()
        cart.record.coupon = ""
        cart.record.save(update_fields=["coupon", "updated_at"])
        cart.changed()
    return {"cart": cart_value(cart)}


# Fields of a cart


@cart_type.field("email")
def resolve_email(value: dict[str, Cart], _info: GraphQLResolveInfo) -> str | None:
    """Answer whom the order is confirmed to."""
    return value["cart"].email


@cart_type.field("is_virtual")
def resolve_is_virtual(value: dict[str, Cart], _info: GraphQLResolveInfo) -> bool:
    """Answer whether nothing in the cart is sent."""
    return value["cart"].is_virtual


@cart_type.field("total_quantity")
def resolve_total_quantity(value: dict[str, Cart], _info: GraphQLResolveInfo) -> int:
    """Answer the number of pieces."""
    return value["cart"].quantity


@cart_type.field("items")
def resolve_items(value: dict[str, Cart], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer the lines."""
    return item_values(value["cart"], info)


@cart_type.field("itemsV2")
def resolve_items_v2(
    value: dict[str, Cart],
    info: GraphQLResolveInfo,
    pageSize: int = 20,
    currentPage: int = 1,
    sort: dict[str, str] | None = None,
) -> dict[str, object]:
    """Answer a page of the lines."""
    if currentPage < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if pageSize < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    lines = _sorted(value["cart"].lines, sort)
    start = (currentPage - 1) * pageSize
    return {
        "items": item_values(value["cart"], info, lines[start : start + pageSize]),
        "total_count": len(lines),
        "page_info": page_info(currentPage, pageSize, len(lines)),
    }


_SORT_KEYS: Final = {
    "ITEM_ID": lambda line: line.id,
    "CREATED_AT": lambda line: line.id,
    "PRODUCT_ID": lambda line: line.named.id,
    "SKU": lambda line: line.sold.sku,
    "NAME": lambda line: line.named.name.casefold(),
    "WEIGHT": lambda line: line.sold.weight,
    "QTY": lambda line: line.quantity,
    "PRICE": lambda line: line.price,
    "BASE_PRICE": lambda line: line.price,
    "ROW_TOTAL": lambda line: line.price * line.quantity,
    "BASE_ROW_TOTAL": lambda line: line.price * line.quantity,
    "PRODUCT_TYPE": lambda line: line.named.kind,
}


def _sorted(lines: Sequence[CartLine], sort: Mapping[str, str] | None) -> list[CartLine]:
    if not sort:
        return list(lines)
    key = _SORT_KEYS.get(sort["field"], _SORT_KEYS["ITEM_ID"])
    return sorted(lines, key=key, reverse=sort["order"] == "DESC")


@cart_type.field("prices")
def resolve_prices(value: dict[str, Cart], _info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer what the cart costs."""
    cart = value["cart"]
    totals = cart.totals
    return {
        "subtotal_excluding_tax": in_money(totals.subtotal),
        "subtotal_including_tax": in_money(totals.subtotal_including_tax),
        "subtotal_with_discount_excluding_tax": in_money(totals.subtotal_with_discount),
        "grand_total": in_money(totals.grand_total),
        "grand_total_excluding_tax": in_money(totals.grand_total - totals.tax),
        "applied_taxes": [{"label": t.label, "amount": in_money(amount)} for t, amount in totals.taxes],
        "discounts": discount_values(totals.discounts) or None,
        "discount": _old_discount(totals.discounts),
    }


def _old_discount(discounts: Sequence[AppliedDiscount]) -> dict[str, object] | None:
    if not discounts:
        return None
    total = sum((d.amount for d in discounts[1:]), discounts[0].amount)
    return {"amount": in_money(-total), "label": [d.label for d in discounts]}


@cart_type.field("applied_coupons")
def resolve_applied_coupons(value: dict[str, Cart], _info: GraphQLResolveInfo) -> list[dict[str, object]] | None:
    """Answer the coupon as it was typed."""
    coupon = value["cart"].record.coupon
    return [{"code": coupon}] if coupon else None


@cart_type.field("applied_coupon")
def resolve_applied_coupon(value: dict[str, Cart], _info: GraphQLResolveInfo) -> dict[str, object] | None:
    """Answer the coupon as it was typed."""
    coupon = value["cart"].record.coupon
    return {"code": coupon} if coupon else None


@cart_type.field("available_payment_methods")
def resolve_payment_methods(value: dict[str, Cart], _info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer how it may be paid."""
    return [{"code": m.code, "title": m.title, "is_deferred": False} for m in value["cart"].payment_methods]


@cart_type.field("selected_payment_method")
def resolve_payment_method(value: dict[str, Cart], _info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer how it will be paid; empty texts before one is chosen, as in Magento."""
    cart = value["cart"]
    chosen = next((m for m in cart.payment_methods if m.code == cart.record.payment_code), None)
    return {
        "code": chosen.code if chosen else "",
        "title": chosen.title if chosen else "",
        "purchase_order_number": cart.record.purchase_order_number or None,
    }


@cart_type.field("shipping_addresses")
def resolve_shipping_addresses(value: dict[str, Cart], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer where it is sent, and how."""
    cart = value["cart"]
    address = cart.shipping_address
    if address is None:
        return []
    chosen = cart.shipping_method
    return [
        {
            "__typename": "ShippingCartAddress",
            **cart_address_value(address, f"{cart.basket.pk}/shipping"),
            "customer_notes": address.customer_notes or None,
            "pickup_location_code": None,
            "available_shipping_methods": [] if cart.is_virtual else available_methods(cart),
            "selected_shipping_method": _method_value(chosen, cart) if chosen else None,
            "items_weight": float(sum((p.weight * p.quantity for p in cart.priced), start=0)),
            "cart_items": [{"cart_item_id": line.id, "quantity": line.quantity} for line in cart.lines],
            "cart_items_v2": lambda _info: item_values(cart, info),
        }
    ]


@cart_type.field("billing_address")
def resolve_billing_address(value: dict[str, Cart], _info: GraphQLResolveInfo) -> dict[str, object] | None:
    """Answer who pays."""
    cart = value["cart"]
    address = cart.billing_address
    if address is None:
        return None
    return {"__typename": "BillingCartAddress", **cart_address_value(address, f"{cart.basket.pk}/billing")}


def cart_address_value(address: Address, name: str) -> dict[str, object]:
    """Return the fields of ``CartAddressInterface``. The label of a country is its code, as in Magento."""
    return {
        "uid": uids.encode(name),
        "firstname": address.firstname,
        "lastname": address.lastname,
        "company": address.company or None,
        "street": list(address.street),
        "city": address.city,
        "region": {
            "code": address.region_code or None,
            "label": address.region or None,
            "region_id": address.region_id,
        },
        "country": {"code": address.country, "label": address.country},
        "postcode": address.postcode or None,
        "telephone": address.telephone or None,
        "prefix": address.prefix or None,
        "middlename": address.middlename or None,
        "suffix": address.suffix or None,
        "fax": address.fax or None,
        "vat_id": address.vat_id or None,
        "customer_notes": None,
    }


def available_methods(cart: Cart) -> list[dict[str, object]]:
    """Return the contract's ``AvailableShippingMethod`` list for where the cart goes."""
    return [
        {**_method_value(m, cart), "available": True, "error_message": ""} for m in shipping.methods_for(cart.place)
    ]


def _method_value(method: Method, cart: Cart) -> dict[str, object]:
    price = in_money(method.charges.amount(cart.priced))
    return {
        "carrier_code": method.carrier_code,
        "carrier_title": method.carrier_title,
        "method_code": method.method_code,
        "method_title": method.method_title,
        "amount": price,
        "base_amount": None,
        "price_excl_tax": price,
        "price_incl_tax": price,
    }


BINDABLES = (query, mutation, cart_type)
