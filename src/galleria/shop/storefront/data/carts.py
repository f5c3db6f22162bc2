"""Questions and acts about one shopper's cart. Never cached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.engine import as_customer
from galleria.shop.storefront.data.purchases import Added, Cart, CartLine, Total

if TYPE_CHECKING:
    from galleria.shop.storefront.client import fragments
    from galleria.shop.storefront.data.engine import Engine

    Line: TypeAlias = (
        fragments.CartPartsItemsV2ItemsCartItemInterface
        | fragments.CartPartsItemsV2ItemsBundleCartItem
        | fragments.CartPartsItemsV2ItemsConfigurableCartItem
        | fragments.CartPartsItemsV2ItemsDownloadableCartItem
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shopper puts into the cart: a product and, where it has options, the uids of the values chosen."""

    sku: str
    quantity: float
    choice_uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose cart: its id, and the token of a customer who is signed in."""

    cart_id: str
    token: str | None = None


class Carts:
    """The carts of this shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def create(self) -> str:
        """Return the id of a new guest's cart."""
        answer = (await self._engine.ask(lambda client: client.create_guest_cart())).create_guest_cart
        if answer is None or answer.cart is None:
            raise ValueError("the engine made no cart")
        return answer.cart.id

    async def of_customer(self, token: str) -> str:
        """Return the id of a customer's own cart."""
        answer = await self._engine.ask(lambda client: client.customer_cart(headers=as_customer(token)))
        return answer.customer_cart.id

    async def pieces(self, cart_id: str, token: str) -> int:
        """Return how many pieces are in a customer's cart."""
        answer = await self._engine.ask(lambda client: client.cart_count(cart_id, headers=as_customer(token)))
        return int(answer.cart.total_quantity) if answer.cart else 0

    async def show(self, holder: Holder) -> Cart:
        """Return the cart. `Refused` when it is gone or someone else's."""
        answer = await self._engine.ask(lambda client: client.cart(holder.cart_id, headers=as_customer(holder.token)))
        return read_cart(answer.cart)

    async def add(self, holder: Holder, wanted: tuple[Wanted, ...]) -> Added:
        """Put into the cart what can be put there, and say what can't."""
        from galleria.shop.storefront.client.input_types import CartItemInput

        items = [
            CartItemInput(sku=one.sku, quantity=one.quantity, selected_options=list(one.choice_uids) or None)
            for one in wanted
        ]
        answer = (
            await self._engine.ask(
                lambda client: client.add_to_cart(holder.cart_id, items, headers=as_customer(holder.token))
            )
        ).add_products_to_cart
        if answer is None:
            raise ValueError("the engine gave no cart")
        return Added(read_cart(answer.cart), tuple(error.message for error in reading.there(answer.user_errors)))

    async def update(self, holder: Holder, line: str, quantity: float) -> Cart:
        """Set a line's quantity; 0 removes it."""
        answer = await self._engine.ask(
            lambda client: client.update_line(holder.cart_id, line, quantity, headers=as_customer(holder.token))
        )
        return read_cart(answer.update_cart_items.cart if answer.update_cart_items else None)

    async def remove(self, holder: Holder, line: str) -> Cart:
        """Take a line out."""
        answer = await self._engine.ask(
            lambda client: client.remove_line(holder.cart_id, line, headers=as_customer(holder.token))
        )
        return read_cart(answer.remove_item_from_cart.cart if answer.remove_item_from_cart else None)

    async def apply_coupon(self, holder: Holder, code: str) -> Cart:
        """Use a voucher. `Refused` says why not."""
        answer = await self._engine.ask(
            lambda client: client.apply_coupon(holder.cart_id, code, headers=as_customer(holder.token))
        )
        return read_cart(answer.apply_coupon_to_cart.cart if answer.apply_coupon_to_cart else None)

    async def remove_coupon(self, holder: Holder) -> Cart:
        """Use no voucher."""
        answer = await self._engine.ask(
            lambda client: client.remove_coupon(holder.cart_id, headers=as_customer(holder.token))
        )
        return read_cart(answer.remove_coupon_from_cart.cart if answer.remove_coupon_from_cart else None)

    async def merge(self, guest_cart: str, token: str, customer_cart: str) -> None:
        """Move a guest's lines into the customer's own cart."""
        await self._engine.ask(lambda client: client.merge_carts(guest_cart, customer_cart, headers=as_customer(token)))


def read_cart(parts: fragments.CartParts | None) -> Cart:
    """Return the cart that an answer is about."""
    if parts is None:
        raise ValueError("the engine gave no cart")
    prices = parts.prices
    total = reading.money(prices.grand_total if prices else None)
    currency = total.currency
    return Cart(
        id=parts.id,
        lines=tuple(_line(item) for item in (parts.items_v_2.items if parts.items_v_2 else ()) if item),
        pieces=int(parts.total_quantity),
        subtotal=reading.money(prices.subtotal_excluding_tax if prices else None, currency),
        discounts=_totals(prices.discounts if prices else None),
        taxes=_totals(prices.applied_taxes if prices else None),
        total=total,
        coupons=tuple(coupon.code for coupon in reading.there(parts.applied_coupons)),
        email=parts.email,
        virtual=parts.is_virtual,
    )


def _totals(
    rows: list[fragments.CartPartsPricesDiscounts | None] | list[fragments.CartPartsPricesAppliedTaxes | None] | None,
) -> tuple[Total, ...]:
    return tuple(Total(reading.text(row.label), reading.money(row.amount)) for row in rows or () if row is not None)


def _line(item: Line) -> CartLine:
    product, prices = item.product, item.prices
    name = reading.text(product.name)
    shown = reading.image(product.small_image, name)
    choices, uids = _choices(item)
    if item.typename__ == "ConfigurableCartItem":
        shown = reading.image(item.configured_variant.small_image, name) or shown
    return CartLine(
        uid=item.uid,
        sku=product.sku or "",
        name=name,
        path=reading.product_path(product.url_key, product.url_suffix),
        image=shown,
        choices=choices,
        choice_uids=uids,
        quantity=item.quantity,
        each=reading.money(prices.price if prices else None),
        total=reading.money(prices.row_total if prices else None),
        available=item.is_available,
        errors=tuple(error.message for error in item.errors or () if error),
    )


def _choices(item: Line) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    if item.typename__ == "ConfigurableCartItem":
        options = reading.there(item.configurable_options)
        return (
            tuple((reading.text(option.option_label), reading.text(option.value_label)) for option in options),
            tuple(option.configurable_product_option_value_uid for option in options),
        )
    if item.typename__ == "BundleCartItem":
        return tuple(
            (reading.text(option.label), ", ".join(reading.text(value.label) for value in reading.there(option.values)))
            for option in reading.there(item.bundle_options)
        ), ()
    if item.typename__ == "DownloadableCartItem":
        titles = [reading.text(link.title) for link in reading.there(item.links)]
        return ((("Files", ", ".join(titles)),) if titles else ()), ()
    return (), ()
