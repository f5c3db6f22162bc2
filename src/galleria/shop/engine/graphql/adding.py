"""Putting goods into a cart: the checks of one line, in Magento's order and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from galleria.shop.engine.graphql import carts, goods
from galleria.shop.engine.graphql.records.models import CartLineRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from galleria.shop.engine.graphql.carts import Cart
    from galleria.shop.engine.graphql.goods import Goods


class Problem(StrEnum):
    """``CartUserInputErrorType``."""

    PRODUCT_NOT_FOUND = "PRODUCT_NOT_FOUND"
    NOT_SALABLE = "NOT_SALABLE"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    UNDEFINED = "UNDEFINED"


class LineRefused(Exception):
    """One line can't go into the cart. The others can."""

    def __init__(self, message: str, problem: Problem = Problem.UNDEFINED) -> None:
        super().__init__(message)
        self.message = message
        self.problem = problem


class NotChosen(LineRefused):
    """A configurable has no variant of these options, or of this sku."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants: ``selected`` are option uids in the order given."""

    sku: str
    quantity: float
    selected: tuple[str, ...] = field(default=())
    variant_sku: str | None = None

    @classmethod
    def of(cls, item: Mapping[str, object]) -> Wish:
        """Return the wish in a ``CartItemInput``."""
        selected = item.get("selected_options") or []
        return cls(
            sku=str(item["sku"]),
            quantity=float(str(item["quantity"])),
            selected=tuple(str(uid) for uid in selected if uid),  # type: ignore[attr-defined]
        )


def add(cart: Cart, wish: Wish) -> None:
    """Put one wish into the cart. Raises LineRefused."""
    if wish.quantity <= 0:
        raise LineRefused("The product quantity should be greater than 0")
    named = goods.by_sku(wish.sku)
    if named is None:
        raise LineRefused(f'Could not find a product with SKU "{wish.sku}"', Problem.PRODUCT_NOT_FOUND)
    if not named.salable:
        raise LineRefused("Product that you are trying to add is not available.", Problem.NOT_SALABLE)
    sold, selected, parts = _configured(named, wish)
    cart.know(named, sold)
    check_quantity(cart, sold, wish.quantity)
    record = CartLineRecord(kind=named.kind, parts=parts)
    carts.add_line(cart, named, sold, int(wish.quantity), selected, record)


def check_quantity(cart: Cart, sold: Goods, more: float, *, instead_of: int | None = None) -> None:
    """Refuse what can't be had: a fraction, more than allowed, more than there is.

    ``instead_of`` is a line whose quantity is replaced and so does not count. Raises LineRefused.
    """
    if more != int(more):
        raise LineRefused("You cannot use decimal quantity for this product.")
    present = sum(x.quantity for x in cart.lines if x.sold.id == sold.id and x.id != instead_of)
    wanted = present + int(more)
    if wanted > sold.max_quantity:
        raise LineRefused("The requested qty exceeds the maximum qty allowed in shopping cart")
    if not sold.salable:
        raise LineRefused("This product is out of stock.", Problem.INSUFFICIENT_STOCK)
    if sold.available is not None and wanted > sold.available:
        raise LineRefused("The requested qty is not available", Problem.INSUFFICIENT_STOCK)


def _configured(named: Goods, wish: Wish) -> tuple[Goods, Sequence[str], list[dict[str, object]]]:
    """Return what is sold, the options kept, and the parts of a set."""
    match named.kind:
        case "configurable":
            sold = goods.variant(named, wish.selected, wish.variant_sku)
            if sold is None:
                raise NotChosen("You need to choose options for your item.")
            return sold, wish.selected or goods.options_of_variant(named, sold), []
        case "bundle":
            parts = goods.bundle_parts(named, wish.selected)
            if parts is None:
                raise LineRefused("Please specify product option(s).")
            return named, wish.selected, parts
        case "downloadable":
            links = goods.links(named, wish.selected)
            if links is None:
                raise LineRefused("Please specify product link(s).")
            return named, wish.selected, links
        case "grouped":
            raise LineRefused("Please specify the quantity of product(s).")
        case _:  # it has no options, so there is nothing by which two lines of it could differ
            return named, (), []
