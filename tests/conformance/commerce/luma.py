"""The recorded shop, as far as it can be made again: the Luma catalogue and what stood beside it."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from galleria.shop.engine.graphql import endpoint, uids
from galleria.shop.engine.graphql.endpoint import HttpRequest, HttpResponse
from galleria.shop.engine.graphql.errors import RequestRefused
from tests.conformance.commerce import golden
from tests.conformance.commerce.golden import Comparison, Ids, Pair

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.app import GraphQLApp
    from galleria.shop.engine.project import Project

DATA: Final = Path(__file__).parents[4] / "shared" / "data" / "luma"

_MAGENTO_CATEGORIES: Final = {
    "2": "",
    "3": "gear",
    "4": "gear/bags",
    "9": "training",
    "11": "men",
    "12": "men/tops-men",
    "20": "women",
    "21": "women/tops-women",
    "23": "women/tops-women/jackets-women",
    "37": "sale",
    "38": "what-is-new",
}
"""Category numbers that recorded requests name, and the paths they stand for."""

# fmt: off
_COLORS: Final = ("Black", "Blue", "Brown", "Gray", "Green", "Lavender", "Multi", "Orange", "Purple", "Red", "White",
                  "Yellow")
# fmt: on
_SIZES: Final = ["XS", "S", "M", "L", "XL"]
_MAGENTO_OPTIONS: Final = {
    **{("color", str(number)): label for number, label in enumerate(_COLORS, 49)},
    **{("size", str(number)): label for number, label in enumerate(_SIZES, 166)},
}
_MAGENTO_ATTRIBUTES: Final = {"93": "color", "144": "size"}

_SETTINGS: Final = {
    "absolute_footer": None,
    "copyright": "Copyright © 2013-present Magento, Inc. All rights reserved.",
    "default_title": "Magento Commerce",
    "head_includes": '<link  rel="stylesheet" type="text/css"  media="all" href="{{MEDIA_URL}}styles.css" />',
    "store_name": "Default Store View",
}


def stock(store: Project) -> None:
    """Import the catalogue and set up the pages, rules, rates and methods that the recorded shop had."""
    from galleria.shop.engine.importer import run

    _category_order()
    _attributes()
    run.take(DATA / "products.csv", DATA / "media", store.media)
    _categories()
    _catalogue_rule()
    _reviews()
    _pages()
    _rules()
    _places()
    _somebody()
    from galleria.shop.engine.graphql.records.models import StoreSetting

    for key, value in _SETTINGS.items():
        StoreSetting.objects.create(key=key, value=value)
    from galleria.shop.engine.index import keeping

    keeping.rebuild()


def _category_order() -> None:
    """Make the categories in the order in which the recorded shop made them: equal counts are listed by age."""
    from galleria.shop.engine.stocking.categories import CategoryBook
    from galleria.shop.engine.stocking.specs import CategorySpec

    book = CategoryBook.read()
    first = ("Gear", "Gear/Bags", "Gear/Fitness Equipment", "Gear/Watches", "Collections")
    early = ("Collections/New Luma Yoga Collection", "Training", "Training/Video Download")
    for path in (*first, *early):
        book.ensure(CategorySpec(path))
    with (DATA / "categories.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            book.ensure(CategorySpec(f"{row['path']}/{row['name']}" if row["path"] else row["name"]))
    for name in ("Sale", "What's New"):
        book.ensure(CategorySpec(name))


def _categories() -> None:
    """Give categories the addresses, the order and the kinds that the sample data's fixtures give them."""
    from oscar.core.loading import get_model

    from galleria.shop.engine.shelf.models import CategoryRecord
    from galleria.shop.engine.stocking import categories
    from galleria.shop.engine.stocking.categories import CategoryBook

    category = get_model("catalogue", "Category")
    ids = CategoryBook.read().ids
    with (DATA / "categories.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = ids.get(f"{row['path']}/{row['name']}" if row["path"] else row["name"])
            if number is not None:
                category.objects.filter(pk=number).update(slug=row["url_key"])
                CategoryRecord.objects.filter(pk=number).update(
                    is_anchor=row["is_anchor"] == "1",
                    include_in_menu=row["include_in_menu"] == "1",
                    display_mode=row["display_mode"],
                )
    for place, (name, anchor) in enumerate(_TOP, 1):
        CategoryRecord.objects.filter(pk=ids[name]).update(is_anchor=anchor, position=place, display_mode="PAGE")
        category.objects.get(pk=ids[name]).move(category.objects.get(pk=2), "last-child")
    category.objects.filter(pk=ids["What's New"]).update(slug="what-is-new")
    categories.refresh_url_paths()


_TOP: Final = (
    ("What's New", False),
    ("Women", False),
    ("Men", False),
    ("Gear", True),
    ("Training", True),
    ("Sale", False),
)


def _attributes() -> None:
    """Give attributes and their options the order that the merchant of the recorded shop gave them."""
    from galleria.shop.engine.importer import survey
    from galleria.shop.engine.stocking.attributes import AttributeBook

    recorded = next(p.response for p in golden.load() if p.name == "list-page-1")
    listed = golden.at(recorded, "data.products.aggregations")
    assert isinstance(listed, list)
    order = {a["attribute_code"]: [o["label"] for o in a["options"]] for a in listed}
    labels = {a["attribute_code"]: a["label"] for a in listed}
    specs = {spec.code: spec for spec in survey.look(DATA / "products.csv").attributes()}
    book = AttributeBook.read()
    for code in [code for code in order if code in specs] + [code for code in specs if code not in order]:
        known = [label for label in order.get(code, ()) if label in specs[code].choices]
        rest = [label for label in specs[code].choices if label not in known]
        book.ensure(replace(specs[code], label=labels.get(code, specs[code].label), choices=(*known, *rest)))


def _catalogue_rule() -> None:
    """20 % off all pants. Here a rule of the catalogue is a special price of the variants."""
    from oscar.core.loading import get_model

    from galleria.shop.engine.shelf.models import CategoryRecord, ProductRecord

    pants = CategoryRecord.objects.get(url_path="promotions/pants-all").pk
    product = get_model("catalogue", "Product")
    for variant in product.objects.filter(parent__categories=pants).prefetch_related("stockrecords"):
        price = variant.stockrecords.all()[0].price * Decimal("0.8")
        ProductRecord.objects.filter(pk=variant.pk).update(special_price=price)


def _reviews() -> None:
    from django.utils import timezone
    from oscar.core.loading import get_model

    skus = dict(get_model("catalogue", "Product").objects.values_list("upc", "pk"))
    moment = timezone.now()
    review = get_model("reviews", "ProductReview")
    with (DATA / "reviews.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["sku"] not in skus:
                continue  # the fixtures review a few products that the shop no longer had
            review.objects.create(
                product_id=skus[row["sku"]],
                score=int(row["rating_value"]),
                title=row["title"],
                body=row["review"],
                name=row["reviewer"],
                email=row["email"] or "nobody@example.com",
                status=review.APPROVED,
            )
    review.objects.update(date_created=moment)


def _pages() -> None:
    from django.contrib.flatpages.models import FlatPage

    from galleria.shop.engine.graphql.records.models import CmsBlock, CmsPageRecord

    recorded = {p.name: p.response for p in golden.load()}
    for name, title in (("home", "Home Page"), ("about-us", "About us")):
        known = golden.at(recorded.get("cms-page" if name == "about-us" else "cms-home"), "data.cmsPage.content")
        page = FlatPage.objects.create(url=f"/{name}/", title=title, content=str(known or ""))
        CmsPageRecord.objects.create(page=page, content_heading=title)
    CmsBlock.objects.create(identifier="footer_links_block", title="Footer Links Block")


def _rules() -> None:
    """20 % off from 200 on; the coupon H20: 70 % off the water bottle."""
    from django.utils import timezone
    from oscar.core.loading import get_model

    def model(name: str) -> type:
        return get_model("offer", name)  # type: ignore[no-any-return]

    everything = model("Range").objects.create(name="Everything", includes_all_products=True)  # type: ignore[attr-defined]
    bottle = model("Range").objects.create(name="Bottle")  # type: ignore[attr-defined]
    bottle.add_product(get_model("catalogue", "Product").objects.get(upc="24-UG06"))
    rules = (
        ("Discount", "Site", everything, "Value", Decimal(200), everything, Decimal(20)),
        ("Use promo code H20 at checkout", "Voucher", bottle, "Count", Decimal(1), bottle, Decimal(70)),
    )
    for name, kind, of, test, least, on, percent in rules:
        offer = model("ConditionalOffer").objects.create(  # type: ignore[attr-defined]
            name=name,
            offer_type=kind,
            condition=model("Condition").objects.create(range=of, type=test, value=least),  # type: ignore[attr-defined]
            benefit=model("Benefit").objects.create(range=on, type="Percentage", value=percent),  # type: ignore[attr-defined]
            max_basket_applications=1,
        )
    now = timezone.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name="H20",
        code="H20",
        usage="Multi-use",
        start_datetime=now - timedelta(days=1),
        end_datetime=now + timedelta(days=1),
    )
    voucher.offers.add(offer)


def _places() -> None:
    from oscar.core.loading import get_model

    from galleria.shop.engine.graphql.records.models import TaxRate

    charges = get_model("shipping", "OrderAndItemCharges").objects
    flat = charges.create(name="Flat Rate - Fixed", price_per_item=Decimal(5))
    table = charges.create(name="Best Way - Table Rate", price_per_order=Decimal(15))
    for method, code in ((flat, "flatrate_flatrate"), (table, "tablerate_bestway")):
        charges.filter(pk=method.pk).update(code=code)
    TaxRate.objects.create(code="US-MI-*-Rate 1", country="US", region_code="MI", percent=Decimal("8.25"))


def _somebody() -> None:
    """The sample data has a customer, whose address is number 1."""
    from galleria.shop.engine.graphql import accounts, address_book

    owner = accounts.create_customer("roni_cost@example.com", None, "Veronica", "Costello")
    address = {
        "firstname": "Veronica",
        "lastname": "Costello",
        "street": ["6146 Honey Bluff Parkway"],
        "city": "Calder",
        "country_code": "US",
        "region": {"region_code": "MI"},
        "postcode": "49628-7978",
        "telephone": "(555) 229-3326",
    }
    address_book.create(owner, address)


@dataclass
class Replay:
    """Sends the recorded requests in their order and keeps what came of each."""

    app: GraphQLApp
    base: str
    saved: dict[str, str] = field(default_factory=lambda: {"run": "g1", "base": "{base}"})
    ids: Ids = field(default_factory=Ids)
    outcomes: dict[str, list[str]] = field(default_factory=dict)

    def run(self, pairs: list[Pair]) -> None:
        """Send everything."""
        translation = self._translation()
        for pair in pairs:
            response = self.send(_translated(pair.request, translation))
            answer = self._read(response)
            for name, path in pair.save.items():
                found = dict(response.headers).get(path[1:]) if path.startswith("#") else golden.at(answer, path)
                if found is not None:
                    self.saved[name] = str(found)
            if pair.answered:
                self.outcomes[pair.name] = self._differences(pair, response, answer)

    def send(self, request: dict[str, object]) -> HttpResponse:
        """Send one recorded request to our engine."""
        headers = {k.lower(): str(golden.filled(v, self.saved)) for k, v in (request.get("headers") or {}).items()}  # type: ignore[attr-defined]
        body = request.get("body")
        if isinstance(body, dict) and "variables" in body:
            body = {**body, "variables": _with_numbers(golden.filled(body["variables"], self.saved))}
        query = request.get("query_string")
        http = HttpRequest(
            str(request["method"]),
            urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()})
            if isinstance(query, dict)
            else "",
            headers,
            b"" if body is None else (body.encode() if isinstance(body, str) else json.dumps(body).encode()),
        )
        try:
            asked = endpoint.read(http)
        except RequestRefused as refusal:
            return endpoint.refuse(refusal, http)
        return endpoint.respond(self.app.cached(asked) or self.app.execute(asked), http, asked)

    def _read(self, response: HttpResponse) -> object:
        return json.loads(response.body.replace(self.base.encode(), b"{base}")) if response.body else None

    def _differences(self, pair: Pair, response: HttpResponse, answer: object) -> list[str]:
        recorded = golden.filled(pair.response, self.saved)
        found = Comparison(pair, self.ids).compare(recorded, answer)
        if response.status != pair.status:
            found.insert(0, f"status: {pair.status} became {response.status}")
        return found

    def _translation(self) -> dict[str, str]:
        """Return what ids in recorded requests are called here."""
        from django.contrib.flatpages.models import FlatPage
        from oscar.core.loading import get_model

        from galleria.shop.engine.shelf.models import Attribute, BundleSelection, CategoryRecord, DownloadLink

        known = {r.url_path: r.pk for r in CategoryRecord.objects.all()}
        found: dict[str, str] = {}
        for number, path in _MAGENTO_CATEGORIES.items():
            ours = known.get(path, 2)
            found[f"category:{number}"] = str(ours)
            found[uids.encode(number)] = uids.encode(ours)
        for number, name in (("2", "home"), ("5", "about-us")):
            found[f"page:{number}"] = str(FlatPage.objects.get(url=f"/{name}/").pk)
        option = get_model("catalogue", "AttributeOption")
        attributes = {a.code: a for a in Attribute.objects.all()}
        for (code, number), label in _MAGENTO_OPTIONS.items():
            known_option = option.objects.filter(group__attribute=attributes[code], option=label).first()
            if known_option is None:
                continue  # no product has it, so it is not in the product file
            ours = known_option.pk
            found[f"option:{number}"] = str(ours)
            theirs = next(n for n, c in _MAGENTO_ATTRIBUTES.items() if c == code)
            found[uids.encode(f"configurable/{theirs}/{number}")] = uids.encode(
                f"configurable/{attributes[code].pk}/{ours}"
            )
        selections = {s.product.upc: s for s in BundleSelection.objects.select_related("product")}
        for theirs, sku in (
            ("1/1", "24-WG081-blue"),
            ("1/2", "24-WG082-blue"),
            ("1/3", "24-WG083-blue"),
            ("2/4", "24-WG084"),
            ("3/5", "24-WG085"),
            ("3/6", "24-WG086"),
            ("3/7", "24-WG087"),
            ("4/8", "24-WG088"),
        ):
            selection = selections[sku]
            found[uids.encode(f"bundle/{theirs}/1")] = uids.encode(f"bundle/{selection.option.pk}/{selection.pk}/1")
        for place, sku in enumerate(("240-LV04", "240-LV05", "240-LV06", "240-LV07", "240-LV08"), 1):
            link = DownloadLink.objects.get(product__upc=sku)
            found[uids.encode(f"downloadable/{place}")] = uids.encode(f"downloadable/{link.pk}")
        return found


