"""From the engine's answer about one order to the values of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.purchases import Address, Order, OrderLine, Total

if TYPE_CHECKING:
    from galleria.shop.storefront.client import fragments


def read_order(found: fragments.OrderParts) -> Order:
    """Return an order."""
    total = found.total
    return Order(
        number=found.number,
        when=found.order_date,
        status=found.status,
        shipping=reading.text(found.shipping_method),
        payment=", ".join(reading.text(method.name) for method in reading.there(found.payment_methods)),
        shipping_address=_address(found.shipping_address),
        billing_address=_address(found.billing_address),
        lines=tuple(_line(item) for item in reading.there(found.items)),
        totals=_totals(total) if total else (),
        total=reading.money(total.grand_total if total else None),
    )


def _totals(total: fragments.OrderPartsTotal) -> tuple[Total, ...]:
    rows = [Total("Subtotal", reading.money(total.subtotal))]
    for discount in reading.there(total.discounts):
        amount = reading.money(discount.amount)
        rows.append(Total(reading.text(discount.label), type(amount)(-abs(amount.value), amount.currency)))
    if total.total_shipping.value:
        rows.append(Total("Shipping", reading.money(total.total_shipping)))
    if total.total_tax.value:
        rows.append(Total("Tax", reading.money(total.total_tax)))
    return tuple(rows)


def _line(item: fragments.OrderPartsItems) -> OrderLine:
    return OrderLine(
        name=reading.text(item.product_name),
        sku=item.product_sku,
        path=f"/{item.product_url_key}" if item.product_url_key else None,
        choices=tuple(
            (reading.text(option.label), reading.text(option.value)) for option in reading.there(item.selected_options)
        ),
        quantity=item.quantity_ordered or 0.0,
        each=reading.money(item.product_sale_price),
    )


def _address(found: fragments.OrderedAddress | None) -> Address | None:
    if found is None:
        return None
    return Address(
        firstname=found.firstname,
        lastname=found.lastname,
        company=found.company or "",
        street=tuple(line for line in found.street if line),
        city=found.city,
        region=found.region or "",
        postcode=found.postcode or "",
        country=found.country_code.value if found.country_code else "",
        telephone=found.telephone or "",
    )
