"""What somebody with bad intentions tries, against the real engine behind the real storefront behind the real door."""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx
import pytest

from galleria.shop.storefront.app import ACTS, PAGES
from tests.conformance.storefront.conftest import PASSWORD, SESSION, Shopper, in_store
from tests.support.running_shop import RunningShop

SKU = "FH-SKILLET"
PRODUCT = "/iron-skillet.html"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)><b onclick="alert(1)">'
ADDRESS = {
    **{"firstname": "Ada", "lastname": "Byron", "street": "12 St James's Square", "postcode": "10001"},
    **{"city": "New York", "region": "New York", "country": "US", "telephone": "555 0100"},
}

Answer: TypeAlias = dict[str, Any]


def place_order(shopper: Shopper, email: str = "ada@example.com") -> str:
    """Order a skillet and return the order's number."""
    shopper.fill_cart(SKU)
    shopper.send("/checkout", ADDRESS, act="address", email=email)
    page = shopper.see("/checkout").text
    expected = re.search(r'name="expected" value="([^"]+)"', page)
    assert expected is not None, page
    placed = shopper.send("/checkout", ADDRESS, act="place", email=email, expected=expected[1])
    assert placed.headers.get("Location") == "/checkout/done", placed.text
    number = re.search(r"Order (\w+)", shopper.see("/checkout/done").text)
    assert number is not None
    return number[1]


# Sessions


def test_a_planted_session_is_worth_nothing_after_signing_in(shop: RunningShop, shopper: Shopper) -> None:
    attacker, email = Shopper(shop), shopper.register()
    attacker.fill_cart(SKU)
    planted, token = attacker.session, attacker.form_token()
    victim = Shopper(shop)
    victim.session = planted
    assert victim.sign_in(email).status_code == 303
    assert victim.session != planted
    attacker.session = planted
    assert attacker.see("/account").status_code == 303
    assert "Iron Skillet" not in attacker.see("/cart").text  # the cart has become the victim's, and only theirs
    assert victim.http.post("/account/profile", data={"form_token": token, "firstname": "Mallory"}).status_code == 403


def test_a_session_kept_from_before_signing_out_is_nobodys(shop: RunningShop, shopper: Shopper) -> None:
    shopper.register()
    kept = shopper.session
    assert "Ada" in shopper.see("/account").text
    shopper.send("/sign-out")
    thief = Shopper(shop)
    thief.session = kept
    assert thief.see("/account").headers.get("Location", "").startswith("/sign-in")


@pytest.mark.parametrize(
    "forged", ["", "e30.aaaa.bbbb", "." * 50, "eyJjYXJ0IjoieCJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"]
)
def test_a_forged_session_is_a_new_one(shopper: Shopper, forged: str) -> None:
    shopper.session = forged
    assert shopper.see("/account").headers.get("Location", "").startswith("/sign-in")
    assert "nothing in it yet" in shopper.see("/cart").text


def test_the_cookie_is_for_this_shop_and_no_script(shopper: Shopper) -> None:
    shopper.register()
    cookie = shopper.send("/cart/add", sku=SKU, quantity="1").headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION}=")
    parts = {part.strip().partition("=")[0].lower() for part in cookie.split(";")}
    assert {"httponly", "samesite", "path", "max-age"} <= parts
    assert "SameSite=lax" in cookie
    assert "Domain" not in cookie


# Carts and orders of others


def test_another_persons_cart_stays_theirs(shop: RunningShop, shopper: Shopper) -> None:
    shopper.register()
    shopper.fill_cart(SKU)
    cart = shopper.session.split(".")[0]
    thief = Shopper(shop)
    thief.session = f"{cart}.{'.'.join(thief_signature(thief))}"
    assert "nothing in it yet" in thief.see("/cart").text


def thief_signature(thief: Shopper) -> list[str]:
    """Return the time and signature of a session of the thief's own."""
    thief.see("/contact")
    return thief.session.rsplit(".", 2)[1:]


