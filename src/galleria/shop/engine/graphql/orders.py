"""Orders as customers and guests see them."""

from __future__ import annotations

import hmac
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ariadne import InterfaceType, MutationType, ObjectType, QueryType
from django.db import transaction
from oscar.core.loading import get_model

from galleria.shop.engine.graphql import adding, carts, order_discounts, uids
from galleria.shop.engine.graphql.accounts import require_customer
from galleria.shop.engine.graphql.adding import LineRefused, Wish
from galleria.shop.engine.graphql.addresses import Address
from galleria.shop.engine.graphql.cart import cart_value
from galleria.shop.engine.graphql.cart_lines import bundle_options, in_money
from galleria.shop.engine.graphql.catalogue import product_values
from galleria.shop.engine.graphql.customers import timestamp
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity, NotAuthorized
from galleria.shop.engine.graphql.money import number
from galleria.shop.engine.graphql.paging import page_info
from galleria.shop.engine.graphql.records.models import OrderLineRecord, OrderRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import AbstractUser
    from django.db.models import QuerySet
    from graphql import GraphQLResolveInfo
    from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder, AbstractShippingEvent

query = QueryType()
mutation = MutationType()
customer_type = ObjectType("Customer")
order_item = InterfaceType("OrderItemInterface")

Order = get_model("order", "Order")

_ITEM_TYPES: Final = {"bundle": "BundleOrderItem", "downloadable": "DownloadableOrderItem"}
_SHIPMENT_ITEM_TYPES: Final = {"bundle": "BundleShipmentItem"}
_NOT_LOCATED: Final = "We couldn't locate an order with the information provided."
_CANCELLED: Final = "Cancelled"


def _orders() -> QuerySet[AbstractOrder]:
    """Return orders with everything that showing them needs, in a fixed number of queries."""
    found: QuerySet[AbstractOrder] = Order.objects.filter(record__isnull=False).select_related("record")
    return found.prefetch_related(
        "lines__record", "notes", "shipping_events__line_quantities", "shipping_events__event_type"
    )


def order_value(order: AbstractOrder) -> dict[str, object]:
    """Return the contract's ``CustomerOrder``: what was agreed then, whatever changed since."""
    record: OrderRecord = order.record
    lines = list(order.lines.all())
    placed = timestamp(order.date_placed)
    coupon = record.coupon
    return {
        "id": uids.encode(order.pk),
        "number": order.number,
        "order_number": order.number,
        "increment_id": order.number,
        "order_date": placed,
        "created_at": placed,
        "status": order.status or "Pending",
        "token": record.token,
        "email": record.email,
        "carrier": record.carrier_title or None,
        "shipping_method": order.shipping_method if record.carrier_code else None,
        "payment_methods": [{"name": record.payment_title, "type": record.payment_code, "additional_data": []}],
        "billing_address": _address(record.billing_address),
        "shipping_address": _address(record.shipping_address),
        "applied_coupons": [{"code": coupon}] if coupon else [],
        "gift_message": record.gift_message,
        "grand_total": number(order.total_incl_tax),
        "total": _totals(order, record),
        "items": [_item(line) for line in lines],
        "shipments": _shipments(order, {line.pk: line for line in lines}),
        "invoices": [],
        "credit_memos": [],
        "comments": _comments(order) or None,
    }


def _address(kept: Mapping[str, object] | None) -> dict[str, object] | None:
    if kept is None:
        return None
    address = Address.of(kept)
    return {
        "firstname": address.firstname,
        "lastname": address.lastname,
        "street": list(address.street),
        "city": address.city,
        "region": address.region or None,
        "region_id": str(address.region_id) if address.region_id is not None else None,
        "country_code": address.country,
        "postcode": address.postcode or None,
        "telephone": address.telephone or None,
        "company": address.company or None,
        "prefix": address.prefix or None,
        "middlename": address.middlename or None,
        "suffix": address.suffix or None,
        "fax": address.fax or None,
        "vat_id": address.vat_id or None,
    }


def _totals(order: AbstractOrder, record: OrderRecord) -> dict[str, object]:
    taxes = [
        {"title": t["title"], "rate": float(t["rate"]), "amount": in_money(Decimal(t["amount"]))} for t in record.taxes
    ]
    shipping = in_money(record.shipping)
    return {
        "subtotal": in_money(record.subtotal),
        "grand_total": in_money(order.total_incl_tax),
        "base_grand_total": in_money(order.total_incl_tax),
        "total_shipping": shipping,
        "total_tax": in_money(sum((Decimal(t["amount"]) for t in record.taxes), Decimal(0))),
        "taxes": taxes,
        "discounts": order_discounts.of_order(record.discounts),
        "shipping_handling": {
            "amount_excluding_tax": shipping,
            "amount_including_tax": shipping,
            "total_amount": shipping,
            "discounts": order_discounts.of_shipping(record.discounts),
            "taxes": [],
        },
    }


