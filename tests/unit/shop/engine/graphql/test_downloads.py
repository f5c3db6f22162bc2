"""Bought files: who may fetch them, when, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.unit.shop.engine.graphql.test_carts import add, new_cart, signed_in
from tests.unit.shop.engine.graphql.test_checkout import ADDRESS, EMAIL, PAY, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galleria.shop.engine.graphql.delivery import Delivery
    from galleria.shop.engine.project import Project
    from tests.unit.shop.engine.graphql.conftest import Shop

LISTED = "{customerDownloadableProducts{items{date download_url order_increment_id remaining_downloads status}}}"
BILL = (
    "mutation($c:String!,$a:CartAddressInput!){setBillingAddressOnCart(input:{cart_id:$c,billing_address:"
    "{address:$a}}){cart{billing_address{city}}}}"
)


@pytest.fixture
def song(shop: Shop, store: Project) -> Iterator[None]:
    """A song that may be fetched twice for each piece bought, with a sample."""
    from oscar.core.loading import get_model

    from galleria.shop.engine.shelf.models import DownloadLink, DownloadSample, Kind, ProductRecord

    product_class, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Song", defaults={"requires_shipping": False, "track_stock": False}
    )
    product = get_model("catalogue", "Product").objects.create(
        product_class=product_class, title="Song", upc="SONG", slug="song", structure="standalone"
    )
    ProductRecord.objects.create(product=product, kind=Kind.DOWNLOADABLE, manage_stock=False)
    get_model("partner", "StockRecord").objects.create(
        product=product, partner=get_model("partner", "Partner").objects.get(), partner_sku="SONG", price="3.00"
    )
    DownloadLink.objects.create(
        product=product, title="Song", file="links/söng.txt", downloads=2, sample_file="samples/la.txt"
    )
    DownloadSample.objects.create(product=product, title="La", file="samples/la.txt")
    for name, text in (("links/söng.txt", "la la la"), ("samples/la.txt", "la")):
        (store.downloads / name).parent.mkdir(parents=True, exist_ok=True)
        (store.downloads / name).write_text(text)
    (store.data / "secret").write_text("no")
    yield
    (store.data / "secret").unlink()


def buy(person: Shop, cart: str, quantity: int = 1) -> str:
    """Buy the song and return the order's number."""
    add(person, cart, "SONG", quantity)
    if person.token is None:
        person.ask(EMAIL, c=cart)
    person.ask(BILL, c=cart, a=ADDRESS)
    person.ask(PAY, c=cart, p="checkmo")
    found = person.ask(PLACE, c=cart)["placeOrder"]
    assert isinstance(found, dict)
    assert found["errors"] == []
    return str(found["order"]["order_number"])


def customer(shop: Shop, email: str = "ada@example.com") -> tuple[Shop, str]:
    """Return a customer who bought the song, and the order's number."""
    person = signed_in(shop, email)
    cart = str(person.ask("{customerCart{id}}")["customerCart"]["id"])  # type: ignore[index]
    return person, buy(person, cart)


def set_status(number: str, status: str) -> None:
    from oscar.core.loading import get_model

    get_model("order", "Order").objects.get(number=number).set_status(status)


def listed(person: Shop) -> list[dict[str, str]]:
    found = person.ask(LISTED)["customerDownloadableProducts"]
    assert isinstance(found, dict)
    items: list[dict[str, str]] = found["items"]
    return items


def fetch(address: str, *, token: str | None = None, head: bool = False) -> Delivery:
    from galleria.shop.engine.graphql.delivery import Asked, decide

    parts = urlsplit(address)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return decide(Asked(parts.path, parts.query, headers, counts=not head))


def content(answer: Delivery) -> str | None:
    return None if answer.file is None else answer.file.read_text()


@pytest.mark.usefixtures("song")
def test_a_link_waits_for_the_invoice_then_serves_as_often_as_was_bought_then_expires(shop: Shop) -> None:
    ada, number = customer(shop)
    item = listed(ada)[0]
    assert (item["status"], item["remaining_downloads"], item["order_increment_id"]) == ("pending", "2", number)
    waiting = fetch(item["download_url"])
    assert (waiting.status, b"not available" in waiting.body) == (403, True)
    set_status(number, "Processing")
    item = listed(ada)[0]
    assert item["status"] == "available"
    assert content(fetch(item["download_url"], head=True)) == "la la la"
    first = fetch(item["download_url"])
    headers = dict(first.headers)
    assert content(first) == "la la la"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-disposition"] == "attachment; filename=\"s_ng.txt\"; filename*=UTF-8''s%C3%B6ng.txt"
    assert headers["x-content-type-options"] == "nosniff"
    assert listed(ada)[0]["remaining_downloads"] == "1"
    assert fetch(item["download_url"]).status == 200
    assert (listed(ada)[0]["status"], listed(ada)[0]["remaining_downloads"]) == ("expired", "0")
    assert fetch(item["download_url"]).status == 410


@pytest.mark.usefixtures("song")
def test_nobody_elses_eyes_get_the_file(shop: Shop) -> None:
    ada, number = customer(shop)
    eve, other = customer(shop, "eve@example.com")
    for each in (number, other):
        set_status(each, "Complete")
    address, hers = listed(ada)[0]["download_url"], listed(eve)[0]["download_url"]
    plain = address.partition("?")[0]
    assert fetch(plain).status == 403
    assert fetch(f"{plain}?ticket=x").status == 403
    assert fetch(f"{plain}?{hers.partition('?')[2]}").status == 403
    assert fetch(address, token=eve.token).status == 404
    assert fetch(plain, token=ada.token).status == 200
    assert len(listed(eve)) == 1


