"""The checkout: one page, one form, one order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from galleria.observability import logs
from galleria.shop.storefront.data.checkouts import NotPlaced
from galleria.shop.storefront.data.errors import EngineBroken, EngineUnavailable, Refused
from galleria.shop.storefront.pages import checkouts as page
from galleria.shop.storefront.pages.forms import Filled, read_address
from galleria.shop.storefront.web import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from galleria.shop.storefront.data.carts import Holder
    from galleria.shop.storefront.data.purchases import Checkout, Order, Person, PlacedOrder
    from galleria.shop.storefront.routes.visit import Visit

log = logs.get(__name__)


async def show(visit: Visit) -> Response:
    """The checkout's page."""
    checkout = await _checkout(visit)
    if checkout is None:
        return visit.go("/cart")
    person = await _person(visit)
    country = (await visit.services.catalogue.shop()).country
    values = page.known_values(checkout, person, country)
    if person is not None and (chosen := visit.param("address")):
        values |= await _saved_values(visit, chosen)
    return await _draw(visit, checkout, Filled(values), person)


async def send(visit: Visit) -> Response:
    """Take what was typed; place the order when that is what the button said."""
    if (holder := visit.holder) is None:
        return visit.go("/cart")
    async with visit.services.placed.lock(holder.cart_id):
        if (order := visit.services.placed.order(holder.cart_id)) is not None:
            return _done(visit, order, visit.form.get("email"))
        return await _take(visit, holder)


async def done(visit: Visit) -> Response:
    """The confirmation, with what was ordered. It confirms also while the engine can't say what that was."""
    if visit.session.order is None:
        return visit.go("/")
    number, email, proof = visit.session.order
    suffix, order = "", None
    try:
        order = await _ordered(visit, number, proof)
        suffix = (await visit.services.catalogue.shop()).product_suffix
    except (Refused, EngineUnavailable, EngineBroken) as trouble:
        log.warning("placed order not shown", order=number, reason=type(trouble).__name__)
    return await visit.draw("done.html", number=number, email=email, order=order, suffix=suffix)


async def _ordered(visit: Visit, number: str, proof: str) -> Order | None:
    """Return the order just placed: a customer's by its number, a guest's by the token that came with it."""
    if visit.session.token:
        return await visit.services.customers.order(visit.session.token, number)
    return await visit.services.checkouts.placed(proof) if proof else None


async def _take(visit: Visit, holder: Holder) -> Response:
    checkout = await _checkout(visit)
    if checkout is None or not checkout.cart.lines:
        return visit.go("/cart")
    values, person = visit.form.as_dict(), await _person(visit)
    errors = page.check(values, await visit.services.checkouts.countries(), person)
    if errors:
        return await _draw(visit, checkout, Filled(values, errors), person)
    try:
        await _write_down(visit, holder, values, checkout, person)
        fresh = await visit.services.checkouts.show(holder)
        fresh = await _choose(visit, holder, values, fresh)
        visit.took(fresh.cart)
        if values.get("act") != "place" or not fresh.addressed or not (fresh.cart.virtual or fresh.cart.shipping):
            return await _draw(visit, fresh, Filled(values), person)
        return await _place(visit, holder, values, fresh, person)
    except Refused as refused:
        if refused.unknown_person:
            raise
        return await _draw(visit, checkout, Filled(values, {}, refused.message), person)


async def _write_down(
    visit: Visit, holder: Holder, values: Mapping[str, str], checkout: Checkout, person: Person | None
) -> None:
    """Tell the engine who and where to, where it does not know yet: an address said again unsettles the shipping."""
    service, address = visit.services.checkouts, read_address(values)
    if person is None and values["email"] != checkout.cart.email:
        await service.set_email(holder, values["email"])
    if not checkout.cart.virtual and address != checkout.shipping_address:
        await service.set_shipping_address(holder, address)
    if values.get("other_billing") and not checkout.cart.virtual:
        await service.set_billing_address(holder, read_address(page.billing_values(values)))
    else:
        await service.set_billing_address(holder, address if checkout.cart.virtual else None)


async def _choose(visit: Visit, holder: Holder, values: Mapping[str, str], checkout: Checkout) -> Checkout:
    """Set the ways to send and to pay: the chosen ones, or where there is no choice yet, the first."""
    service = visit.services.checkouts
    codes = [choice.code for choice in checkout.shipping_choices]
    wanted = values.get("shipping", "")
    current = checkout.cart.shipping.code if checkout.cart.shipping else None
    shipping = wanted if wanted in codes else current if current in codes else next(iter(codes), None)
    payments = [choice.code for choice in checkout.payment_choices]
    payment = values.get("payment", "")
    payment = payment if payment in payments else checkout.payment or next(iter(payments), "")
    changed = False
    if shipping and shipping != current:
        await service.set_shipping(holder, shipping)
        changed = True
    if payment and payment != checkout.payment:
        await service.set_payment(holder, payment)
        changed = True
    return await service.show(holder) if changed else checkout


async def _place(
    visit: Visit, holder: Holder, values: Mapping[str, str], checkout: Checkout, person: Person | None
) -> Response:
    expected = texts.number(checkout.cart.total.value)
    if values.get("expected") != expected:
        trouble = "The total has changed with your choice. Look at it once more, then place the order."
        return await _draw(visit, checkout, Filled(values, {}, trouble), person)
    try:
        order = await visit.services.checkouts.place(holder)
    except NotPlaced as failed:
        if failed.gone:
            visit.session = visit.session.with_cart(None, 0)
            visit.say("This cart has been ordered already.", good=False)
            return visit.go("/cart")
        return await _draw(visit, checkout, Filled(values, {}, failed.message), person)
    visit.services.placed.remember(holder.cart_id, order)
    return _done(visit, order, values.get("email", "") if person is None else person.email)


def _done(visit: Visit, order: PlacedOrder, email: str) -> Response:
    visit.session = replace(visit.session.with_cart(None, 0), order=(order.number, email, order.token))
    return visit.go("/checkout/done")


async def _draw(visit: Visit, checkout: Checkout, form: Filled, person: Person | None) -> Response:
    countries = await visit.services.checkouts.countries()
    saved = await visit.services.customers.addresses(visit.session.token) if person and visit.session.token else ()
    shown = page.CheckoutPage(
        checkout=checkout,
        form=form,
        countries=countries,
        regions=page.regions(countries, form.value("country")),
        saved=saved,
        person=person,
    )
    status = 200 if form.right else 422
    return await visit.draw("checkout.html", status, page=shown)


async def _checkout(visit: Visit) -> Checkout | None:
    if (holder := visit.holder) is None:
        return None
    try:
        checkout = await visit.services.checkouts.show(holder)
    except Refused as refused:
        if not (refused.gone or refused.unknown_person):
            raise
        visit.session = visit.session.with_cart(None, 0)
        return None
    visit.took(checkout.cart)
    return checkout if checkout.cart.lines and not checkout.cart.stopped else None


async def _person(visit: Visit) -> Person | None:
    return await visit.services.customers.person(visit.session.token) if visit.session.token else None


async def _saved_values(visit: Visit, chosen: str) -> dict[str, str]:
    from galleria.shop.storefront.pages.forms import write_address

    found = await visit.services.customers.addresses(visit.session.token or "")
    return next((write_address(one.address) for one in found if str(one.id) == chosen), {})