def _item(line: AbstractLine) -> dict[str, object]:
    record = getattr(line, "record", None) or OrderLineRecord(
        line=line, kind="simple", sku=line.partner_sku, price=line.unit_price_excl_tax, name=line.title
    )
    cancelled = line.quantity if line.status == _CANCELLED else 0
    return {
        "__typename": _ITEM_TYPES.get(record.kind, "OrderItem"),
        "line": line,
        "id": uids.encode(line.pk),
        "product_id": record.product_id,
        "product_sku": record.sku,
        "product_name": record.name or line.title,
        "product_type": record.kind,
        "product_url_key": record.url_key or None,
        "product_sale_price": in_money(record.price),
        "quantity_ordered": line.quantity,
        "quantity_shipped": _shipped(line),
        "quantity_canceled": cancelled,
        "quantity_invoiced": 0,
        "quantity_refunded": 0,
        "quantity_returned": 0,
        "status": "Canceled" if cancelled else ("Shipped" if _shipped(line) >= line.quantity else "Ordered"),
        "discounts": order_discounts.of_item(line.order.record.discounts, record.discounts),
        "selected_options": record.options,
        "entered_options": [],
        "gift_message": None,
        "bundle_options": _bundle_options(record.parts) if record.kind == "bundle" else None,
        "downloadable_links": _links(record.parts) if record.kind == "downloadable" else None,
    }


