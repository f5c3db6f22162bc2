"""What one shopper has and does: cart, checkout, orders, addresses, wishes. Of the same matter as `values`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from galleria.shop.storefront.data.values import Card, Image, Money


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line of the cart. ``errors`` say why it stops the checkout."""

    uid: str
    sku: str
    name: str
    path: str
    image: Image | None
    choices: tuple[tuple[str, str], ...]
    choice_uids: tuple[str, ...]
    quantity: float
    each: Money
    total: Money
    available: bool
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """One line of the summary."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ShippingChoice:
    """A way to send it. ``code`` is carrier and method, joined by a colon."""

    code: str
    label: str
    amount: Money
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """A way to pay."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart as it stands."""

    id: str
    lines: tuple[CartLine, ...]
    pieces: int
    subtotal: Money
    discounts: tuple[Total, ...]
    taxes: tuple[Total, ...]
    total: Money
    coupons: tuple[str, ...]
    email: str | None
    virtual: bool
    shipping: ShippingChoice | None = None

    @property
    def stopped(self) -> bool:
        """Whether a line stops the checkout."""
        return any(line.errors or not line.available for line in self.lines)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of putting something into the cart: the cart, and what could not be put there."""

    cart: Cart
    problems: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Address:
    """Where something goes, as a shopper writes it. ``region`` is a name, ``country`` an ISO 3166-1 alpha-2 code."""

    firstname: str = ""
    lastname: str = ""
    company: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    telephone: str = ""

    @property
    def short(self) -> str:
        """What tells this address from others in a few words."""
        return ", ".join(part for part in (*self.street[:1], self.city) if part)


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address in a customer's book."""

    id: int
    address: Address
    for_shipping: bool
    for_billing: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a country that its addresses name."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country that the shop sends to, and what an address there can't do without."""

    code: str
    name: str
    regions: tuple[Region, ...] = ()
    needs_region: bool = False
    needs_postcode: bool = True


@dataclass(frozen=True, slots=True)
class Checkout:
    """A cart on its way to an order."""

    cart: Cart
    shipping_address: Address | None
    billing_address: Address | None
    shipping_choices: tuple[ShippingChoice, ...]
    payment_choices: tuple[PaymentChoice, ...]
    payment: str | None

    @property
    def addressed(self) -> bool:
        """Whether it is known where the order goes."""
        return (self.billing_address if self.cart.virtual else self.shipping_address) is not None


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who is signed in."""

    email: str
    firstname: str
    lastname: str
    subscribed: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order."""

    name: str
    sku: str
    path: str | None
    choices: tuple[tuple[str, str], ...]
    quantity: float
    each: Money


@dataclass(frozen=True, slots=True)
class Order:
    """An order as its customer sees it."""

    number: str
    when: str
    status: str
    shipping: str
    payment: str
    shipping_address: Address | None
    billing_address: Address | None
    lines: tuple[OrderLine, ...]
    totals: tuple[Total, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order just placed. Whoever has ``token`` may read a guest's order."""

    number: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WishlistEntry:
    """Something that a customer wants to remember."""

    id: str
    card: Card


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a customer bought."""

    when: str
    order: str
    address: str | None
    left: str
    status: str