def test_a_customers_cart_is_not_readable_by_its_number_alone(shop: RunningShop, shopper: Shopper) -> None:
    email = shopper.register()
    sign_in = f'mutation {{ generateCustomerToken(email: "{email}", password: "{PASSWORD}") {{ token }} }}'
    token = ask(shopper, sign_in)["data"]["generateCustomerToken"]["token"]
    cart = ask(shopper, "{ customerCart { id } }", token)["data"]["customerCart"]["id"]
    for document in (
        f'{{ cart(cart_id: "{cart}") {{ total_quantity }} }}',
        f'mutation {{ removeCouponFromCart(input: {{cart_id: "{cart}"}}) {{ cart {{ id }} }} }}',
        f'mutation {{ placeOrder(input: {{cart_id: "{cart}"}}) {{ errors {{ message }} orderV2 {{ number }} }} }}',
    ):
        answer = ask(Shopper(shop), document)
        assert "errors" in answer, document
        assert answer["errors"][0]["extensions"]["category"] == "graphql-authorization", document


def ask(shopper: Shopper, document: str, token: str | None = None) -> Answer:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found: Answer = shopper.http.post("/graphql", json={"query": document}, headers=headers).json()
    return found


def test_another_customers_order_is_not_there(shop: RunningShop, shopper: Shopper) -> None:
    shopper.register()
    number = place_order(shopper)
    assert shopper.see(f"/account/orders/{number}").status_code == 200
    thief = Shopper(shop)
    thief.register()
    assert thief.see(f"/account/orders/{number}").status_code == 404
    assert thief.send("/account/reorder", order=number).status_code in (400, 404)
    assert thief.see("/checkout/done").headers["Location"] == "/"


def test_a_guests_order_is_shown_to_who_placed_it(shop: RunningShop, shopper: Shopper) -> None:
    place_order(shopper)
    page = shopper.see("/checkout/done").text
    for shown in ("Iron Skillet", "12 St James&#39;s Square", "Total", "ada@example.com"):
        assert shown in page
    assert (
        "12 St James"
        not in Shopper(shop)
        .see(
            "/checkout/done",
        )
        .text
    )


# Forged forms


@pytest.mark.parametrize("path", sorted(ACTS))
def test_no_form_is_taken_without_its_token(shop: RunningShop, shopper: Shopper, path: str) -> None:
    address = path.replace("{number:int}", "1")
    shopper.see("/contact")
    foreign = Shopper(shop).form_token()
    for fields in ({}, {"form_token": ""}, {"form_token": foreign}):
        assert shopper.http.post(address, data=fields).status_code == 403
    assert shopper.http.post(address, json={"form_token": foreign}).status_code == 403


def test_nothing_is_done_by_looking(shopper: Shopper) -> None:
    for path in sorted(set(ACTS) - set(PAGES)):
        assert shopper.see(path.replace("{number:int}", "1")).status_code in (303, 404), path


# Leading astray


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/\r\nLocation: https://evil.example",
    ],
)
def test_no_way_leads_out_of_the_shop(shop: RunningShop, shopper: Shopper, back: str) -> None:
    email = shopper.register()
    other = Shopper(shop)
    assert "evil.example" not in re.sub(r"value=\"[^\"]*\"", "", other.http.get("/sign-in", params={"back": back}).text)
    for answer in (
        other.send("/sign-in", email=email, password=PASSWORD, back=back),
        other.send("/newsletter", email="no", back=back),
        other.send("/cart/add", sku=SKU, quantity="1", back=back),
        other.send("/review", sku=SKU, back=back),
    ):
        assert_local(answer)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "//evil.example/page/1",
        "///evil.example?page=2",
        "/\\evil.example?page=2",
        "/%2F/evil.example?page=2",
        "/%5Cevil.example?page=1",
        "/https://evil.example?page=2",
    ],
)
def test_no_address_leads_out_of_the_shop(shopper: Shopper, path: str) -> None:
    request = shopper.http.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    assert_local(shopper.http.send(request))


def assert_local(answer: httpx.Response) -> None:
    """No answer sends to another host, whatever a browser makes of the address."""
    location = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", location), location
    assert not urlsplit(location.replace("\\", "/")).netloc
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/x%0d%0aSet-Cookie:evil=1?page=2",
        "/search?q=a&page=2%0d%0aSet-Cookie:%20evil=1",
        "/search?page=2&q=%0d%0aSet-Cookie:%20evil=1",
        "/tableware.html?page=2&x=%0d%0aX-Evil:1",
        "/sign-in?back=/%0d%0aX-Evil:1",
    ],
)
def test_no_header_can_be_smuggled_in(shopper: Shopper, path: str) -> None:
    answer = shopper.see(path)
    assert answer.status_code < 500
    assert "x-evil" not in answer.headers
    assert "evil" not in {name for name, _ in shopper.http.cookies.items()}


