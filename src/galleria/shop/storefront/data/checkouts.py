"""From a cart to an order: who, where to, how sent, how paid, placed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.carts import read_cart
from galleria.shop.storefront.data.engine import as_customer
from galleria.shop.storefront.data.errors import Category, Refused
from galleria.shop.storefront.data.order_reading import read_order
from galleria.shop.storefront.data.purchases import (
    Address,
    Checkout,
    Country,
    PaymentChoice,
    PlacedOrder,
    Region,
    ShippingChoice,
)

if TYPE_CHECKING:
    from galleria.shop.storefront.client import checkout_cart as client
    from galleria.shop.storefront.client.input_types import CartAddressInput
    from galleria.shop.storefront.data.cache import AnswerCache
    from galleria.shop.storefront.data.carts import Holder
    from galleria.shop.storefront.data.engine import Engine
    from galleria.shop.storefront.data.purchases import Order

COUNTRY_SECONDS: Final = 3600.0


class NotPlaced(Exception):
    """The order was not placed. ``gone``: because this cart has been ordered already."""

    def __init__(self, message: str, *, gone: bool) -> None:
        super().__init__(message)
        self.message = message
        self.gone = gone


class Checkouts:
    """Carts on their way to an order. Never cached, but for the countries."""

    def __init__(self, engine: Engine, cache: AnswerCache) -> None:
        self._engine = engine
        self._cache = cache

    async def show(self, holder: Holder) -> Checkout:
        """Return how far the cart is. `Refused` when it is gone or someone else's."""
        answer = await self._engine.ask(
            lambda client: client.checkout_cart(holder.cart_id, headers=as_customer(holder.token))
        )
        if answer.cart is None:
            raise Refused("The cart is not there.", Category.NO_SUCH_ENTITY)
        return _checkout(answer.cart)

    async def countries(self) -> tuple[Country, ...]:
        """Return where the shop sends to, by name."""
        return await self._cache.get("countries", COUNTRY_SECONDS, self._load_countries, rather_old=True)

    async def set_email(self, holder: Holder, email: str) -> None:
        """Say who a guest is."""
        await self._engine.ask(lambda client: client.set_guest_email(holder.cart_id, email))

    async def set_shipping_address(self, holder: Holder, address: Address) -> None:
        """Say where it goes."""
        given = _input(address, await self.countries())
        await self._engine.ask(
            lambda client: client.set_shipping_address(holder.cart_id, given, headers=as_customer(holder.token))
        )

    async def set_billing_address(self, holder: Holder, address: Address | None) -> None:
        """Say who pays; None is whoever it goes to."""
        from galleria.shop.storefront.client.input_types import BillingAddressInput

        if address is None:
            billing = BillingAddressInput(same_as_shipping=True)
        else:
            billing = BillingAddressInput(address=_input(address, await self.countries()))
        await self._engine.ask(
            lambda client: client.set_billing_address(holder.cart_id, billing, headers=as_customer(holder.token))
        )

    async def set_shipping(self, holder: Holder, code: str) -> None:
        """Choose how it is sent: carrier and method, joined by a colon."""
        carrier, _, method = code.partition(":")
        await self._engine.ask(
            lambda client: client.set_shipping_method(
                holder.cart_id, carrier, method, headers=as_customer(holder.token)
            )
        )

    async def set_payment(self, holder: Holder, code: str) -> None:
        """Choose how it is paid."""
        await self._engine.ask(
            lambda client: client.set_payment_method(holder.cart_id, code, headers=as_customer(holder.token))
        )

    async def place(self, holder: Holder) -> PlacedOrder:
        """Place the order.

        Raises:
            NotPlaced: it was not placed, and why.
        """
        answer = (
            await self._engine.ask(lambda client: client.place_order(holder.cart_id, headers=as_customer(holder.token)))
        ).place_order
        errors = reading.there(answer.errors) if answer else []
        if answer is None or answer.order_v_2 is None:
            first = errors[0] if errors else None
            raise NotPlaced(
                first.message if first else "The order was not placed.",
                gone=first is not None and first.code.value in ("CART_NOT_ACTIVE", "CART_NOT_FOUND"),
            )
        return PlacedOrder(answer.order_v_2.number, answer.order_v_2.token)

    async def placed(self, token: str) -> Order:
        """Return a guest's order by the token that came with it. `Refused` when it is nobody's or a customer's."""
        return read_order((await self._engine.ask(lambda client: client.guest_order(token))).guest_order_by_token)

    async def _load_countries(self) -> tuple[Country, ...]:
        answer = await self._engine.read(lambda client: client.countries())
        config = answer.store_config
        with_region = _codes(config.countries_with_required_region if config else None)
        without_postcode = _codes(config.optional_zip_countries if config else None) or frozenset()
        found = [
            Country(
                country.id or "",
                reading.text(country.full_name_locale or country.full_name_english) or country.id or "",
                tuple(
                    Region(region.id or 0, region.code or "", reading.text(region.name))
                    for region in reading.there(country.available_regions)
                ),
                needs_region=bool(country.available_regions) and (with_region is None or country.id in with_region),
                needs_postcode=country.id not in without_postcode,
            )
            for country in reading.there(answer.countries)
            if country.id
        ]
        return tuple(sorted(found, key=lambda country: country.name))