@pytest.mark.usefixtures("song")
def test_an_address_that_was_shown_is_good_while_the_buyer_is_signed_in_and_for_an_hour(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from galleria.shop.engine.graphql import downloads

    ada, number = customer(shop)
    set_status(number, "Processing")
    address = listed(ada)[0]["download_url"]
    assert fetch(address).status == 200
    with monkeypatch.context() as later:
        later.setattr(downloads, "TICKET_SECONDS", -1)
        assert fetch(address).status == 403
    ada.ask("mutation{revokeCustomerToken{result}}")
    assert fetch(address).status == 403


@pytest.mark.usefixtures("song")
def test_a_cancelled_orders_file_is_gone(shop: Shop) -> None:
    ada, number = customer(shop)
    set_status(number, "Processing")
    set_status(number, "Canceled")
    assert listed(ada)[0]["status"] == "expired"
    assert fetch(listed(ada)[0]["download_url"]).status == 410


@pytest.mark.usefixtures("song")
def test_a_shareable_link_needs_no_ticket_and_more_pieces_may_be_fetched_more_often(shop: Shop) -> None:
    from galleria.shop.engine.shelf.models import DownloadLink

    DownloadLink.objects.update(is_shareable=True)
    ada = signed_in(shop, "ada@example.com")
    number = buy(ada, str(ada.ask("{customerCart{id}}")["customerCart"]["id"]), 3)  # type: ignore[index]
    set_status(number, "Processing")
    item = listed(ada)[0]
    assert item["remaining_downloads"] == "6"
    assert "?" not in item["download_url"]
    assert fetch(item["download_url"]).status == 200


@pytest.mark.usefixtures("song")
def test_a_guest_gets_the_address_by_letter(shop: Shop) -> None:
    from django.core import mail
    from django.test import override_settings

    mail.outbox = []
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        number = buy(shop, new_cart(shop))
    set_status(number, "Processing")
    letter = str(mail.outbox[-1].body)
    address = next(word for word in letter.split() if "/downloadable/" in word)
    assert content(fetch(address)) == "la la la"
    assert shop.refusal(LISTED)[1] == "graphql-authorization"


@pytest.mark.usefixtures("song")
def test_samples_are_everybodys_at_the_address_that_the_product_names(shop: Shop) -> None:
    asked = (
        '{products(filter:{sku:{eq:"SONG"}}){items{... on DownloadableProduct{downloadable_product_links{sample_url} '
        "downloadable_product_samples{sample_url}}}}}"
    )
    from galleria.shop.engine.index import keeping

    keeping.rebuild()
    product = shop.ask(asked)["products"]["items"][0]  # type: ignore[index]
    for group in ("downloadable_product_links", "downloadable_product_samples"):
        answer = fetch(product[group][0]["sample_url"])
        assert (answer.status, content(answer)) == (200, "la")


@pytest.mark.usefixtures("song")
def test_no_name_leads_out_of_the_downloads(shop: Shop) -> None:
    from galleria.shop.engine.shelf.models import DownloadSample

    sample = DownloadSample.objects.get()
    for name in ("../secret", "/etc/passwd", "samples/../../secret", ""):
        DownloadSample.objects.update(file=name)
        assert fetch(f"/downloadable/download/sample/sample_id/{sample.pk}").status == 404, name
    for path in ("", "link", "link/id", "link/id/none", "sample/sample_id/x", f"sample/sample_id/{'9' * 40}", "x/y/z"):
        assert fetch(f"/downloadable/download/{path}").status == 404, path


@pytest.mark.usefixtures("song")
def test_a_file_that_lies_elsewhere_is_pointed_to_and_never_fetched_by_the_store(shop: Shop) -> None:
    from galleria.shop.engine.shelf.models import DownloadLink, DownloadSample

    DownloadLink.objects.update(file="", url="https://files.example.com/song")
    ada, number = customer(shop)
    set_status(number, "Processing")
    answer = fetch(listed(ada)[0]["download_url"])
    assert (answer.status, dict(answer.headers)["location"]) == (302, "https://files.example.com/song")
    DownloadSample.objects.update(file="", url="javascript:alert(1)")
    assert fetch(f"/downloadable/download/sample/sample_id/{DownloadSample.objects.get().pk}").status == 404


def test_cancelled_pieces_are_for_sale_again_and_completed_ones_leave_the_shelf(shop: Shop) -> None:
    from oscar.core.loading import get_model

    from tests.unit.shop.engine.graphql.test_checkout import checked_out

    numbers = []
    for quantity in (10, 4):
        cart = new_cart(shop)
        add(shop, cart, "TOTE", quantity)
        numbers.append(checked_out(shop, cart))
    stock = get_model("partner", "StockRecord").objects.filter(partner_sku="TOTE")
    assert stock.values_list("num_in_stock", "num_allocated").get() == (100, 14)
    set_status(numbers[0], "Canceled")
    assert stock.values_list("num_in_stock", "num_allocated").get() == (100, 4)
    proof = {"number": numbers[0], "email": "a@example.com", "postcode": "78701"}
    order = shop.ask("query($i:OrderInformationInput!){guestOrder(input:$i){status items{status}}}", i=proof)
    assert order["guestOrder"] == {"status": "Canceled", "items": [{"status": "Canceled"}]}
    set_status(numbers[1], "Complete")
    assert stock.values_list("num_in_stock", "num_allocated").get() == (96, 0)
