"""The merchant's own pages, contact, newsletter, reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.storefront.data.errors import Category, Refused
from galleria.shop.storefront.pages import forms as checks
from galleria.shop.storefront.pages.forms import Filled
from galleria.shop.storefront.routes.answering import problem
from galleria.shop.storefront.web import forms

if TYPE_CHECKING:
    from starlette.responses import Response

    from galleria.shop.storefront.routes.visit import Visit


async def page(visit: Visit, identifier: str) -> Response:
    """A page of the merchant's."""
    found = await visit.services.contents.page(identifier)
    return await visit.draw("page.html", page=found) if found else await problem(visit, 404)


async def contact_page(visit: Visit) -> Response:
    """The form to write to the shop."""
    return await visit.draw("contact.html", form=Filled())


async def contact(visit: Visit) -> Response:
    """Send the shop a message."""
    values = visit.form.as_dict()
    errors = checks.required(values, name="Enter your name.", comment="Write what it is about.")
    errors |= checks.check_email(values.get("email", ""))
    if errors:
        return await visit.draw("contact.html", 422, form=Filled(values, errors))
    try:
        await visit.services.contents.write_to_shop(
            values["name"], values["email"], values.get("telephone", ""), values["comment"]
        )
    except Refused as refused:
        return await visit.draw("contact.html", 422, form=Filled(values, {}, refused.message))
    visit.say("Your message is on its way. We answer by e-mail.")
    return visit.go("/contact")


async def subscribe(visit: Visit) -> Response:
    """Ask for the newsletter. Who has it already is told the same as everyone."""
    email, back = visit.form.get("email"), forms.local_path(visit.form.get("back"), "/")
    if errors := checks.check_email(email):
        visit.say(errors["email"], good=False)
        return visit.go(back)
    try:
        await visit.services.contents.subscribe(email)
    except Refused as refused:
        if refused.category is not Category.ALREADY_EXISTS:
            visit.say(refused.message, good=False)
            return visit.go(back)
    visit.say("The newsletter will come to you.")
    return visit.go(back)


async def review(visit: Visit) -> Response:
    """Write a review."""
    values, back = visit.form.as_dict(), forms.local_path(visit.form.get("back"), "/")
    stars = values.get("stars", "")
    words = (values.get("nickname", ""), values.get("summary", ""), values.get("text", ""))
    if not all(words) or stars not in ("1", "2", "3", "4", "5"):
        visit.say("A review needs stars, a name, a heading and some words.", good=False)
        return visit.go(back)
    try:
        await visit.services.contents.review(visit.session.token, values.get("sku", ""), int(stars), words)
    except Refused as refused:
        visit.say(refused.message, good=False)
        return visit.go(back)
    visit.say("Thank you. Your review appears once it has been read.")
    return visit.go(back)
