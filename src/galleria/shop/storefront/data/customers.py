"""Customers: signing in and out, and what is theirs. Nothing here is ever cached."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.checkouts import find_region
from galleria.shop.storefront.data.engine import as_customer
from galleria.shop.storefront.data.errors import Category, Refused
from galleria.shop.storefront.data.order_reading import read_order
from galleria.shop.storefront.data.purchases import (
    Address,
    Country,
    Download,
    Order,
    Person,
    SavedAddress,
    WishlistEntry,
)

if TYPE_CHECKING:
    from galleria.shop.storefront.client import fragments
    from galleria.shop.storefront.client.input_types import CustomerAddressInput
    from galleria.shop.storefront.data.engine import Engine

ORDERS_A_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Who registers."""

    firstname: str
    lastname: str
    email: str
    password: str
    subscribed: bool


@dataclass(frozen=True, slots=True)
class Wishlist:
    """A customer's wish list."""

    id: str
    entries: tuple[WishlistEntry, ...]


class Customers:
    """The customers of this shop. Every method but the first four takes the token of the one who asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def sign_in(self, email: str, password: str) -> str:
        """Return a token. `Refused` says no more than that the two don't fit."""
        answer = (await self._engine.ask(lambda client: client.sign_in(email, password))).generate_customer_token
        if answer is None or not answer.token:
            raise Refused("The e-mail address or the password is not right.", Category.AUTHENTICATION)
        return answer.token

    async def register(self, new: NewCustomer) -> None:
        """Make an account. `Refused` says why not."""
        from galleria.shop.storefront.client.input_types import CustomerCreateInput

        given = CustomerCreateInput(
            firstname=new.firstname,
            lastname=new.lastname,
            email=new.email,
            password=new.password,
            is_subscribed=new.subscribed,
        )
        await self._engine.ask(lambda client: client.register(given))

    async def forgot(self, email: str) -> None:
        """Ask for a letter with which the password can be set anew."""
        await self._engine.ask(lambda client: client.forgot_password(email))

    async def reset(self, email: str, letter: str, password: str) -> None:
        """Set the password anew with what the letter says."""
        await self._engine.ask(lambda client: client.reset_password(email, letter, password))

    async def sign_out(self, token: str) -> None:
        """Make the token worthless."""
        await self._engine.ask(lambda client: client.sign_out(headers=as_customer(token)))

    async def person(self, token: str) -> Person:
        """Return who this is."""
        found = (await self._engine.ask(lambda client: client.me(headers=as_customer(token)))).customer
        if found is None:
            raise Refused("Nobody is signed in.", Category.AUTHORIZATION)
        return _person(found)

    async def update(self, token: str, firstname: str, lastname: str, *, subscribed: bool) -> Person:
        """Change name and newsletter."""
        from galleria.shop.storefront.client.input_types import CustomerUpdateInput

        given = CustomerUpdateInput(firstname=firstname, lastname=lastname, is_subscribed=subscribed)
        answer = await self._engine.ask(lambda client: client.update_person(given, headers=as_customer(token)))
        if answer.update_customer_v_2 is None:
            return await self.person(token)
        return _person(answer.update_customer_v_2.customer)

    async def change_password(self, token: str, current: str, new: str) -> None:
        """Change the password. `Refused` when the current one is wrong or the new one too weak."""
        await self._engine.ask(lambda client: client.change_password(current, new, headers=as_customer(token)))

    async def addresses(self, token: str) -> tuple[SavedAddress, ...]:
        """Return the address book."""
        customer = (await self._engine.ask(lambda client: client.addresses(headers=as_customer(token)))).customer
        return tuple(_saved(found) for found in customer.addresses or () if found) if customer else ()

    async def save_address(
        self, token: str, address: Address, countries: tuple[Country, ...], *, number: int | None, default: bool
    ) -> None:
        """Add an address to the book, or change the one with ``number``."""
        given = _address_input(address, countries, default=default)
        if number is None:
            await self._engine.ask(lambda client: client.create_address(given, headers=as_customer(token)))
        else:
            await self._engine.ask(lambda client: client.update_address(number, given, headers=as_customer(token)))

    async def delete_address(self, token: str, number: int) -> None:
        """Take an address out of the book."""
        await self._engine.ask(lambda client: client.delete_address(number, headers=as_customer(token)))

    async def orders(self, token: str, page: int = 1) -> tuple[tuple[Order, ...], int]:
        """Return one page of orders, newest first, and how many pages there are."""
        customer = (
            await self._engine.ask(lambda client: client.orders(page, ORDERS_A_PAGE, headers=as_customer(token)))
        ).customer
        found = customer.orders if customer else None
        if found is None:
            return (), 0
        pages = (found.page_info.total_pages or 1) if found.page_info else 1
        return tuple(read_order(order) for order in reading.there(found.items)), pages

    async def order(self, token: str, number: str) -> Order | None:
        """Return one order, or None when this customer has none with that number."""
        customer = (await self._engine.ask(lambda client: client.order(number, headers=as_customer(token)))).customer
        found = reading.there(customer.orders.items) if customer and customer.orders else []
        return read_order(found[0]) if found else None

    async def reorder(self, token: str, number: str) -> tuple[str, int, tuple[str, ...]]:
        """Put an order's products into the cart again; return the cart's id, its pieces, and what did not work."""
        answer = (
            await self._engine.ask(lambda client: client.reorder(number, headers=as_customer(token)))
        ).reorder_items
        if answer is None:
            raise Refused("This order can't be repeated.", Category.INPUT)
        problems = tuple(error.message for error in reading.there(answer.user_input_errors))
        return answer.cart.id, int(answer.cart.total_quantity), problems

    async def wishlist(self, token: str, today: str = "") -> Wishlist:
        """Return the wish list."""
        day = today or datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        customer = (await self._engine.ask(lambda client: client.wishlists(headers=as_customer(token)))).customer
        lists = reading.there(customer.wishlists) if customer else []
        if not lists:
            return Wishlist("0", ())
        items = lists[0].items_v_2.items if lists[0].items_v_2 else []
        return Wishlist(
            lists[0].id or "0",
            tuple(WishlistEntry(item.id, reading.card(item.product, day)) for item in items if item and item.product),
        )

    async def wish(self, token: str, sku: str, choice_uids: tuple[str, ...]) -> tuple[str, ...]:
        """Remember a product; return what did not work."""
        from galleria.shop.storefront.client.input_types import WishlistItemInput

        items = [WishlistItemInput(sku=sku, quantity=1, selected_options=list(choice_uids) or None)]
        list_id = (await self.wishlist(token)).id
        answer = (
            await self._engine.ask(lambda client: client.add_to_wishlist(list_id, items, headers=as_customer(token)))
        ).add_products_to_wishlist
        return tuple(error.message for error in reading.there(answer.user_errors)) if answer else ()

    async def unwish(self, token: str, list_id: str, item: str) -> None:
        """Forget a product."""
        await self._engine.ask(lambda client: client.remove_from_wishlist(list_id, [item], headers=as_customer(token)))

    async def downloads(self, token: str) -> tuple[Download, ...]:
        """Return the files that were bought."""
        answer = (
            await self._engine.ask(lambda client: client.downloads(headers=as_customer(token)))
        ).customer_downloadable_products
        return tuple(
            Download(
                (item.date or "")[:10],
                item.order_increment_id or "",
                item.download_url,
                item.remaining_downloads or "",
                item.status or "",
            )
            for item in (answer.items if answer else None) or ()
            if item
        )