# Foreign words


def test_foreign_html_is_shown_and_never_run(shop: RunningShop, shopper: Shopper) -> None:
    """A product, a category and a page whose words are an attack, and the same words in every form and address."""
    in_store(
        shop,
        f"""
from django.contrib.flatpages.models import FlatPage
from oscar.core.loading import get_model
evil = {EVIL!r} + '<a href="javascript:alert(1)">x</a><iframe src=//evil.example></iframe><style>*{{left:0}}</style>'
p = Product.objects.get(upc='FH-TEAPOT')
p.title, p.description = 'Teapot </script>' + evil[:90], '<p>Kept</p>' + evil
p.save()
c = get_model('catalogue', 'Category').objects.get(slug='candles')
c.name, c.description = 'Candles ' + evil[:90], evil
c.save()
FlatPage.objects.create(url='/evil/', title='Evil ' + evil[:90], content='<p>Kept</p>' + evil)
""",
    )
    for answer in (
        shopper.see("/bamboo-teapot.html"),
        shopper.see("/candles.html"),
        shopper.see("/evil"),
        shopper.see("/"),
        shopper.http.get("/search", params={"q": "teapot"}),
        shopper.http.get("/search", params={"q": EVIL}),
        shopper.http.get("/sign-in", params={"back": EVIL}),
        shopper.http.get("/reset-password", params={"email": EVIL, "token": EVIL}),
        shopper.http.get("/tableware.html", params={"sort": EVIL, EVIL: EVIL, "color": EVIL}),
        shopper.send("/contact", name=EVIL, email=EVIL, comment=""),
        shopper.send("/register", email=EVIL, firstname=EVIL, lastname=EVIL, password="x"),
    ):
        assert_harmless(answer)


def test_a_review_is_words(shop: RunningShop, shopper: Shopper) -> None:
    shopper.send("/review", sku="FH-BOARD", stars="5", nickname=EVIL, summary=EVIL, text=EVIL, back="/")
    in_store(
        shop,
        "R = get_model('reviews', 'ProductReview')\n"
        "r = R.objects.filter(product__upc='FH-BOARD').latest('pk'); r.status = R.APPROVED; r.save()",
    )
    page = shopper.see("/ash-serving-board.html")
    assert "&lt;script&gt;alert(1)" in page.text
    assert_harmless(page)


def test_a_customers_name_is_words(shopper: Shopper) -> None:
    shopper.register()
    shopper.send("/account/profile", firstname=EVIL, lastname=EVIL)
    for path in ("/account", "/account/profile", "/checkout"):
        assert_harmless(shopper.see(path))


# What pages forbid


def test_every_page_forbids_what_it_does_not_need(shopper: Shopper) -> None:
    shopper.register()
    number = place_order(shopper)
    shopper.fill_cart(SKU)
    places = [path.replace("{number:int}", "1").replace("{order}", number) for path in PAGES]
    for path in (*places, PRODUCT, "/tableware.html", "/about-us", "/nothing-here.html", "/search?q=skillet"):
        answer = shopper.see(path)
        assert answer.status_code in (200, 303, 308, 404), path
        assert_harmless(answer)
        assert answer.headers.get("Cache-Control") in ("private, no-cache", "no-store") or answer.has_redirect_location


def assert_harmless(answer: httpx.Response) -> None:
    """The page's policy forbids scripts and styles in the page, and there are none."""
    policy = answer.headers.get("Content-Security-Policy", "")
    where = str(answer.url)
    assert answer.status_code < 500, where
    assert "default-src 'none'" in policy, where
    assert "unsafe" not in policy, where
    assert "script-src 'self';" in policy, where
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    text = answer.text
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        if "application/ld+json" in attributes:
            json.loads(body)
        else:
            assert (body, 'src="/_static/' in attributes) == ("", True), where
    tags = re.findall(r"<[a-zA-Z][^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>", text)
    for tag in tags:
        names = {name.lower() for name in re.findall(r"\s([\w:-]+)\s*=", re.sub(r"\"[^\"]*\"|'[^']*'", '""', tag))}
        assert not {name for name in names if name.startswith("on") or name == "style"}, (where, tag)
        assert "javascript:" not in re.sub(r"value=\"[^\"]*\"", "", tag), (where, tag)
    assert not re.search(r"<(style|iframe|object|embed|base)\b", text), where