def _codes(listed: str | None) -> frozenset[str] | None:
    return None if listed is None else frozenset(code.strip() for code in listed.split(","))


def find_region(countries: tuple[Country, ...], country: str, written: str) -> Region | None:
    """Return the region that a shopper means by a name or a code, or None."""
    regions = next((one.regions for one in countries if one.code == country), ())
    wanted = written.strip().casefold()
    return next((region for region in regions if wanted in (region.name.casefold(), region.code.casefold())), None)


def _input(address: Address, countries: tuple[Country, ...]) -> CartAddressInput:
    from galleria.shop.storefront.client.input_types import CartAddressInput

    region = find_region(countries, address.country, address.region)
    return CartAddressInput(
        firstname=address.firstname,
        lastname=address.lastname,
        company=address.company or None,
        street=list(address.street),
        city=address.city,
        region=region.code if region else address.region or None,
        region_id=region.id if region else None,
        postcode=address.postcode or None,
        country_code=address.country,
        telephone=address.telephone or None,
        save_in_address_book=False,
    )


def _checkout(cart: client.CheckoutCartCart) -> Checkout:
    shipping = next(iter(reading.there(cart.shipping_addresses)), None)
    choices = reading.there(shipping.available_shipping_methods) if shipping else []
    chosen = shipping.selected_shipping_method if shipping else None
    method = (
        ShippingChoice(
            f"{chosen.carrier_code}:{chosen.method_code}",
            _label(chosen.carrier_title, chosen.method_title),
            reading.money(chosen.amount),
        )
        if chosen
        else None
    )
    return Checkout(
        cart=replace(read_cart(cart), shipping=method),
        shipping_address=_address(shipping),
        billing_address=_address(cart.billing_address),
        shipping_choices=tuple(
            ShippingChoice(
                f"{choice.carrier_code}:{choice.method_code}",
                _label(choice.carrier_title, choice.method_title),
                reading.money(choice.amount),
            )
            for choice in choices
            if choice.available
        ),
        payment_choices=tuple(
            PaymentChoice(payment.code, reading.text(payment.title))
            for payment in reading.there(cart.available_payment_methods)
        ),
        payment=(cart.selected_payment_method.code or None) if cart.selected_payment_method else None,
    )


def _label(carrier: str | None, method: str | None) -> str:
    parts = [reading.text(carrier), reading.text(method)]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _address(
    found: client.CheckoutCartCartShippingAddresses | client.CheckoutCartCartBillingAddress | None,
) -> Address | None:
    if found is None or not found.firstname:
        return None
    return Address(
        firstname=found.firstname,
        lastname=found.lastname,
        company=found.company or "",
        street=tuple(line for line in found.street if line),
        city=found.city,
        region=(found.region.label or found.region.code or "") if found.region else "",
        postcode=found.postcode or "",
        country=found.country.code,
        telephone=found.telephone or "",
    )