def _bundle_options(parts: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    found = bundle_options(parts)
    skus = {str(part["selection_id"]): part.get("sku", "") for part in parts}
    for option in found:
        option["id"] = option["uid"]
        option["values"] = [
            {
                "id": value["uid"],
                "uid": value["uid"],
                "product_name": value["label"],
                "product_sku": skus.get(str(value["id"]), ""),
                "quantity": value["quantity"],
                "price": in_money(Decimal(str(value["price"]))),
            }
            for value in option["values"]  # type: ignore[attr-defined]
        ]
    return found


def _links(parts: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{"uid": p["uid"], "title": p["title"], "sort_order": p.get("sort_order", 0)} for p in parts]


def _shipped(line: AbstractLine) -> int:
    events = line.order.shipping_events.all()
    return sum(q.quantity for e in events for q in e.line_quantities.all() if q.line_id == line.pk)


def _shipments(order: AbstractOrder, lines: Mapping[int, AbstractLine]) -> list[dict[str, object]]:
    events = [event for event in order.shipping_events.all() if event.line_quantities.all()]
    return [_shipment(event, lines, order) for event in events]


def _shipment(
    event: AbstractShippingEvent, lines: Mapping[int, AbstractLine], order: AbstractOrder
) -> dict[str, object]:
    items = []
    for quantity in event.line_quantities.all():
        item = _item(lines[quantity.line_id])
        items.append(
            {
                "__typename": _SHIPMENT_ITEM_TYPES.get(str(item["product_type"]), "ShipmentItem"),
                "id": uids.encode(f"{event.pk}/{quantity.line_id}"),
                "order_item": item,
                "product_name": item["product_name"],
                "product_sku": item["product_sku"],
                "product_sale_price": item["product_sale_price"],
                "quantity_shipped": quantity.quantity,
                "bundle_options": item["bundle_options"],
            }
        )
    note = {"message": event.notes, "timestamp": timestamp(event.date_created)}
    return {
        "id": uids.encode(event.pk),
        "number": f"{event.pk:09d}",
        "items": items,
        "tracking": [],
        "comments": [note] if event.notes else [],
    }


def _comments(order: AbstractOrder) -> list[dict[str, object]]:
    """Return what the merchant wrote for the customer; other notes are the merchant's own."""
    return [
        {"message": note.message, "timestamp": timestamp(note.date_created)}
        for note in order.notes.all()
        if note.note_type == "Info"
    ]


@order_item.field("product")
def resolve_item_product(item: dict[str, object], info: GraphQLResolveInfo) -> object:
    """Answer the product as it is now, null when it is gone."""
    product_id = item.get("product_id")
    if product_id is None:
        return None
    return product_values(info.context, {int(str(product_id))}).get(int(str(product_id)))


# Finding


@customer_type.field("orders")
def resolve_orders(
    customer: dict[str, AbstractUser],
    _info: GraphQLResolveInfo,
    filter: dict[str, object] | None = None,
    currentPage: int = 1,
    pageSize: int = 20,
    sort: dict[str, str] | None = None,
    scope: str | None = None,
) -> dict[str, object]:
    """Answer a page of a customer's orders, the newest first unless asked otherwise."""
    found = _filtered(_orders().filter(user=customer["user"]), filter or {})
    ascending = sort is not None and sort["sort_direction"] == "ASC"
    return _page(found.order_by("pk" if ascending else "-pk"), currentPage, pageSize)


def _page(found: QuerySet[AbstractOrder], current_page: int, page_size: int) -> dict[str, object]:
    if current_page < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if page_size < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    total = found.count()
    start = (current_page - 1) * page_size
    return {
        "items": [order_value(order) for order in found[start : start + page_size]],
        "total_count": total,
        "page_info": page_info(current_page, page_size, total),
    }


def _filtered(found: QuerySet[AbstractOrder], wanted: Mapping[str, object]) -> QuerySet[AbstractOrder]:
    by_number = wanted.get("number")
    if not isinstance(by_number, dict):
        return found
    if by_number.get("eq"):
        found = found.filter(number=by_number["eq"])
    if by_number.get("in"):
        found = found.filter(number__in=[n for n in by_number["in"] if n])
    if by_number.get("match"):
        if len(by_number["match"]) < 3:
            raise InvalidInput("Invalid match filter. Minimum length is 3.")
        found = found.filter(number__contains=by_number["match"])
    return found


@query.field("customerOrders")
def resolve_customer_orders(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer the older ``customerOrders``."""
    return _page(_orders().filter(user=require_customer(info.context)).order_by("-pk"), 1, 20)


@query.field("guestOrder")
def resolve_guest_order(
    _parent: object,
    _info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Answer a guest's order to who knows its number, e-mail and postcode (or last name)."""
    order = _orders().filter(number=str(input["number"])).first()
    if order is None or not _knows(order.record, input):
        raise NoSuchEntity(_NOT_LOCATED)
    if order.user_id is not None:
        raise NotAuthorized("Please login to view the order.")
    return order_value(order)


def _knows(record: OrderRecord, given: Mapping[str, object]) -> bool:
    billing = Address.of(record.billing_address) if record.billing_address else Address()
    proofs = [(str(given["email"]), record.email)]
    for key, kept in (("postcode", billing.postcode), ("lastname", billing.lastname)):
        if given.get(key) is not None:
            proofs.append((str(given[key]), kept))
    if len(proofs) == 1:
        return False
    return all(hmac.compare_digest(a.casefold().encode(), b.casefold().encode()) for a, b in proofs)


@query.field("guestOrderByToken")
def resolve_guest_order_by_token(
    _parent: object,
    _info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Answer a guest's order to who has its token."""
    order = _orders().filter(record__token=str(input["token"]), user=None).first()
    if order is None:
        raise NoSuchEntity(_NOT_LOCATED)
    return order_value(order)


# Doing


@mutation.field("reorderItems")
def resolve_reorder(
    _parent: object,
    info: GraphQLResolveInfo,
    orderNumber: str,
) -> dict[str, object]:
    """Put what was ordered into the customer's cart again."""
    customer = require_customer(info.context)
    order = _orders().filter(user=customer, number=orderNumber).first()
    if order is None:
        raise InvalidInput(f'Order number "{orderNumber}" doesn\'t belong to the current customer')
    return _reorder(order, customer)


def _reorder(order: AbstractOrder, customer: AbstractUser) -> dict[str, object]:
    problems: list[dict[str, object]] = []
    cart = carts.create(customer)
    with transaction.atomic():
        carts.lock(cart)
        for line in order.lines.all():
            try:
                adding.add(cart, _wish_of(line))
            except LineRefused as refusal:
                found = {"code": refusal.problem.value, "message": refusal.message}
                problems.append({**found, "path": ["orderNumber"]})
    return {"cart": cart_value(cart), "userInputErrors": problems}


def _wish_of(line: AbstractLine) -> Wish:
    record: OrderLineRecord = line.record
    named = record.product.upc if record.product is not None else record.sku
    return Wish(str(named), line.quantity, tuple(record.selected))


@mutation.field("cancelOrder")
def resolve_cancel_order(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Refuse: cancelling is the merchant's (``order_cancellation_enabled`` is false)."""
    require_customer(info.context)
    return {"error": "Order cancellation is not enabled for requested store.", "order": None}


BINDABLES = (query, mutation, customer_type, order_item)
