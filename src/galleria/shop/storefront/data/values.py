"""What the shop is made of, as the pages see it. Prices are in the shop's display currency, major units."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in major units of ``currency`` (ISO 4217)."""

    value: float
    currency: str


@dataclass(frozen=True, slots=True)
class Price:
    """What one piece costs: ``final`` now, ``regular`` before any reduction, ``varies`` when variants cost more."""

    final: Money
    regular: Money
    varies: bool = False

    @property
    def reduced(self) -> bool:
        """Whether it costs less than usual."""
        return self.final.value < self.regular.value

    @property
    def percent_off(self) -> int:
        """How much less, in whole percent."""
        return round(100 * (1 - self.final.value / self.regular.value)) if self.regular.value else 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: the path under the engine's media folder, and what it shows in words."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Swatch:
    """A value one can see: a colour (``#rrggbb``) or none, with its name."""

    label: str
    colour: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A product in a list."""

    sku: str
    name: str
    path: str
    image: Image | None
    price: Price
    in_stock: bool
    rating: float
    """0 to 100."""
    reviews: int
    new: bool
    swatches: tuple[Swatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A category as one link of a menu or of a breadcrumb trail."""

    name: str
    path: str
    uid: str = ""
    products: int = 0
    image: Image | None = None
    children: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A category page's own facts."""

    uid: str
    name: str
    path: str
    title: str
    summary: str
    description: str
    image: Image | None
    trail: tuple[Place, ...]
    children: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class FacetOption:
    """One value that a list can be narrowed to, and how many products would stay."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """One attribute that a list can be narrowed by."""

    code: str
    label: str
    options: tuple[FacetOption, ...]


@dataclass(frozen=True, slots=True)
class SortField:
    """One order that the engine offers."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list of products, and what it can be narrowed and sorted by."""

    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int
    facets: tuple[Facet, ...]
    sorts: tuple[SortField, ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One choice of an option. ``slug`` stands for it in addresses."""

    uid: str
    label: str
    slug: str
    colour: str | None


@dataclass(frozen=True, slots=True)
class Option:
    """What has to be chosen of a configurable product."""

    code: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One buyable combination: ``choice`` maps an option's code to a value's uid."""

    sku: str
    choice: dict[str, str]
    in_stock: bool
    left: float | None
    price: Price
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What a shopper said. ``rating`` is 0 to 100."""

    rating: float
    when: str
    nickname: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the table of details."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PartChoice:
    """One product that can be a part of a bundle."""

    uid: str
    label: str
    pieces: float
    usual: bool
    in_stock: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bundle, to be chosen among products. ``several``: more than one may be taken."""

    title: str
    required: bool
    several: bool
    choices: tuple[PartChoice, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A file that a downloadable product gives."""

    uid: str
    title: str
    price: float


@dataclass(frozen=True, slots=True)
class Product:
    """A product page's facts. ``description`` and ``summary`` are HTML that is not yet cleaned."""

    sku: str
    name: str
    path: str
    kind: str
    title: str
    meta: str
    description: str
    summary: str
    price: Price
    images: tuple[Image, ...]
    in_stock: bool
    left: float | None
    rating: float
    review_count: int
    reviews: tuple[Review, ...]
    trail: tuple[Place, ...]
    facts: tuple[Fact, ...]
    tiers: tuple[tuple[float, Money], ...] = ()
    options: tuple[Option, ...] = ()
    variants: tuple[Variant, ...] = ()
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()
    members: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What every page needs of the shop itself."""

    name: str
    locale: str
    currency: str
    root_uid: str | None
    product_suffix: str
    category_suffix: str
    title: str
    summary: str
    welcome: str
    copyright: str
    home_page: str
    country: str
    contact: bool
    newsletter: bool
    guests_may_review: bool
    password_length: int
    theme: str
    """The merchant's choice of a theme; empty when there is none, and it may be one that nobody knows."""


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
    """A country that the shop sends to."""

    code: str
    name: str
    regions: tuple[Region, ...] = ()


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


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page of the merchant's own words; ``content`` is HTML that is not yet cleaned."""

    identifier: str
    title: str
    heading: str
    summary: str
    content: str
