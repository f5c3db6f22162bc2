"""Category pages and search: a list of products, what it can be narrowed by, and the way through it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from galleria.shop.storefront.data import narrowing
from galleria.shop.storefront.data.errors import Category as Why
from galleria.shop.storefront.data.errors import Refused
from galleria.shop.storefront.data.narrowing import Wish
from galleria.shop.storefront.data.product_reading import slug
from galleria.shop.storefront.data.values import Listing, Place

if TYPE_CHECKING:
    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.values import Card, Category, FacetOption, Look
    from galleria.shop.storefront.pages.addresses import ListAddress

PAGE_SIZE: Final = 24
_FIRST_FACETS: Final = ("category_uid", "size", "color", "price")
_OPEN_FACETS: Final = 4
_NAMED: Final = {
    name: name
    for name in ("black", "white", "gray", "brown", "blue", "green", "red", "orange", "yellow", "purple", "pink")
}
_TO: Final = " \u2013 "
"""Between the two ends of a price range."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One link that narrows the list or takes that back."""

    label: str
    link: str
    chosen: bool = False
    count: int | None = None
    code: str = ""
    """The attribute that it is about."""


@dataclass(frozen=True, slots=True)
class FacetBlock:
    """One attribute with its choices."""

    code: str
    label: str
    choices: tuple[Choice, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class PageLink:
    """One number of the pager; ``number`` 0 is a gap."""

    number: int
    link: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything that a list's page shows."""

    heading: str
    title: str
    summary: str
    description: str
    trail: tuple[Place, ...]
    children: tuple[Place, ...]
    listing: Listing
    facets: tuple[FacetBlock, ...]
    chips: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    sort: str
    clear: str
    pager: tuple[PageLink, ...]
    canonical: str
    previous: str | None
    next: str | None
    indexable: bool
    hidden: tuple[tuple[str, str], ...]
    """What the sort form must carry along."""
    path: str
    search: str | None = None
    suggestions: tuple[Choice, ...] = ()
    elsewhere: tuple[Place, ...] = ()

    @property
    def currency(self) -> str:
        """What prices are in; empty when nothing is listed."""
        return self.listing.cards[0].price.final.currency if self.listing.cards else ""

    def shade(self, label: str) -> str:
        """Return how a colour looks: as the listed products show it, else as browsers know its name."""
        shown = (swatch for card in self.listing.cards for swatch in card.swatches if swatch.label == label)
        return next((swatch.colour for swatch in shown if swatch.colour), None) or _NAMED.get(label.casefold(), "none")


async def category_page(catalogue: Catalogue, category: Category, address: ListAddress) -> ListPage | None:
    """Return a category's page, or None when it has no such page number."""
    listing = await _listing(catalogue, address, Wish(category_uid=category.uid))
    if listing is None:
        return None
    page = _page(address, listing, category.name)
    return replace(
        page,
        title=category.title,
        summary=category.summary,
        description=category.description if address.page == 1 and address.bare else "",
        trail=category.trail,
        children=tuple(child for child in category.children if child.products),
    )


async def search_page(catalogue: Catalogue, address: ListAddress) -> ListPage | None:
    """Return what a search finds, or None when it has no such page number."""
    words = address.search or ""
    elsewhere = await catalogue.menu()
    if not words:
        empty = Listing((), 0, 1, 0, (), (), ())
        return replace(_page(address, empty, "Search"), elsewhere=elsewhere, search="")
    listing = await _listing(catalogue, address, Wish(search=words))
    if listing is None:
        return None
    page = _page(address, listing, f"Results for “{words}”")
    suggestions = tuple(
        Choice(word, replace(address.cleared(), search=word).text()) for word in listing.suggestions if word != words
    )
    return replace(page, search=words, suggestions=suggestions, elsewhere=elsewhere, indexable=False)


async def _listing(catalogue: Catalogue, address: ListAddress, wish: Wish) -> Listing | None:
    wish = replace(wish, narrowed=address.narrowed, sort=address.sort, page=address.page, page_size=PAGE_SIZE)
    try:
        listing = await catalogue.listing(wish)
    except Refused as refused:
        if refused.category is Why.INPUT and address.page > 1:
            return None
        raise
    if address.page > max(listing.pages, 1):
        return None
    return replace(listing, cards=await dressed(catalogue, listing, address.narrowed))


async def dressed(catalogue: Catalogue, listing: Listing, narrowed: tuple[tuple[str, str], ...]) -> tuple[Card, ...]:
    """Return the listed products in the colours that the list is narrowed to: picture, and the way to that variant."""
    chosen = {
        facet.code: {option.label for option in facet.options if (facet.code, option.value) in narrowed}
        for facet in listing.facets
    }
    wanted = {
        card.sku: {swatch.label for swatch in card.swatches if swatch.label in chosen.get(swatch.code, ())}
        for card in listing.cards
    }
    skus = tuple(sku for sku, labels in wanted.items() if labels)
    looks = await catalogue.looks(skus) if skus else {}
    return tuple(_in_colour(card, looks.get(card.sku, ()), wanted[card.sku]) for card in listing.cards)


def _in_colour(card: Card, looks: tuple[Look, ...], labels: set[str]) -> Card:
    for look in looks:
        for code, label in look.values:
            if label in labels and any((swatch.code, swatch.label) == (code, label) for swatch in card.swatches):
                path = f"{card.path}?{urlencode({code: slug(label)})}"
                return replace(card, image=replace(look.image, label=card.name), path=path)
    return card


def _page(address: ListAddress, listing: Listing, heading: str) -> ListPage:
    facets = _facets(address, listing)
    canonical = replace(address, narrowed=(), sort=None)
    return ListPage(
        heading=heading,
        title=heading,
        summary="",
        description="",
        trail=(),
        children=(),
        listing=listing,
        facets=facets,
        chips=_chips(address, listing),
        sorts=_sorts(address),
        sort=address.sort or "",
        clear=address.cleared().text(),
        pager=_pager(address, listing.pages),
        canonical=canonical.text(),
        previous=canonical.at(address.page - 1).text() if address.page > 1 else None,
        next=canonical.at(address.page + 1).text() if address.page < listing.pages else None,
        indexable=address.bare,
        hidden=(*((("q", address.search),) if address.search else ()), *address.narrowed),
        path=address.path,
    )


def _facets(address: ListAddress, listing: Listing) -> tuple[FacetBlock, ...]:
    order = {code: place for place, code in enumerate(_FIRST_FACETS)}
    found = sorted(
        (facet for facet in listing.facets if facet.options),
        key=lambda facet: order.get(facet.code, len(order)),
    )
    chosen = {code for code, _ in address.narrowed}
    return tuple(
        FacetBlock(
            facet.code,
            facet.label,
            tuple(
                Choice(
                    _label(facet.code, option),
                    address.toggled(facet.code, option.value).text(),
                    (facet.code, option.value) in address.narrowed,
                    option.count,
                )
                for option in facet.options
            ),
            open=place < _OPEN_FACETS or facet.code in chosen,
        )
        for place, facet in enumerate(found)
    )


def _label(code: str, option: FacetOption) -> str:
    if code == narrowing.PRICE:
        return option.label.replace("-", _TO).replace("_", _TO)
    return {"1": "Yes", "0": "No"}.get(option.label, option.label)


def _chips(address: ListAddress, listing: Listing) -> tuple[Choice, ...]:
    labels = {
        (facet.code, option.value): f"{facet.label}: {_label(facet.code, option)}"
        for facet in listing.facets
        for option in facet.options
    }
    return tuple(
        Choice(
            labels.get((code, value), f"{code.replace('_', ' ').capitalize()}: {value.replace('_', _TO)}"),
            link,
            code=code,
        )
        for code, value in address.narrowed
        if (link := address.toggled(code, value).text())
    )


def _sorts(address: ListAddress) -> tuple[Choice, ...]:
    own = "Best match" if address.search else "Featured"
    known = (("", own), ("price", "Price: low to high"), ("-price", "Price: high to low"), ("name", "Name: A to Z"))
    return tuple(Choice(label, value, value == (address.sort or "")) for value, label in known)


def _pager(address: ListAddress, pages: int) -> tuple[PageLink, ...]:
    if pages < 2:
        return ()
    shown = sorted({1, pages, *range(max(1, address.page - 1), min(pages, address.page + 1) + 1)})
    links: list[PageLink] = []
    for number in shown:
        if links and number - links[-1].number > 1:
            links.append(PageLink(0, ""))
        links.append(PageLink(number, address.at(number).text(), number == address.page))
    return tuple(links)
