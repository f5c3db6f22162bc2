"""What the shop is made of, as the pages see it. Prices are in the shop's display currency, major units."""

from __future__ import annotations

from dataclasses import dataclass


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
    """A value one can see: a colour (``#rrggbb``) or none, with its name. ``code`` is its attribute."""

    label: str
    colour: str | None
    code: str = ""


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
class Look:
    """How one variant of a listed product looks: the code and label of each value that makes it, and its picture."""

    values: tuple[tuple[str, str], ...]
    image: Image


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
    price: Money | None
    """What it adds; None where that depends on other things."""
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
    """A file that a downloadable product gives. ``price`` is what it adds where files are bought one by one."""

    uid: str
    title: str
    price: Money
    sample: str | None = None
    """Where a sample of it is."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Something to look into before buying, and where it is."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Files:
    """What a downloadable product gives. ``separate``: the shopper chooses which files to buy."""

    title: str
    links: tuple[Link, ...]
    separate: bool
    samples: tuple[Sample, ...] = ()


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
    files: Files | None = None
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
    media: str
    """Where the engine says that pictures lie."""
    theme: str
    """The merchant's choice of a theme; empty when there is none, and it may be one that nobody knows."""


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page of the merchant's own words; ``content`` is HTML that is not yet cleaned."""

    identifier: str
    title: str
    heading: str
    summary: str
    content: str
