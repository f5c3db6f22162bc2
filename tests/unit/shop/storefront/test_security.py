"""Forged forms, foreign addresses, hostile HTML, planted sessions."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from galleria.contracts.secret import SecretValue
from galleria.shop.storefront.app import application, services
from galleria.shop.storefront.data.engine import Engine
from galleria.shop.storefront.settings import Settings
from galleria.shop.storefront.web import forms, texts
from galleria.shop.storefront.web.sessions import Session, SessionCookie
from tests.unit.shop.storefront.conftest import StandIn
from tests.unit.shop.storefront.test_failures import form_token

SECRET = SecretValue("k" * 43)


def test_a_form_token_is_never_the_same_twice_and_always_genuine() -> None:
    first, second = forms.token(SECRET, "seed"), forms.token(SECRET, "seed")
    assert first != second
    assert forms.is_genuine(SECRET, "seed", first)
    assert forms.is_genuine(SECRET, "seed", second)


@pytest.mark.parametrize(
    "given", ["", "x", "====", "é", "AAAA", pytest.param(forms.token(SECRET, "another seed"), id="another")]
)
def test_a_forged_form_token_is_not(given: str) -> None:
    assert not forms.is_genuine(SECRET, "seed", given)


def test_a_form_token_of_another_shop_is_not_genuine() -> None:
    assert not forms.is_genuine(SecretValue("j" * 43), "seed", forms.token(SECRET, "seed"))


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "/\\evil.example", "\\evil.example", "https://evil.example", "javascript:alert(1)", "",
        "evil.example", "/\t/evil.example", "/ok\nLocation: https://evil.example", "/a\\b", " /x",
    ],
)  # fmt: skip
def test_nobody_is_sent_out_of_the_shop(path: str) -> None:
    assert forms.local_path(path, "/cart") == "/cart"


@pytest.mark.parametrize("path", ["/", "/cart", "/women/tops.html?color=49&sort=-price", "/account/orders/000001"])
def test_paths_of_the_shop_are_kept(path: str) -> None:
    assert forms.local_path(path, "/nowhere") == path


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("<script>alert(1)</script>", ""),
        ('<p onclick="alert(1)">x</p>', "<p>x</p>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<img src=x onerror="alert(1)">', ""),
        ('<p style="position:fixed">x</p>', "<p>x</p>"),
        ("<iframe src=//evil.example></iframe>", ""),
        ("<form action=//evil.example><input name=card></form>", ""),
        ("<svg><script>alert(1)</script></svg>", ""),
        ("<ul><li><b>Kept</b></li></ul>", "<ul><li><b>Kept</b></li></ul>"),
    ],
)
def test_product_html_loses_what_runs_loads_or_hides(hostile: str, left: str) -> None:
    assert texts.clean(hostile) == left


def test_a_session_is_signed_and_belongs_to_one_shop() -> None:
    own, other = SessionCookie("shop-001", False, SECRET), SessionCookie("shop-002", False, SECRET)
    signed = str(own._signer.dumps({"seed": "x", "cart": "c"}))
    assert own.read({own.name: signed}) == Session(seed="x", cart="c")
    assert other.read({other.name: signed}) is None
    forged = signed[:-5] + ("A" if signed[-5] != "A" else "B") + signed[-4:]
    assert own.read({own.name: forged}) is None
    assert own.read({own.name: "rubbish"}) is None
    assert own.read({}) is None


def test_with_tls_the_cookie_can_only_come_from_this_host() -> None:
    assert SessionCookie("shop-001", True, SECRET).name == "__Host-shop-001"


def test_what_was_planted_before_signing_in_is_worth_nothing_after() -> None:
    before = Session.fresh()
    after = before.signed_in("token", "Ada", "cart", 2)
    assert after.seed != before.seed
    assert not forms.is_genuine(SECRET, after.seed, forms.token(SECRET, before.seed))


async def test_a_form_without_its_token_does_nothing(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    await shopper.get("/contact")
    for data in ({}, {"form_token": forms.token(SECRET, "guessed")}):
        answer = await shopper.post("/cart/add", data={"sku": "A", "quantity": "1", **data})
        assert answer.status_code == 403
    assert "AddToCart" not in {name for name, _ in stand_in.asked}


async def test_every_form_that_is_sent_carries_a_token(shopper: httpx.AsyncClient) -> None:
    for path in ("/contact", "/sign-in", "/register", "/forgot-password", "/reset-password", "/cart"):
        text = (await shopper.get(path)).text
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
            assert 'name="form_token"' in form, path


async def test_the_cookie_is_for_this_shop_and_no_script(shopper: httpx.AsyncClient) -> None:
    cookie = (await shopper.get("/contact")).headers["Set-Cookie"]
    assert cookie.startswith("galleria-shop-001=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [("https://shop.example", "__Host-shop-001", True), ("http://shop-001.localhost:8080", "galleria-shop-001", False)],
)
async def test_the_cookie_is_secure_where_shoppers_come_over_tls(
    stand_in: StandIn, settings: Settings, public_url: str, name: str, secure: bool
) -> None:
    """RFC 6265bis: a browser takes a __Host- cookie only with Secure, Path=/ and without a Domain."""
    behind = Starlette(routes=[Route("/graphql", stand_in.answer, methods=["GET", "POST"])])
    engine = Engine(settings.engine, transport=httpx.ASGITransport(behind))
    app = application(services(replace(settings, public_url=public_url), engine))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=public_url) as client:
        for path in ("/contact", "/sign-in", "/cart", "/nothing", "/"):
            client.cookies.clear()
            stand_in.answers["Resolve"] = {"route": None}
            cookies = (await client.get(path)).headers.get_list("Set-Cookie")
            assert len(cookies) == 1, path
            parts = {part.strip() for part in cookies[0].split(";")}
            assert cookies[0].startswith(f"{name}=")
            assert ("Secure" in parts) == secure
            assert {"HttpOnly", "SameSite=lax", "Path=/"} <= parts
            assert not [part for part in parts if part.startswith("Domain")]
    await engine.close()


async def test_pages_forbid_what_they_do_not_need(shopper: httpx.AsyncClient) -> None:
    headers = (await shopper.get("/contact")).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


async def test_a_form_larger_than_any_of_ours_is_refused(shopper: httpx.AsyncClient) -> None:
    page = await shopper.get("/contact")
    answer = await shopper.post("/contact", data={"form_token": form_token(page), "comment": "x" * 70_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example"])
async def test_a_form_does_not_lead_out_of_the_shop(shopper: httpx.AsyncClient, back: str) -> None:
    page = await shopper.get("/contact")
    answer = await shopper.post("/newsletter", data={"form_token": form_token(page), "email": "no", "back": back})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


async def test_what_is_searched_for_is_shown_as_text(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    stand_in.answers["Listing"] = {
        "products": {
            "total_count": 0,
            "page_info": {"current_page": 1, "page_size": 24, "total_pages": 0},
            "items": [],
            "aggregations": [],
            "sort_fields": None,
            "suggestions": [],
        }
    }
    text = (await shopper.get("/search", params={"q": '"><script>alert(1)</script>'})).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


async def test_someone_elses_cart_is_not_shown(
    shopper: httpx.AsyncClient, stand_in: StandIn, settings: Settings
) -> None:
    stolen = SessionCookie("shop-001", False, settings.session_secret)
    shopper.cookies.set(stolen.name, str(stolen._signer.dumps({"seed": "x", "cart": "c" * 32, "pieces": 3})))
    from tests.unit.shop.storefront.test_failures import refusal

    stand_in.answers["Cart"] = refusal(
        'The current user cannot perform operations on cart "c"', "graphql-authorization"
    )
    answer = await shopper.get("/cart")
    assert answer.status_code == 200
    assert "There is nothing in it yet" in answer.text
