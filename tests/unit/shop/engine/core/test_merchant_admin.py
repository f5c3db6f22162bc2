"""The merchant's admin behind its own login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.unit.shop.engine.core.conftest import FAMILY, write_products

if TYPE_CHECKING:
    from pathlib import Path

    from galleria.shop.engine.project import Project

PAGES = (
    "", "catalogue/", "catalogue/categories/", "catalogue/product-types/", "orders/", "users/", "offers/",
    "vouchers/", "ranges/", "reviews/", "pages/", "partners/", "reports/", "shipping/weight-based/", "imports/",
)  # fmt: skip


@pytest.fixture
def client(family: Project) -> Client:
    return Client(headers={"host": family.host})


@pytest.fixture
def merchant(client: Client) -> Client:
    from django.contrib.auth.models import User

    User.objects.create_superuser("m", "merchant@example.com", "Long-enough-7")
    answer = client.post("/admin/login/", {"username": "merchant@example.com", "password": "Long-enough-7"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    return client


@pytest.mark.parametrize("page", PAGES)
def test_nobody_gets_in_without_signing_in(client: Client, page: str) -> None:
    answer = client.get(f"/admin/{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_a_shoppers_account_opens_nothing(client: Client) -> None:
    from django.contrib.auth.models import User

    shopper = User.objects.create_user("s", "shopper@example.com", "Long-enough-7")
    client.force_login(shopper, "oscar.apps.customer.auth_backends.EmailBackend")
    for page in PAGES:
        assert client.get(f"/admin/{page}").status_code in (302, 403), page


@pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results")  # Oscar's offers
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_the_merchant(merchant: Client, page: str) -> None:
    assert merchant.get(f"/admin/{page}").status_code == 200


@pytest.mark.parametrize("sku", ["COAT", "COAT-S-Red", "BAG", "KIT", "SET", "FILM"])
def test_a_product_of_every_type_opens_in_its_form(merchant: Client, sku: str) -> None:
    from oscar.core.loading import get_model

    pk = get_model("catalogue", "Product").objects.get(upc=sku).pk
    assert merchant.get(f"/admin/catalogue/products/{pk}/").status_code == 200


def test_another_host_is_refused(family: Project) -> None:
    assert (
        Client(headers={"host": "evil.example"}, raise_request_exception=False).get("/admin/login/").status_code == 400
    )


def test_static_files_are_those_of_packages_and_no_others(client: Client) -> None:
    answer = client.get("/static/galleria/merchant.css")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css")
    assert client.get("/static/galleria/merchant.css", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.get("/static/../../etc/passwd").status_code == 404
    assert client.get("/static/nope.css").status_code == 404


def test_an_upload_is_shown_before_anything_changes(merchant: Client, tmp_path: Path) -> None:
    rows = [*FAMILY, {"sku": "NEW", "name": "New"}, {"sku": "BAD", "name": "Bad", "price": "x"}]
    file = write_products(tmp_path / "up.csv", rows)
    with file.open("rb") as opened:
        answer = merchant.post("/admin/imports/", {"file": opened})
    assert answer.status_code == 302
    page = merchant.get(answer["Location"]).content.decode()
    assert f"<strong>{len(rows) - 1}</strong>" in page
    assert "price is &quot;x&quot;" in page
    from oscar.core.loading import get_model

    assert not get_model("catalogue", "Product").objects.filter(upc="NEW").exists()


def test_a_zip_that_leads_out_of_its_folder_is_refused(merchant: Client, tmp_path: Path) -> None:
    import zipfile

    packed = tmp_path / "evil.zip"
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("../../outside.jpg", b"x")
    file = write_products(tmp_path / "up.csv", FAMILY)
    with file.open("rb") as products, packed.open("rb") as pictures:
        page = merchant.post("/admin/imports/", {"file": products, "pictures": pictures})
    assert page.status_code == 200
    assert b"outside its own folder" in page.content


def test_an_upload_of_nobody_is_not_found(merchant: Client) -> None:
    assert merchant.get("/admin/imports/0123456789abcdef/").status_code == 404
    assert merchant.get("/admin/imports/..%2f..%2fdata/").status_code == 404


def test_what_the_shop_knows_of_a_product_is_edited_beside_oscars_form(merchant: Client) -> None:
    from oscar.core.loading import get_model

    bag = get_model("catalogue", "Product").objects.get(upc="BAG")
    page = f"/admin/products/{bag.pk}/in-the-shop/"
    assert page in merchant.get(f"/admin/catalogue/products/{bag.pk}/").content.decode()
    given = {"visibility": "3", "special_price": "21.50", "min_cart_qty": "1", "max_cart_qty": "9", "is_in_stock": "on"}
    assert merchant.post(page, given).status_code == 302
    bag.record.refresh_from_db()
    assert (bag.record.visibility, str(bag.record.special_price), bag.record.manage_stock) == (3, "21.50", False)
    wrong = merchant.post(page, {**given, "special_from": "2026-05-02", "special_to": "2026-05-01"})
    assert b"ends before it begins" in wrong.content


def test_the_shops_own_pages_ask_for_the_staff_too(client: Client) -> None:
    from oscar.core.loading import get_model

    bag = get_model("catalogue", "Product").objects.get(upc="BAG")
    for page in (f"products/{bag.pk}/in-the-shop/", "imports/abc/", "imports/abc/watch/", "imports/abc/progress/"):
        answer = client.get(f"/admin/{page}")
        assert answer["Location"].startswith("/admin/login/"), page
    assert client.post("/admin/imports/abc/start/")["Location"].startswith("/admin/login/")
