"""What comes by letter leads to the right form; what was bought to download is really there."""

from __future__ import annotations

import email
import email.policy
import re
from html import unescape
from urllib.parse import urlsplit

from tests.conformance.storefront.conftest import Shopper, in_store
from tests.conformance.storefront.test_security import ADDRESS
from tests.support.running_shop import RunningShop

NEW_PASSWORD = "Difference-1822"


def letters_to(shop: RunningShop, address: str) -> list[str]:
    """Return the letters to an address, the newest last."""
    found = []
    for file in sorted((shop.folder / "data" / "outbox").iterdir(), key=lambda file: file.stat().st_mtime):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = letter.get_body()
        if letter["To"] == address and body is not None:
            found.append(str(body.get_content()))
    return found


def test_a_forgotten_password_is_set_anew_by_the_letters_link(shop: RunningShop, shopper: Shopper) -> None:
    address = shopper.register()
    stranger = Shopper(shop)
    told = [stranger.send("/forgot-password", email=to) for to in (address, "nobody@example.com")]
    assert [answer.headers["Location"] for answer in told] == ["/sign-in", "/sign-in"]
    assert letters_to(shop, "nobody@example.com") == []
    link = re.search(rf"{re.escape(shop.url)}(/\S+)", letters_to(shop, address)[-1])
    assert link is not None
    page = stranger.see(link[1])
    assert page.status_code == 200
    inputs = [dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page.text)]
    given = {
        tag["name"]: unescape(tag["value"])
        for tag in inputs
        if tag.get("name") in ("token", "email") and tag.get("value")
    }
    assert given["email"] == address
    assert stranger.send("/reset-password", given, password="x").status_code == 422
    done = stranger.send("/reset-password", given, password=NEW_PASSWORD)
    assert done.headers.get("Location") == "/sign-in", done.text
    assert stranger.sign_in(address).status_code == 422
    assert stranger.sign_in(address, NEW_PASSWORD).status_code == 303
    again = Shopper(shop).send("/reset-password", given, password="Another-1822")
    assert again.status_code == 422  # a letter works once


def test_a_bought_file_is_downloaded_from_the_account(shop: RunningShop, shopper: Shopper) -> None:
    address = shopper.register()
    page = shopper.see("/field-notes-twelve-knots.html").text
    form = re.search(r'<form[^>]*action="/cart/add".*?</form>', page, re.DOTALL)
    assert form is not None
    tags = [dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form[0])]
    fields = {tag["name"]: unescape(tag.get("value", "")) for tag in tags if tag.get("name") != "form_token"}
    assert shopper.send("/cart/add", {**fields, "quantity": "1"}).status_code == 303
    shopper.send("/checkout", ADDRESS, act="address", email=address)
    checkout = shopper.see("/checkout").text
    expected = re.search(r'name="expected" value="([^"]+)"', checkout)
    assert expected is not None, re.sub(r"<[^>]+>|\s+", " ", checkout)
    placed = shopper.send("/checkout", ADDRESS, act="place", email=address, expected=expected[1])
    assert placed.headers.get("Location") == "/checkout/done"
    pending = shopper.see("/account/downloads").text
    assert "pending" in pending.lower()
    assert "/downloadable/" not in pending  # not before it is paid
    in_store(
        shop,
        "O = get_model('order', 'Order')\n"
        f"o = O.objects.filter(user__email={address!r}).latest('pk'); o.set_status('Processing')",
    )
    downloads = shopper.see("/account/downloads").text
    link = re.search(r'href="([^"]*/downloadable/download/[^"]+)"', downloads)
    assert link is not None, re.sub(r"<[^>]+>|\s+", " ", downloads)
    place = urlsplit(unescape(link[1]))
    file = shopper.see(f"{place.path}?{place.query}")
    assert file.status_code == 200
    assert len(file.content) > 500
    assert Shopper(shop).see(place.path).status_code != 200  # without the buyer's ticket
