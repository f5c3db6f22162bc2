"""The catalogue beside the recorded requests: what Magento's own resolvers say about orders, pages and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.commerce.asking import answer, ask, refusal

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

LISTED = "query($s:ProductAttributeSortInput!){products(filter:{},sort:$s,pageSize:200){items{id name}}}"
ROUTE = "query($u:String!){route(url:$u){relative_url redirect_code type}}"


def number_of(replay: Replay, sku: str) -> int:
    return int(ask(replay, "query($s:String!){products(filter:{sku:{eq:$s}}){items{id}}}", s=sku)["items"][0]["id"])


@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_products_of_one_price_are_ordered_by_their_number_in_the_same_direction(replay: Replay, way: str) -> None:
    from galleria.shop.engine.shelf.reading import Batch

    ids = [item["id"] for item in ask(replay, LISTED, s={"price": way})["items"]]
    batch = Batch.of_ids(ids)
    expected = sorted(ids, key=lambda pk: (batch.index_price(batch.rows[pk]), pk), reverse=way == "DESC")
    assert ids == expected


@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_names_are_ordered_without_regard_to_capitals(replay: Replay, way: str) -> None:
    names = [item["name"].casefold() for item in ask(replay, LISTED, s={"name": way})["items"]]
    plain = [name for name in names if "&" not in name]
    assert plain == sorted(plain, reverse=way == "DESC")


@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_without_words_nothing_is_more_relevant_than_another(replay: Replay, way: str) -> None:
    # Magento's SearchCriteriaBuilder::addEntityIdSort: the number, in the last sort's direction.
    ids = [item["id"] for item in ask(replay, LISTED, s={"relevance": way})["items"]]
    assert ids == sorted(ids, reverse=way == "DESC")


def test_an_empty_list_is_compared_by_nothing(replay: Replay) -> None:
    # Magento's Compare\Item\Collection::getComparableAttributes: those of the listed products' attribute sets.
    document = "mutation{createCompareList(input:{products:[]}){item_count items{uid} attributes{code}}}"
    assert ask(replay, document) == {"item_count": 0, "items": [], "attributes": []}


def test_a_page_past_a_categorys_end_is_told_at_its_number_only(replay: Replay) -> None:
    document = (
        '{categoryList(filters:{url_path:{eq:"gear/bags"}}){products(pageSize:10,currentPage:9)'
        "{total_count items{sku} page_info{current_page total_pages}}}}"
    )
    found = answer(replay, document)
    assert found["errors"][0]["message"] == (
        "currentPage value 2 specified is greater than the number of pages available."
    )
    assert found["errors"][0]["path"] == ["categoryList", 0, "products", "page_info", "current_page"]
    products = found["data"]["categoryList"][0]["products"]
    assert products == {"total_count": 14, "items": [], "page_info": {"current_page": None, "total_pages": 2}}


def test_without_a_filter_there_is_the_root_and_with_an_empty_one_all(replay: Replay) -> None:
    count = "query($f:CategoryFilterInput){categories(filters:$f){total_count}}"
    assert ask(replay, count) == {"total_count": 1}
    assert ask(replay, count, f={})["total_count"] > 30


def test_a_category_of_number_nothing_is_the_root(replay: Replay) -> None:
    assert ask(replay, "{category(id:0){name}}") == ask(replay, "{category{name}}")


@pytest.mark.parametrize(
    ("url", "leads_to", "code"),
    [
        ("gear/bags.html", "gear/bags.html", 0),
        ("gear/bags.html/", "gear/bags.html", 301),
        ("about-us/", "about-us", 301),
        ("Gear/Bags.html", "gear/bags.html", 301),
        ("gear/bags/joust-duffle-bag.html", "gear/bags/joust-duffle-bag.html", 0),
        ("gear/joust-duffle-bag.html", "gear/joust-duffle-bag.html", 0),
        ("https://shop.example/joust-duffle-bag.html?a=1#top", "joust-duffle-bag.html?a=1", 0),
    ],
)
def test_an_address_leads_to(replay: Replay, url: str, leads_to: str, code: int) -> None:
    found = ask(replay, ROUTE, u=url)
    assert (found["relative_url"], found["redirect_code"]) == (leads_to, code)


@pytest.mark.parametrize(
    "url",
    ["gear/watches/joust-duffle-bag.html", "men/joust-duffle-bag.html", "nosuch/joust-duffle-bag.html", "gear/bags"],
)
def test_an_address_that_nobody_gave_leads_nowhere(replay: Replay, url: str) -> None:
    assert ask(replay, ROUTE, u=url) is None


def test_an_address_may_be_a_number(replay: Replay) -> None:
    number = number_of(replay, "24-MB01")
    found = ask(replay, ROUTE, u=f"catalog/product/view/id/{number}")
    assert found == {"relative_url": "joust-duffle-bag.html", "redirect_code": 0, "type": "PRODUCT"}
    assert ask(replay, ROUTE, u="catalog/product/view/id/999999") is None
    bags = ask(replay, '{categoryList(filters:{url_path:{eq:"gear/bags"}}){id}}')[0]["id"]
    assert ask(replay, ROUTE, u=f"catalog/category/view/id/{bags}")["relative_url"] == "gear/bags.html"


@pytest.mark.parametrize("url", ["", "   "])
def test_an_address_is_asked_for(replay: Replay, url: str) -> None:
    assert refusal(replay, ROUTE, u=url) == ('"url" argument should be specified and not empty', "graphql-input")


def test_a_page_is_found_by_its_number_before_its_name(replay: Replay) -> None:
    document = "query($i:Int,$n:String){cmsPage(id:$i,identifier:$n){identifier}}"
    gone = ('The CMS page with the "99999" ID doesn\'t exist.', "graphql-no-such-entity")
    assert refusal(replay, document, i=99999, n="home") == gone
    assert refusal(replay, document, n="")[0] == 'The CMS page with the "" ID doesn\'t exist.'


def test_a_list_divides_in_the_older_words_too(replay: Replay) -> None:
    found = ask(
        replay,
        '{products(filter:{name:{match:"bag"}}){aggregations{label count options{label value count}} '
        "filters{name request_var filter_items_count filter_items{label value_string items_count}}}}",
    )
    assert [f["name"] for f in found["filters"]] == [a["label"] for a in found["aggregations"]]
    assert [f["request_var"] for f in found["filters"]][:2] == ["price", "cat"]
    for layer, aggregation in zip(found["filters"], found["aggregations"], strict=True):
        assert layer["filter_items_count"] == aggregation["count"] == len(layer["filter_items"])
        counts = [(item["label"], item["items_count"]) for item in layer["filter_items"]]
        assert counts == [(option["label"], option["count"]) for option in aggregation["options"]]
    assert "_" not in found["filters"][0]["filter_items"][0]["value_string"]
    assert found["filters"][1]["filter_items"][0]["value_string"].isdigit()


def test_a_product_is_sold_on_the_one_website(replay: Replay) -> None:
    document = '{products(filter:{sku:{eq:"24-MB01"}}){items{websites{code name} tier_price tier_prices{qty}}}}'
    assert ask(replay, document)["items"] == [
        {"websites": [{"code": "base", "name": "Main Website"}], "tier_price": None, "tier_prices": None}
    ]


def test_a_block_may_be_named_by_its_number(replay: Replay) -> None:
    from galleria.shop.engine.graphql.records.models import CmsBlock

    number = str(CmsBlock.objects.get(identifier="footer_links_block").pk)
    document = "query($i:[String]){cmsBlocks(identifiers:$i){items{identifier}}}"
    assert ask(replay, document, i=[number]) == {"items": [{"identifier": "footer_links_block"}]}
    assert refusal(replay, document, i=["999999"])[1] == "graphql-no-such-entity"