def _translated(request: dict[str, object], translation: dict[str, str]) -> dict[str, object]:
    text = json.dumps(request, ensure_ascii=False)
    for theirs, ours in translation.items():
        kind, _, number = theirs.rpartition(":")
        if kind == "page":
            text = re.sub(rf"cmsPage\(id:\s*{number}\b", f"cmsPage(id:#{ours}", text)
    text = re.sub(r'"([A-Za-z0-9+/]+=*)(?=\\?")', lambda uid: f'"{translation.get(uid[1], uid[1])}', text)
    text = re.sub(r"\b(category_id|ids|color|size):\{[^}]*\}", lambda found: _renumbered(found, translation), text)
    found: dict[str, object] = json.loads(text.replace("(id:#", "(id:"))
    return found


def _renumbered(condition: re.Match[str], translation: dict[str, str]) -> str:
    """Return a filter's condition with our numbers of categories or options."""
    kind = "option" if condition[1] in ("color", "size") else "category"
    return re.sub(r'"(\d+)\\"', lambda found: f'"{translation.get(f"{kind}:{found[1]}", found[1])}\\"', condition[0])


def _with_numbers(value: object) -> object:
    """Return filled-in variables with ids that are numbers as numbers."""
    if isinstance(value, dict):
        return {
            key: int(item) if key == "id" and isinstance(item, str) and item.isdigit() else _with_numbers(item)
            for key, item in value.items()
        }
    return [_with_numbers(item) for item in value] if isinstance(value, list) else value
