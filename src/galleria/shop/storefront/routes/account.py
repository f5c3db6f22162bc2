"""What a customer finds behind the sign-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from galleria.shop.storefront.data.errors import Refused
from galleria.shop.storefront.pages import forms as checks
from galleria.shop.storefront.pages.checkouts import regions
from galleria.shop.storefront.pages.forms import Filled, read_address, write_address
from galleria.shop.storefront.routes.answering import problem
from galleria.shop.storefront.web import forms

if TYPE_CHECKING:
    from starlette.responses import Response

    from galleria.shop.storefront.routes.visit import View, Visit


def private(view: Callable[[Visit, str], Awaitable[Response]]) -> View:
    """Return ``view`` for those who are signed in; others are asked to, and come back."""

    async def guarded(visit: Visit) -> Response:
        if visit.session.token is None:
            back = visit.here if visit.request.method == "GET" else "/account"
            return visit.go(f"/sign-in?back={quote(back)}")
        response = await view(visit, visit.session.token)
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


async def overview(visit: Visit, token: str) -> Response:
    """The account's first page."""
    person = await visit.services.customers.person(token)
    orders, _ = await visit.services.customers.orders(token)
    return await visit.draw("account.html", person=person, orders=orders[:3])


async def orders(visit: Visit, token: str) -> Response:
    """All orders."""
    asked = visit.request.path_params.get("number", 1)
    number = int(str(asked))
    found, pages = await visit.services.customers.orders(token, number)
    if number > max(pages, 1):
        return await problem(visit, 404)
    return await visit.draw("orders.html", orders=found, pages=pages, number=number)


async def order(visit: Visit, token: str) -> Response:
    """One order."""
    found = await visit.services.customers.order(token, str(visit.request.path_params["order"]))
    if found is None:
        return await problem(visit, 404)
    suffix = (await visit.services.catalogue.shop()).product_suffix
    return await visit.draw("order.html", order=found, suffix=suffix)


async def reorder(visit: Visit, token: str) -> Response:
    """Put an order's products into the cart again."""
    cart, pieces, problems = await visit.services.customers.reorder(token, visit.form.get("order"))
    visit.session = visit.session.with_cart(cart, pieces)
    visit.say(" ".join(problems) if problems else "All of it is in your cart.", good=not problems)
    return visit.go("/cart")


async def profile_page(visit: Visit, token: str) -> Response:
    """Name, newsletter, password."""
    return await _profile(visit, token, Filled())


async def profile(visit: Visit, token: str) -> Response:
    """Change name and newsletter."""
    values = visit.form.as_dict()
    errors = checks.required(values, firstname="Enter your first name.", lastname="Enter your last name.")
    if errors:
        return await _profile(visit, token, Filled(values, errors))
    try:
        await visit.services.customers.update(
            token, values["firstname"], values["lastname"], subscribed=bool(values.get("subscribed"))
        )
    except Refused as refused:
        return await _refused(visit, token, values, refused)
    visit.say("Your changes are saved.")
    return visit.go("/account/profile")


async def password(visit: Visit, token: str) -> Response:
    """Change the password."""
    current, new = visit.form.secret("current"), visit.form.secret("password")
    least = (await visit.services.catalogue.shop()).password_length
    errors = checks.required({"current": current}, current="Enter your current password.")
    errors |= checks.check_password(new, least)
    if errors:
        return await _profile(visit, token, Filled({}, errors))
    try:
        await visit.services.customers.change_password(token, current, new)
    except Refused as refused:
        return await _profile(visit, token, Filled({}, {"current": refused.message}))
    visit.say("Your new password is set.")
    return visit.go("/account/profile")


async def addresses(visit: Visit, token: str) -> Response:
    """The address book."""
    return await visit.draw("addresses.html", saved=await visit.services.customers.addresses(token))


async def address_page(visit: Visit, token: str) -> Response:
    """The form for one address: a new one, or the one with the number in the path."""
    number = _number(visit)
    if number is None:
        country = (await visit.services.catalogue.shop()).country
        return await _address(visit, Filled({"country": country}), None)
    saved = await visit.services.customers.addresses(token)
    found = next((one for one in saved if one.id == number), None)
    if found is None:
        return await problem(visit, 404)
    return await _address(visit, Filled(write_address(found.address)), number)


async def address(visit: Visit, token: str) -> Response:
    """Save an address."""
    values, number = visit.form.as_dict(), _number(visit)
    countries = await visit.services.checkouts.countries()
    errors = checks.check_address(values, countries)
    if errors:
        return await _address(visit, Filled(values, errors), number)
    try:
        await visit.services.customers.save_address(
            token, read_address(values), countries, number=number, default=bool(values.get("default"))
        )
    except Refused as refused:
        return await _address(visit, Filled(values, {}, refused.message), number)
    visit.say("The address is saved.")
    return visit.go("/account/addresses")


async def delete_address(visit: Visit, token: str) -> Response:
    """Take an address out of the book."""
    asked = visit.form.get("number")
    try:
        await visit.services.customers.delete_address(token, int(asked) if asked.isdecimal() else 0)
        visit.say("The address is gone.")
    except Refused as refused:
        visit.say(refused.message, good=False)
    return visit.go("/account/addresses")


async def wishlist(visit: Visit, token: str) -> Response:
    """The wish list."""
    return await visit.draw("wishlist.html", wishlist=await visit.services.customers.wishlist(token))


async def wish(visit: Visit, token: str) -> Response:
    """Remember a product."""
    choices = tuple(uid for uid in visit.form.all("choice") if uid)
    problems = await visit.services.customers.wish(token, visit.form.get("sku"), choices)
    visit.say(" ".join(problems) if problems else "It is on your wish list.", good=not problems)
    return visit.go(forms.local_path(visit.form.get("back"), "/account/wishlist"))


async def unwish(visit: Visit, token: str) -> Response:
    """Forget a product."""
    await visit.services.customers.unwish(token, visit.form.get("list"), visit.form.get("item"))
    visit.say("It is off your wish list.")
    return visit.go("/account/wishlist")


async def downloads(visit: Visit, token: str) -> Response:
    """The files that were bought."""
    return await visit.draw("downloads.html", downloads=await visit.services.customers.downloads(token))


async def _profile(visit: Visit, token: str, form: Filled) -> Response:
    person = await visit.services.customers.person(token)
    known = {"firstname": person.firstname, "lastname": person.lastname, "subscribed": "1" if person.subscribed else ""}
    shown = Filled({**known, **form.values}, form.errors, form.trouble)
    least = (await visit.services.catalogue.shop()).password_length
    return await visit.draw("profile.html", 200 if form.right else 422, form=shown, person=person, least=least)


async def _refused(visit: Visit, token: str, values: dict[str, str], refused: Refused) -> Response:
    if refused.unknown_person:
        raise refused
    return await _profile(visit, token, Filled(values, {}, refused.message))


async def _address(visit: Visit, form: Filled, number: int | None) -> Response:
    countries = await visit.services.checkouts.countries()
    return await visit.draw(
        "address.html",
        200 if form.right else 422,
        form=form,
        number=number,
        countries=countries,
        regions=regions(countries, form.value("country")),
    )


def _number(visit: Visit) -> int | None:
    asked = visit.request.path_params.get("number")
    return None if asked is None else int(str(asked))
