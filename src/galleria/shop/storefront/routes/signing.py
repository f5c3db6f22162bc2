"""Signing in, registering, signing out, and a forgotten password."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data.customers import NewCustomer
from galleria.shop.storefront.data.errors import EngineUnavailable, Refused
from galleria.shop.storefront.pages import forms as checks
from galleria.shop.storefront.pages.forms import Filled
from galleria.shop.storefront.web import forms
from galleria.shop.storefront.web.sessions import Session

if TYPE_CHECKING:
    from starlette.responses import Response

    from galleria.shop.storefront.routes.visit import Visit

_NO_PASSWORD: Final = "Enter your password."  # noqa: S105 - what the form says, not a secret


async def sign_in_page(visit: Visit) -> Response:
    """The form to sign in."""
    if visit.session.token:
        return visit.go("/account")
    return await _form(visit, "signin.html", Filled())


async def sign_in(visit: Visit) -> Response:
    """Sign in, and take the guest's cart along."""
    email, password = visit.form.get("email"), visit.form.secret("password")
    errors = checks.check_email(email) | checks.required({"password": password}, password=_NO_PASSWORD)
    if errors:
        return await _form(visit, "signin.html", Filled({"email": email}, errors))
    try:
        await _enter(visit, email, password)
    except Refused as refused:
        return await _form(visit, "signin.html", Filled({"email": email}, {}, refused.message))
    return visit.go(forms.local_path(visit.form.get("back"), "/account"))


async def register_page(visit: Visit) -> Response:
    """The form to register."""
    if visit.session.token:
        return visit.go("/account")
    return await _form(visit, "register.html", Filled())


async def register(visit: Visit) -> Response:
    """Make an account and sign in with it."""
    values, password = visit.form.as_dict(), visit.form.secret("password")
    values.pop("password", None)
    least = (await visit.services.catalogue.shop()).password_length
    errors = checks.required(values, firstname="Enter your first name.", lastname="Enter your last name.")
    errors |= checks.check_email(values.get("email", "")) | checks.check_password(password, least)
    if errors:
        return await _form(visit, "register.html", Filled(values, errors))
    new = NewCustomer(
        values["firstname"], values["lastname"], values["email"], password, subscribed=bool(values.get("subscribed"))
    )
    try:
        await visit.services.customers.register(new)
        await _enter(visit, new.email, password)
    except Refused as refused:
        return await _form(visit, "register.html", Filled(values, {}, refused.message))
    visit.say(f"Welcome, {new.firstname}.")
    return visit.go(forms.local_path(visit.form.get("back"), "/account"))


async def sign_out(visit: Visit) -> Response:
    """Sign out: the token is worthless afterwards, here and everywhere."""
    if visit.session.token:
        with contextlib.suppress(Refused, EngineUnavailable):  # the browser forgets it in any case
            await visit.services.customers.sign_out(visit.session.token)
    visit.session = Session.fresh()
    visit.say("You are signed out.")
    return visit.go("/")


async def forgot_page(visit: Visit) -> Response:
    """The form for a forgotten password."""
    return await _form(visit, "forgot.html", Filled())


async def forgot(visit: Visit) -> Response:
    """Ask for the letter. The answer is the same whether there is such an account or not."""
    email = visit.form.get("email")
    if errors := checks.check_email(email):
        return await _form(visit, "forgot.html", Filled({"email": email}, errors))
    with contextlib.suppress(Refused):  # who has an account is nobody's business
        await visit.services.customers.forgot(email)
    visit.say("If there is an account with this address, a letter is on its way to it.")
    return visit.go("/sign-in")


async def reset_page(visit: Visit) -> Response:
    """The form that the letter leads to."""
    return await _form(
        visit, "reset.html", Filled({"token": visit.param("token") or "", "email": visit.param("email") or ""})
    )


async def reset(visit: Visit) -> Response:
    """Set the password anew."""
    values, password = visit.form.as_dict(), visit.form.secret("password")
    values.pop("password", None)
    least = (await visit.services.catalogue.shop()).password_length
    errors = checks.check_email(values.get("email", "")) | checks.check_password(password, least)
    if errors:
        return await _form(visit, "reset.html", Filled(values, errors))
    try:
        await visit.services.customers.reset(values["email"], values.get("token", ""), password)
    except Refused as refused:
        return await _form(visit, "reset.html", Filled(values, {}, refused.message))
    visit.say("Your new password is set. Sign in with it.")
    return visit.go("/sign-in")


async def _enter(visit: Visit, email: str, password: str) -> None:
    """Sign in; the session is a new one. A guest's cart that can't be merged is left behind, the sign-in is not."""
    customers, carts = visit.services.customers, visit.services.carts
    token = await customers.sign_in(email, password)
    person = await customers.person(token)
    own = await carts.of_customer(token)
    if visit.session.cart and visit.session.cart != own:
        with contextlib.suppress(Refused):
            await carts.merge(visit.session.cart, token, own)
    pieces = await carts.pieces(own, token)
    visit.session = visit.session.signed_in(token, person.firstname, own, pieces)


async def _form(visit: Visit, template: str, form: Filled) -> Response:
    shop = await visit.services.catalogue.shop()
    back = forms.local_path(visit.form.get("back") or visit.param("back") or "", "")
    return await visit.draw(template, 200 if form.right else 422, form=form, back=back, least=shop.password_length)
