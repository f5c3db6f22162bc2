"""What a merchant edits beside Oscar's forms: theme, settings, blocks, taxes, shipping, swatches, parts of products."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from galleria.contracts.themes import THEME_BLOCK, THEMES

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from oscar.apps.catalogue.abstract_models import AbstractProduct

    from galleria.shop.engine.project import Project

OWN_PAGES = (
    "theme/", "settings/", "blocks/", "blocks/new/", "taxes/", "taxes/new/", "shipping-methods/",
    "shipping-methods/new/", "attributes/", "messages/",
    "newsletter/",
)  # fmt: skip


@pytest.fixture
def merchant(family: Project) -> Client:
    from django.contrib.auth.models import User

    client = Client(headers={"host": family.host})
    client.force_login(
        User.objects.create_superuser("m", "merchant@example.com", "Long-enough-7"),
        "oscar.apps.customer.auth_backends.EmailBackend",
    )
    return client


def product(sku: str) -> AbstractProduct:
    from oscar.core.loading import get_model

    return get_model("catalogue", "Product").objects.get(upc=sku)


def saved(answer: Answer) -> bool:
    return answer.status_code == 302


def management(prefix: str, total: int, initial: int) -> dict[str, str]:
    return {f"{prefix}-TOTAL_FORMS": str(total), f"{prefix}-INITIAL_FORMS": str(initial)}


@pytest.mark.parametrize("page", OWN_PAGES)
def test_own_pages_open_for_the_merchant_and_for_nobody_else(merchant: Client, family: Project, page: str) -> None:
    assert merchant.get(f"/admin/{page}").status_code == 200
    answer = Client(headers={"host": family.host}).get(f"/admin/{page}")
    assert answer["Location"].startswith("/admin/login/")


def test_the_theme_is_the_configurations_until_the_merchant_chooses_one(merchant: Client) -> None:
    from galleria.shop.engine.graphql.records.models import CmsBlock
    from galleria.shop.engine.merchant.theme import chosen

    assert chosen() == "quiet"
    page = merchant.get("/admin/theme/").content.decode()
    assert all(theme.description in page for theme in THEMES)
    assert saved(merchant.post("/admin/theme/", {"theme": "lively"}))
    assert CmsBlock.objects.get(identifier=THEME_BLOCK).content == "lively"
    assert chosen() == "lively"
    assert merchant.post("/admin/theme/", {"theme": "nope"}).status_code == 200
    assert chosen() == "lively"


def test_every_theme_has_its_small_picture(merchant: Client) -> None:
    for theme in THEMES:
        assert merchant.get(f"/static/galleria/themes/{theme.name}.svg").status_code == 200


def test_settings_keep_what_differs_from_the_defaults_and_forget_what_does_not(merchant: Client) -> None:
    from galleria.shop.engine.graphql.records.models import StoreSetting
    from galleria.shop.engine.merchant import store_settings

    given = {name: value for name, value in store_settings.current().items() if value not in (None, False)}
    assert saved(merchant.post("/admin/settings/", given))
    assert not StoreSetting.objects.exists()
    changed = {**given, "welcome": "Hello", "grid_per_page": "24"}
    del changed["product_reviews_enabled"]
    assert saved(merchant.post("/admin/settings/", changed))
    kept = dict(StoreSetting.objects.values_list("key", "value"))
    assert kept == {"welcome": "Hello", "grid_per_page": 24, "product_reviews_enabled": "0"}
    assert saved(merchant.post("/admin/settings/", given))
    assert not StoreSetting.objects.exists()
    assert merchant.post("/admin/settings/", {**given, "grid_per_page": "1"}).status_code == 200


def test_blocks_are_made_changed_and_deleted_and_never_hold_a_theme(merchant: Client) -> None:
    from galleria.shop.engine.graphql.records.models import CmsBlock

    assert saved(merchant.post("/admin/blocks/new/", {"identifier": "promise", "title": "P", "content": "<p>1</p>"}))
    block = CmsBlock.objects.get(identifier="promise")
    assert "promise" in merchant.get("/admin/blocks/").content.decode()
    page = f"/admin/blocks/{block.pk}/"
    assert saved(merchant.post(page, {"identifier": "promise", "title": "P", "content": "<p>2</p>"}))
    assert CmsBlock.objects.get(pk=block.pk).content == "<p>2</p>"
    twice = merchant.post("/admin/blocks/new/", {"identifier": "promise", "title": "Again"})
    assert b"already exists" in twice.content
    assert not saved(merchant.post(page, {"identifier": THEME_BLOCK, "title": "P"}))
    assert merchant.get(f"{page}delete/").status_code == 200
    assert saved(merchant.post(f"{page}delete/"))
    assert not CmsBlock.objects.filter(pk=block.pk).exists()


def test_a_tax_holds_where_it_says(merchant: Client) -> None:
    from galleria.shop.engine.graphql.addresses import Place
    from galleria.shop.engine.graphql.taxes import taxes_for

    given = {"code": "US-CA-Rate", "country": "US", "region_code": "CA", "postcode": "", "percent": "8.25"}
    assert saved(merchant.post("/admin/taxes/new/", given))
    (tax,) = taxes_for(Place(country="US", region_code="CA"))
    assert tax.percent == Decimal("8.25")
    for wrong in ({"percent": "101"}, {"percent": "-1"}, {"region_code": "BY"}, {"country": "ZZ"}):
        assert not saved(merchant.post("/admin/taxes/new/", {**given, "code": "Other", **wrong})), wrong


def test_a_shipping_method_is_offered_as_the_contract_names_it(merchant: Client) -> None:
    from oscar.core.loading import get_model

    from galleria.shop.engine.graphql import shipping
    from galleria.shop.engine.graphql.addresses import Place

    methods = get_model("shipping", "OrderAndItemCharges").objects
    given = {"code": "dhl_express", "name": "DHL - Express", "price_per_order": "9", "price_per_item": "0"}
    assert saved(merchant.post("/admin/shipping-methods/new/", given))
    (method,) = shipping.methods_for(None)
    assert (method.carrier_code, method.method_code, method.title) == ("dhl", "express", "DHL - Express")
    assert "DHL - Express" in merchant.get("/admin/shipping-methods/").content.decode()
    page = f"/admin/shipping-methods/{methods.get().pk}/"
    assert saved(merchant.post(page, {**given, "where": ["US", "CA"]}))
    assert shipping.methods_for(None) == []
    assert [m.countries for m in shipping.methods_for(Place(country="CA"))] == [{"US", "CA"}]
    assert b"dhl_express" in merchant.get(page).content
    for wrong in ({"code": "DHL"}, {"price_per_order": "-1"}):
        assert not saved(merchant.post("/admin/shipping-methods/new/", {**given, "name": "Other", **wrong})), wrong


def test_the_heading_of_a_page_is_set_beside_oscars_form(merchant: Client) -> None:
    from django.contrib.flatpages.models import FlatPage

    from galleria.shop.engine.graphql.records.models import CmsPageRecord

    page = FlatPage.objects.create(url="/about/", title="About")
    own = f"/admin/pages/{page.pk}/in-the-shop/"
    assert own in merchant.get(f"/admin/pages/update/{page.pk}/").content.decode()
    assert saved(merchant.post(own, {"content_heading": "Who we are", "meta_title": "About us"}))
    record = CmsPageRecord.objects.get(page=page)
    assert (record.content_heading, record.meta_title) == ("Who we are", "About us")


def test_what_a_category_shows_is_set_beside_oscars_form(merchant: Client) -> None:
    from oscar.core.loading import get_model

    from galleria.shop.engine.shelf.models import CategoryRecord

    bags = get_model("catalogue", "Category").objects.get(name="Bags")
    page = f"/admin/categories/{bags.pk}/in-the-shop/"
    assert page in merchant.get(f"/admin/catalogue/categories/{bags.pk}/update/").content.decode()
    given = {"position": "4", "display_mode": "PRODUCTS_AND_PAGE", "landing_block": "nope", "include_in_menu": "on"}
    assert b"no block with the identifier nope" in merchant.post(page, given).content
    assert saved(merchant.post(page, {**given, "landing_block": ""}))
    record = CategoryRecord.objects.get(category=bags)
    assert (record.position, record.is_anchor, record.include_in_menu) == (4, False, True)


def test_a_voucher_that_the_merchant_makes_is_taken_at_the_cart(merchant: Client, family: Project) -> None:
    from oscar.core.loading import get_model

    from galleria.shop.engine.serve import make_web
    from tests.unit.shop.engine.graphql.conftest import Shop
    from tests.unit.shop.engine.graphql.test_carts import add, new_cart

    everything = get_model("offer", "Range").objects.create(name="Everything", includes_all_products=True)
    steps = (
        ("new/metadata/", {"name": "Spring", "offer_type": "Voucher", "description": ""}),
        ("new/incentive/", {"range": everything.pk, "type": "Percentage", "value": "10"}),
        ("new/condition/", {"range": everything.pk, "type": "Count", "value": "1"}),
        ("new/restrictions/", {"priority": "0", "exclusive": "on", "status": "Open"}),
    )
    for step, values in steps:
        assert saved(merchant.post(f"/admin/offers/{step}", values)), step
    offer = get_model("offer", "ConditionalOffer").objects.get(name="Spring")
    given = {"name": "Spring", "code": "spring", "usage": "Multi-use", "offers": offer.pk}
    given |= {"start_datetime": "2020-01-01 00:00", "end_datetime": "2099-01-01 00:00"}
    assert saved(merchant.post("/admin/vouchers/create/", given))
    shop = Shop(make_web(family).app)
    cart = new_cart(shop)
    add(shop, cart, "BALL", 1)
    apply = (
        'mutation($c:String!){applyCouponToCart(input:{cart_id:$c,coupon_code:"SPRING"})'
        "{cart{prices{grand_total{value}}}}}"
    )
    assert shop.ask(apply, c=cart) == {"applyCouponToCart": {"cart": {"prices": {"grand_total": {"value": 17.1}}}}}


def test_who_wrote_and_who_subscribed_is_read_and_taken_along(merchant: Client) -> None:
    from galleria.shop.engine.graphql.records.models import ContactMessage, Subscription

    ContactMessage.objects.create(name="Ada", email="ada@example.com", comment="<b>When</b>?")
    for email, status in (
        ("ada@example.com", "SUBSCRIBED"),
        ("=1@example.com", "SUBSCRIBED"),
        ("b@c.de", "UNSUBSCRIBED"),
    ):
        Subscription.objects.create(email=email, status=status)
    assert "&lt;b&gt;When&lt;/b&gt;?" in merchant.get("/admin/messages/").content.decode()
    assert "b@c.de" in merchant.get("/admin/newsletter/").content.decode()
    rows = merchant.get("/admin/newsletter/subscribers.csv").content.decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["email", "ada@example.com", "'=1@example.com"]


def test_swatches_are_colours_where_colours_are_shown(merchant: Client) -> None:
    from galleria.shop.engine.shelf.models import Attribute, Choice

    colour = Attribute.objects.get(code="color")
    page = f"/admin/attributes/{colour.pk}/"
    options = [option.pk for option in colour.option_group.options.all()]
    given = {"label": "Colour", "swatch": "color", "position": "3", **{f"swatch-{pk}": "#1857F7" for pk in options}}
    assert merchant.get(page).status_code == 200
    assert saved(merchant.post(page, given))
    assert set(Choice.objects.filter(option__in=options).values_list("swatch", flat=True)) == {"#1857f7"}
    colour.refresh_from_db()
    assert (colour.label, colour.is_filterable) == ("Colour", False)
    assert not saved(merchant.post(page, {**given, f"swatch-{options[0]}": "blue"}))
    assert saved(merchant.post(page, {**given, "swatch": "text", f"swatch-{options[0]}": "Blue"}))


def test_a_groups_members_are_named_by_sku(merchant: Client) -> None:
    group, ball, bag = product("SET"), product("BALL"), product("BAG")
    page = f"/admin/products/{group.pk}/members/"
    assert page in merchant.get(f"/admin/catalogue/products/{group.pk}/").content.decode()
    rows = {item.item_id: item.pk for item in group.grouped_items.all()}
    given: dict[str, object] = {
        **management("members", 3, 2),
        "members-0-id": rows[ball.pk], "members-0-product": group.pk, "members-0-sku": "BALL",
        "members-0-quantity": "4", "members-0-position": "0",
        "members-1-id": rows[bag.pk], "members-1-product": group.pk, "members-1-sku": "BAG",
        "members-1-quantity": "1", "members-1-position": "1", "members-1-DELETE": "on",
        "members-2-product": group.pk, "members-2-sku": "COAT-S-Red", "members-2-quantity": "1",
        "members-2-position": "2",
    }  # fmt: skip
    for wrong, said in (("NOPE", b"no product with the SKU NOPE"), ("COAT", b"configurable"), ("BALL", b"twice")):
        assert said in merchant.post(page, {**given, "members-2-sku": wrong}).content, wrong
    assert saved(merchant.post(page, given))
    assert [(i.item.upc, i.quantity) for i in group.grouped_items.all()] == [("BALL", 4), ("COAT-S-Red", 1)]


def test_a_bundles_choices_and_their_products(merchant: Client) -> None:
    kit = product("KIT")
    page = f"/admin/products/{kit.pk}/choices/"
    ball, bag = kit.bundle_options.all()
    answer = merchant.get(page)
    assert f"{ball.title}: products" in answer.content.decode()
    given: dict[str, object] = {**management("options", 3, 2)}
    for place, option in enumerate((ball, bag)):
        given |= {f"options-{place}-id": option.pk, f"options-{place}-product": kit.pk}
        given |= {f"options-{place}-title": option.title, f"options-{place}-input": "radio"}
        given |= {f"options-{place}-position": place, f"options-{place}-is_required": "on"}
        selection = option.selections.get()
        rows = f"option-{option.pk}"
        given |= {**management(rows, 2 - place, 1), f"{rows}-0-id": selection.pk, f"{rows}-0-option": option.pk}
        given |= {f"{rows}-0-sku": selection.product.upc, f"{rows}-0-quantity": "3", f"{rows}-0-price": "0"}
        given |= {f"{rows}-0-position": "0"}
    given |= {"options-2-product": kit.pk, "options-2-title": "Mat", "options-2-input": "select"}
    given |= {"options-2-position": "2"}
    added = f"option-{ball.pk}-1"
    given |= {f"{added}-option": ball.pk, f"{added}-sku": "BAG", f"{added}-quantity": "1", f"{added}-price": "2.50"}
    given |= {f"{added}-position": "1"}
    assert saved(merchant.post(page, given))
    assert [option.title for option in kit.bundle_options.all()] == [ball.title, bag.title, "Mat"]
    selections = [(s.product.upc, s.quantity, s.price) for s in ball.selections.all()]
    assert selections == [("BALL", 3, 0), ("BAG", 1, Decimal("2.5"))]
    assert not saved(merchant.post(page, {**given, f"{added}-sku": "SET"}))


def test_what_variants_differ_by_can_be_changed(merchant: Client) -> None:
    coat = product("COAT")
    page = f"/admin/products/{coat.pk}/variants-differ-by/"
    size, colour = coat.configurable_options.all()
    given: dict[str, object] = {**management("axes", 2, 2)}
    for place, axis in enumerate((size, colour)):
        given |= {f"axes-{place}-id": axis.pk, f"axes-{place}-product": coat.pk, f"axes-{place}-position": place}
        given |= {f"axes-{place}-attribute": axis.attribute_id, f"axes-{place}-label": f"Which {axis.label}"}
    assert merchant.get(page).status_code == 200
    assert saved(merchant.post(page, given))
    assert [axis.label for axis in coat.configurable_options.all()] == ["Which Size", "Which Color"]


def test_files_are_uploaded_into_the_stores_own_folder_and_earlier_ones_stay(merchant: Client, family: Project) -> None:
    film = product("FILM")
    page = f"/admin/products/{film.pk}/files/"
    first, second = film.download_links.all()
    given: dict[str, object] = {**management("links", 3, 2), **management("samples", 1, 0)}
    given |= {"links_title": "Films", "links_purchased_separately": "on"}
    for place, link in enumerate((first, second)):
        given |= {f"links-{place}-id": link.pk, f"links-{place}-product": film.pk, f"links-{place}-title": link.title}
        given |= {f"links-{place}-url": link.url, f"links-{place}-price": "3", f"links-{place}-downloads": "0"}
        given |= {f"links-{place}-position": place}
    given |= {"links-2-product": film.pk, "links-2-title": "Part 3", "links-2-price": "5", "links-2-downloads": "4"}
    given |= {"links-2-position": "2", "samples-0-product": film.pk, "samples-0-title": "Trailer"}
    given |= {"samples-0-position": "0", "samples-0-url": "https://example.com/trailer"}
    assert b"Choose a file" in merchant.post(page, given).content
    wrong = {**given, "samples-0-url": "javascript:alert(1)", "links-2-upload": SimpleUploadedFile("a.txt", b"x")}
    assert b"Enter a valid URL" in merchant.post(page, wrong).content
    upload = SimpleUploadedFile("../../Part three.txt", b"three")
    assert saved(merchant.post(page, {**given, "links-2-upload": upload}))
    third = film.download_links.get(title="Part 3")
    kept = family.downloads / third.file
    assert (kept.read_bytes(), kept.name, kept.resolve().is_relative_to(family.downloads.resolve())) == (
        b"three", "Part_three.txt", True,
    )  # fmt: skip
    assert film.download_samples.get().url == "https://example.com/trailer"
    assert "Now: Part_three.txt" in merchant.get(page).content.decode()


def test_parts_are_shown_for_products_of_their_type_only(merchant: Client) -> None:
    bag = product("BAG").pk
    for page in ("members", "choices", "variants-differ-by", "files"):
        assert merchant.get(f"/admin/products/{bag}/{page}/").status_code == 404


def test_a_product_made_by_hand_gets_its_type_beside_oscars_form(merchant: Client) -> None:
    from oscar.core.loading import get_model

    bag_class = product("BAG").product_class
    made = get_model("catalogue", "Product").objects.create(product_class=bag_class, title="Box", upc="BOX")
    given = {"kind": "grouped", "visibility": "4", "min_cart_qty": "1", "max_cart_qty": "9", "tax_class": "None"}
    assert saved(merchant.post(f"/admin/products/{made.pk}/in-the-shop/", given))
    assert merchant.get(f"/admin/products/{made.pk}/members/").status_code == 200
    assert not saved(merchant.post(f"/admin/products/{made.pk}/in-the-shop/", {**given, "kind": "configurable"}))
