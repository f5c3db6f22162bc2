"""Mutations that change what is in a cart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ariadne import MutationType
from django.db import transaction
from oscar.core.loading import get_model

from galleria.shop.engine.graphql import adding, carts, uids
from galleria.shop.engine.graphql.adding import LineRefused, Problem, Wish
from galleria.shop.engine.graphql.cart import cart_value
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.carts import Cart, CartLine

mutation = MutationType()
Line = get_model("basket", "Line")


@mutation.field("addProductsToCart")
def resolve_add_products(
    _parent: object,
    info: GraphQLResolveInfo,
    cartId: str,
    cartItems: list[dict[str, object]],
) -> dict[str, object]:
    """Put the good lines in; what is wrong with the others stands in ``user_errors``."""
    cart = carts.open_cart(info.context, cartId)
    if not cartItems:
        raise InvalidInput('Required parameter "cartItems" is missing')
    problems: list[dict[str, object]] = []
    with transaction.atomic():
        carts.lock(cart)
        for item in cartItems:
            try:
                adding.add(cart, Wish.of(item))
            except LineRefused as refusal:
                problems.append(user_error(refusal))
    return {"cart": cart_value(cart), "user_errors": problems}


def user_error(refusal: LineRefused) -> dict[str, object]:
    """Return one entry of ``user_errors``."""
    insufficient = refusal.problem is Problem.INSUFFICIENT_STOCK
    kind = "InsufficientStockError" if insufficient else "CartUserInputError"
    return {"__typename": kind, "code": refusal.problem.value, "message": refusal.message, "quantity": None}


@mutation.field("addSimpleProductsToCart")
@mutation.field("addVirtualProductsToCart")
@mutation.field("addBundleProductsToCart")
@mutation.field("addDownloadableProductsToCart")
def resolve_add_by_kind(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Put lines in, all or none: the older mutations of one product type."""
    return _add_all(info, input, (_wish(item) for item in _items(input)))


@mutation.field("addConfigurableProductsToCart")
def resolve_add_configurable(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Put variants in by their sku, as lines of their configurable."""
    return _add_all(info, input, (_variant_wish(item) for item in _items(input)))


def _items(values: Mapping[str, object]) -> list[Mapping[str, object]]:
    items = values.get("cart_items")
    if not items:
        raise InvalidInput('Required parameter "cart_items" is missing')
    return items  # type: ignore[return-value]


def _wish(item: Mapping[str, object]) -> Wish:
    data: Mapping[str, object] = item["data"]  # type: ignore[assignment]
    selected = list(data.get("selected_options") or [])  # type: ignore[call-overload]
    for option in item.get("bundle_options") or ():  # type: ignore[attr-defined]
        for value in option["value"]:
            selected.append(uids.encode(f"bundle/{option['id']}/{value}/{int(option['quantity'])}"))
    for link in item.get("downloadable_product_links") or ():  # type: ignore[attr-defined]
        selected.append(uids.encode(f"downloadable/{link['link_id']}"))
    return Wish.of({**data, "selected_options": selected})


def _variant_wish(item: Mapping[str, object]) -> Wish:
    data: Mapping[str, object] = item["data"]  # type: ignore[assignment]
    variant_sku = str(data["sku"])
    parent_sku = item.get("parent_sku")
    if not parent_sku:
        return Wish.of({**data, "sku": item.get("variant_sku") or variant_sku})
    return Wish(str(parent_sku), float(str(data["quantity"])), variant_sku=variant_sku)


def _add_all(info: GraphQLResolveInfo, values: Mapping[str, object], wishes: Iterable[Wish]) -> dict[str, object]:
    cart = carts.open_cart(info.context, str(values["cart_id"]))
    with transaction.atomic():
        carts.lock(cart)
        for wish in wishes:
            try:
                adding.add(cart, wish)
            except LineRefused as refusal:
                raise _as_error(refusal, wish) from None
    return {"cart": cart_value(cart)}


def _as_error(refusal: LineRefused, wish: Wish) -> InvalidInput | NoSuchEntity:
    if refusal.problem is Problem.PRODUCT_NOT_FOUND:
        return NoSuchEntity(refusal.message)
    reason = refusal.message if wish.quantity > 0 else "Please enter a number greater than 0 in this field."
    if wish.variant_sku is not None and isinstance(refusal, adding.NotChosen):
        reason = "Could not find specified product."
    return InvalidInput(f"Could not add the product with SKU {wish.sku} to the shopping cart: {reason}")


@mutation.field("updateCartItems")
def resolve_update_items(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Set quantities, all or none; a quantity of nothing takes the line out."""
    cart = carts.open_cart(info.context, str(input["cart_id"]))
    items = _items(input)
    with transaction.atomic():
        carts.lock(cart)
        for item in items:
            _update(cart, item)
    return {"cart": cart_value(cart)}


def _update(cart: Cart, item: Mapping[str, object]) -> None:
    number = _line_number(item)
    if number is None:
        raise InvalidInput('Required parameter "cart_item_id" for "cart_items" is missing.')
    quantity = item.get("quantity")
    message = item.get("gift_message")
    if quantity is None and message is None:
        raise InvalidInput('Required parameter "quantity" for "cart_items" is missing.')
    line = _find(cart, number)
    wanted = float(str(quantity)) if quantity is not None else None
    if wanted is not None and wanted <= 0:
        if line is None:
            raise NoSuchEntity(f"The {cart.basket.pk} Cart doesn't contain the {number} item.")
        _remove(cart, line)
        return
    if line is None:
        raise NoSuchEntity(f"Could not find cart item with id: {number}.")
    if wanted is not None:
        _set(cart, line, wanted)


def _set(cart: Cart, line: CartLine, wanted: float) -> None:
    try:
        adding.check_quantity(cart, line.sold, wanted, instead_of=line.id)
    except LineRefused as refusal:
        raise InvalidInput(f"Could not update the product with SKU {line.named.sku}: {refusal.message}") from None
    Line.objects.filter(pk=line.id).update(quantity=int(wanted))
    cart.changed()


@mutation.field("removeItemFromCart")
def resolve_remove_item(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Take a line out."""
    number = _line_number(input)
    if number is None:
        raise InvalidInput('Required parameter "cart_item_id" is missing.')
    cart = carts.open_cart(info.context, str(input["cart_id"]))
    with transaction.atomic():
        carts.lock(cart)
        line = _find(cart, number)
        if line is None:
            raise NoSuchEntity("The cart doesn't contain the item")
        _remove(cart, line)
    return {"cart": cart_value(cart)}


@mutation.field("clearCart")
def resolve_clear_cart(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Take every line out."""
    cart = carts.open_cart(info.context, str(input["uid"]))
    with transaction.atomic():
        carts.lock(cart)
        Line.objects.filter(basket=cart.basket).delete()
        cart.changed()
    return {"cart": cart_value(cart), "errors": []}


def _remove(cart: Cart, line: CartLine) -> None:
    Line.objects.filter(pk=line.id).delete()
    cart.changed()


def _find(cart: Cart, number: int) -> CartLine | None:
    return next((line for line in cart.lines if line.id == number), None)


def _line_number(item: Mapping[str, object]) -> int | None:
    """Return the line's number from its uid or its older id. Raises InvalidInput for what is no uid."""
    uid = item.get("cart_item_uid")
    if uid:
        text = uids.decode(str(uid))
        if not text.isdigit():
            raise InvalidInput(f'Value of uid "{uid}" is incorrect.')
        return int(text)
    number = item.get("cart_item_id")
    return int(str(number)) if number else None


BINDABLES = (mutation,)