def _person(found: fragments.Person) -> Person:
    return Person(
        found.email or "", reading.text(found.firstname), reading.text(found.lastname), bool(found.is_subscribed)
    )


def _saved(found: fragments.SavedAddress) -> SavedAddress:
    region = found.region
    return SavedAddress(
        id=found.id or 0,
        address=Address(
            firstname=found.firstname or "",
            lastname=found.lastname or "",
            company=found.company or "",
            street=tuple(line for line in found.street or () if line),
            city=found.city or "",
            region=(region.region or region.region_code or "") if region else "",
            postcode=found.postcode or "",
            country=found.country_code.value if found.country_code else "",
            telephone=found.telephone or "",
        ),
        for_shipping=bool(found.default_shipping),
        for_billing=bool(found.default_billing),
    )


def _address_input(address: Address, countries: tuple[Country, ...], *, default: bool) -> CustomerAddressInput:
    from galleria.shop.storefront.client.enums import CountryCodeEnum
    from galleria.shop.storefront.client.input_types import CustomerAddressInput, CustomerAddressRegionInput

    region = find_region(countries, address.country, address.region)
    written = (
        CustomerAddressRegionInput(region=region.name, region_code=region.code, region_id=region.id)
        if region
        else CustomerAddressRegionInput(region=address.region or None)
    )
    try:
        country = CountryCodeEnum(address.country)
    except ValueError:
        raise Refused("Choose a country.", Category.INPUT) from None
    return CustomerAddressInput(
        firstname=address.firstname,
        lastname=address.lastname,
        company=address.company or None,
        street=list(address.street),
        city=address.city,
        region=written,
        postcode=address.postcode or None,
        country_code=country,
        telephone=address.telephone or None,
        default_shipping=default or None,
        default_billing=default or None,
    )
