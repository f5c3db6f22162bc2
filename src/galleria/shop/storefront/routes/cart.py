"""The cart: see, add, change, remove, voucher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data.carts import Holder, Wanted
from galleria.shop.storefront.data.errors import Refused
from galleria.shop.storefront.web import forms

if TYPE_CHECKING:
    from starlette.responses import Response

    from galleria.shop.storefront.data.purchases import Cart, CartLine
    from galleria.shop.storefront.routes.visit import Visit

MOST_PIECES: Final = 10_000


async def show(visit: Visit) -> Response:
    """The cart's page."""
    return await visit.draw("cart.html", cart=await current(visit))


async def add(visit: Visit) -> Response:
    """Put something into the cart; go on to the cart, or back to where it was chosen when that did not work."""
    back = forms.local_path(visit.form.get("back"), "/cart")
    wanted = _wanted(visit)
    if not wanted:
        visit.say("Choose how many first.", good=False)
        return visit.go(back)
    holder = visit.holder or Holder(await visit.services.carts.create(), visit.session.token)
    try:
        added = await visit.services.carts.add(holder, wanted)
    except Refused as refused:
        if not (refused.gone or refused.unknown_person):
            raise
        # The cart of the cookie was ordered meanwhile, or is not this shopper's: begin a new one.
        holder = Holder(await _new_cart(visit), visit.session.token)
        added = await visit.services.carts.add(holder, wanted)
    visit.took(added.cart)
    if added.problems:
        visit.say(" ".join(dict.fromkeys(added.problems)), good=False)
        return visit.go(back)
    visit.say(f"{visit.form.get('name') or 'It'} is in your cart.")
    if visit.partial:
        return await visit.draw("minicart.html", cart=added.cart)
    return visit.go("/cart")


async def update(visit: Visit) -> Response:
    """Change how many of a line are wanted."""
    quantity = _quantity(visit.form.get("quantity"))
    if quantity == 0:
        return await remove(visit)
    if (holder := visit.holder) is None:
        return visit.go("/cart")
    if quantity is None:
        visit.say(f"How many? A whole number up to {MOST_PIECES:,}.", good=False)
        return visit.go("/cart")
    try:
        visit.took(await visit.services.carts.update(holder, visit.form.get("line"), quantity))
    except Refused as refused:
        visit.say(refused.message, good=False)
    return visit.go("/cart")


async def remove(visit: Visit) -> Response:
    """Take a line out; the next page offers to put it back."""
    if (holder := visit.holder) is None:
        return visit.go("/cart")
    uid = visit.form.get("line")
    try:
        before = await visit.services.carts.show(holder)
        visit.took(await visit.services.carts.remove(holder, uid))
    except Refused as refused:
        visit.say(refused.message, good=False)
        return visit.go("/cart")
    line = next((line for line in before.lines if line.uid == uid), None)
    if line is not None:
        visit.say(f"{line.name} is out of your cart.", undo=_undo(line))
    return visit.go("/cart")


async def coupon(visit: Visit) -> Response:
    """Use a voucher, or no longer."""
    if (holder := visit.holder) is None:
        return visit.go("/cart")
    code = visit.form.get("code")
    back = forms.local_path(visit.form.get("back"), "/cart")
    try:
        if code:
            visit.took(await visit.services.carts.apply_coupon(holder, code))
            visit.say("Your voucher counts.")
        else:
            visit.took(await visit.services.carts.remove_coupon(holder))
            visit.say("Your voucher is off.")
    except Refused as refused:
        visit.say(refused.message, good=False)
    return visit.go(back)


async def current(visit: Visit) -> Cart | None:
    """Return the shopper's cart, or None when there is none (any more)."""
    if (holder := visit.holder) is None:
        return None
    try:
        cart = await visit.services.carts.show(holder)
    except Refused as refused:
        if not (refused.gone or refused.unknown_person):
            raise
        visit.session = visit.session.with_cart(None, 0)
        return None
    visit.took(cart)
    return cart


async def _new_cart(visit: Visit) -> str:
    carts = visit.services.carts
    if visit.session.token:
        return await carts.of_customer(visit.session.token)
    return await carts.create()


def _wanted(visit: Visit) -> tuple[Wanted, ...]:
    """Read what is wanted: pairs of ``sku`` and ``quantity`` in order, the choices belong to a single one."""
    skus, quantities = visit.form.all("sku"), visit.form.all("quantity")
    pairs = [(sku, _quantity(text)) for sku, text in zip(skus, quantities, strict=False)]
    chosen = (*visit.form.all("choice"), *visit.form.starting("part-"), *visit.form.get("choices").split())
    choices = tuple(uid for uid in chosen if uid) if len(skus) == 1 else ()
    return tuple(Wanted(sku, float(number), choices) for sku, number in pairs if sku and number)


def _quantity(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 and int(text) <= MOST_PIECES else None


def _undo(line: CartLine) -> dict[str, str]:
    return {
        "sku": line.sku,
        "quantity": f"{line.quantity:g}",
        "choices": " ".join(line.choice_uids),
        "name": line.name,
    }
