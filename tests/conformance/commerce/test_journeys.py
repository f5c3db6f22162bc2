# ruff: noqa: E501 - documents read best in one line
"""A shopper's whole way through the shop, in the manners of four kinds of storefront.

The documents are our own, in the shapes that published Magento clients send: everything in variables, one ``$input`` for
everything, fragments over fragments, estimates before addresses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.commerce.asking import ADDRESS

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.app import GraphQLApp
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

PASSWORD = "Journey-Pass-1"
BOOK = {**ADDRESS, "region": {"region": "Michigan", "region_code": "MI", "region_id": 33}}
FLAT = {"carrier_code": "flatrate", "method_code": "flatrate"}
CART = """
fragment Money on Money {currency value}
fragment Line on CartItemInterface {__typename uid quantity errors {code message}
  product {uid sku name url_key thumbnail {url label} price_range {maximum_price {final_price {...Money} discount {amount_off}}}}
  prices {price {...Money} row_total {...Money} total_item_discount {...Money}}
  ... on ConfigurableCartItem {configurable_options {option_label value_label configurable_product_option_uid configurable_product_option_value_uid}}
  ... on BundleCartItem {bundle_options {uid label values {label quantity price}}}
  ... on DownloadableCartItem {links {title price}}}
fragment Whole on Cart {id is_virtual email total_quantity applied_coupons {code} items {...Line}
  prices {grand_total {...Money} subtotal_excluding_tax {...Money} discounts {label amount {...Money}} applied_taxes {label amount {...Money}}}
  shipping_addresses {firstname city region {code label} country {code} available_shipping_methods {carrier_code method_code amount {...Money}} selected_shipping_method {carrier_title amount {...Money}}}
  billing_address {city} available_payment_methods {code title} selected_payment_method {code title}}
"""


@dataclass
class Shopper:
    """Asks as a storefront does; an error of any kind ends the journey."""

    app: GraphQLApp
    token: str | None = None

    def ask(self, document: str, **variables: object) -> Any:
        """Return the value of the one root field."""
        from galleria.shop.engine.graphql.app import GraphQLRequest
        from galleria.shop.engine.graphql.context import Caller

        caller = Caller(token=self.token, address="192.0.2.77")
        answer = json.loads(self.app.execute(GraphQLRequest(document, variables, caller=caller)).body)
        assert "errors" not in answer, (document, answer["errors"])
        return next(iter(answer["data"].values()))

    def member(self, name: str) -> Shopper:
        """Return the same shopper with an account, signed in."""
        person = {"firstname": "Ada", "lastname": "Probe", "email": f"{name}@example.com", "password": PASSWORD}
        self.ask("mutation($i:CustomerCreateInput!){createCustomerV2(input:$i){customer{email}}}", i=person)
        sign_in = "mutation($e:String!,$p:String!){generateCustomerToken(email:$e,password:$p){token}}"
        return Shopper(self.app, self.ask(sign_in, e=person["email"], p=PASSWORD)["token"])


@pytest.fixture(scope="module")
def app(replay: Replay) -> GraphQLApp:
    """The engine with the Luma catalogue."""
    return replay.app


def chosen(shopper: Shopper) -> list[dict[str, object]]:
    """Return one line of each type of product, chosen as a product page does."""
    hoodie, bundle, download = (
        shopper.ask(
            "query($s:String!){products(filter:{sku:{eq:$s}}){items{__typename ... on ConfigurableProduct{configurable_options{values{uid}}} "
            "... on BundleProduct{items{options{uid}}} ... on DownloadableProduct{downloadable_product_links{uid}}}}}",
            s=sku,
        )["items"][0]
        for sku in ("WH01", "24-WG080", "240-LV04")
    )
    kinds = [hoodie["__typename"], bundle["__typename"], download["__typename"]]
    assert kinds == ["ConfigurableProduct", "BundleProduct", "DownloadableProduct"]
    return [
        {"sku": "24-MB05", "quantity": 2},
        {"sku": "WH01", "quantity": 1, "selected_options": [o["values"][0]["uid"] for o in hoodie["configurable_options"]]},
        {"sku": "24-WG080", "quantity": 1, "selected_options": [i["options"][0]["uid"] for i in bundle["items"]]},
        {"sku": "240-LV04", "quantity": 1, "selected_options": [download["downloadable_product_links"][0]["uid"]]},
    ]  # fmt: skip


def test_everything_in_variables_from_the_menu_to_the_order(app: GraphQLApp) -> None:
    shopper = Shopper(app)
    config = shopper.ask("{storeConfig{store_code root_category_uid category_url_suffix product_url_suffix}}")
    menu = shopper.ask(
        "query($id:String!){categories(filters:{category_uid:{in:[$id]}}){items{uid name children{uid name url_path include_in_menu}}}}",
        id=config["root_category_uid"],
    )["items"][0]
    assert {"Women", "Men", "Gear"} <= {child["name"] for child in menu["children"]}
    filters = shopper.ask('{__type(name:"ProductAttributeFilterInput"){inputFields{name type{name}}}}')["inputFields"]
    assert {"name": "category_uid", "type": {"name": "FilterEqualTypeInput"}} in filters
    bags = shopper.ask('{route(url:"gear/bags.html"){type ... on CategoryTree{uid}}}')["uid"]
    listing = shopper.ask(
        "query($f:ProductAttributeFilterInput!,$s:ProductAttributeSortInput){products(filter:$f,sort:$s,pageSize:6){total_count page_info{total_pages} "
        "aggregations{attribute_code label options{label value count}} items{uid sku url_key rating_summary price_range{maximum_price{final_price{value}}}}}}",
        f={"category_uid": {"eq": bags}}, s={"name": "ASC"},
    )  # fmt: skip
    assert listing["total_count"] == 14
    assert {"price", "category_uid"} <= {a["attribute_code"] for a in listing["aggregations"]}
    cart = shopper.ask("mutation{cartId:createEmptyCart}")
    add = "mutation($c:String!,$i:[CartItemInput!]!){addProductsToCart(cartId:$c,cartItems:$i){user_errors{code message} cart{...Whole}}}"
    added = shopper.ask(add + CART, c=cart, i=chosen(shopper))
    assert added["user_errors"] == []
    lines = added["cart"]["items"]
    assert [line["product"]["sku"] for line in lines] == ["24-MB05", "WH01", "24-WG080", "240-LV04"]
    change = "mutation($c:String!,$u:ID!,$q:Float!){updateCartItems(input:{cart_id:$c,cart_items:[{cart_item_uid:$u,quantity:$q}]}){cart{total_quantity}}}"
    assert shopper.ask(change, c=cart, u=lines[0]["uid"], q=1)["cart"]["total_quantity"] == 4
    take_out = (
        "mutation($c:String!,$u:ID!){removeItemFromCart(input:{cart_id:$c,cart_item_uid:$u}){cart{total_quantity}}}"
    )
    assert shopper.ask(take_out, c=cart, u=lines[3]["uid"])["cart"]["total_quantity"] == 3
    assert order(shopper, cart, email="variables@example.com")


def order(shopper: Shopper, cart: str, email: str | None = None) -> str:
    """Take a cart through checkout with flat rate and a cheque and return the number of its order."""
    steps: list[tuple[str, dict[str, object]]] = [
        ("setShippingAddressesOnCart", {"shipping_addresses": [{"address": ADDRESS}]}),
        ("setShippingMethodsOnCart", {"shipping_methods": [FLAT]}),
        ("setBillingAddressOnCart", {"billing_address": {"address": ADDRESS}}),
        ("setPaymentMethodOnCart", {"payment_method": {"code": "checkmo"}}),
    ]
    if email:
        steps.insert(0, ("setGuestEmailOnCart", {"email": email}))
    for name, values in steps:
        kind = f"{name[0].upper()}{name[1:]}Input"
        step = f"mutation($input:{kind}){{{name}(input:$input){{cart{{...Whole}}}}}}"
        found = shopper.ask(step + CART, input={"cart_id": cart, **values})["cart"]
    assert found["shipping_addresses"][0]["selected_shipping_method"]["carrier_title"] == "Flat Rate"
    assert found["selected_payment_method"]["code"] == "checkmo"
    place = "mutation($c:String!){placeOrder(input:{cart_id:$c}){errors{code message} orderV2{number total{grand_total{value}}}}}"
    placed = shopper.ask(place, c=cart)
    assert placed["errors"] == []
    assert placed["orderV2"]["total"]["grand_total"]["value"] == found["prices"]["grand_total"]["value"]
    return str(placed["orderV2"]["number"])


def test_one_input_for_everything_with_the_older_mutations(app: GraphQLApp) -> None:
    shopper = Shopper(app)
    cart = shopper.ask("mutation{createEmptyCart}")
    lines = chosen(shopper)
    for kind, item in (
        ("Simple", {"data": {"sku": "24-UG06", "quantity": 1}}),
        ("Configurable", {"parent_sku": "WH01", "data": {"sku": "WH01-S-Green", "quantity": 1}}),
    ):
        step = f"mutation($input:Add{kind}ProductsToCartInput){{add{kind}ProductsToCart(input:$input){{cart{{...Whole}}}}}}"
        found = shopper.ask(step + CART, input={"cart_id": cart, "cart_items": [item]})["cart"]
    assert [line["product"]["sku"] for line in found["items"]] == ["24-UG06", "WH01"]
    coupon = "mutation($input:ApplyCouponToCartInput){applyCouponToCart(input:$input){cart{...Whole}}}"
    found = shopper.ask(coupon + CART, input={"cart_id": cart, "coupon_code": "H20"})["cart"]
    assert found["applied_coupons"] == [{"code": "H20"}]
    number = order(shopper, cart, email="older@example.com")
    proof = {"number": number, "email": "older@example.com", "postcode": "48201"}
    seen = shopper.ask(
        "query($i:OrderInformationInput!){guestOrder(input:$i){number status items{product_sku quantity_ordered}}}",
        i=proof,
    )
    assert seen["number"] == number
    assert len(lines) == len(chosen(shopper))


def test_fragments_over_fragments_with_an_account(app: GraphQLApp) -> None:
    guest = Shopper(app)
    member = guest.member("fragments")
    source = guest.ask("mutation{createGuestCart{cart{id}}}")["cart"]["id"]
    add = "mutation($c:String!,$i:[CartItemInput!]!){addProductsToCart(cartId:$c,cartItems:$i){user_errors{message}}}"
    assert guest.ask(add, c=source, i=chosen(guest))["user_errors"] == []
    own = member.ask("{customerCart{id}}")["id"]
    merge = "mutation($s:String!,$d:String!){mergeCarts(source_cart_id:$s,destination_cart_id:$d){...Whole}}"
    assert len(member.ask(merge + CART, s=source, d=own)["items"]) == 4
    address = "mutation($i:CustomerAddressInput!){createCustomerAddress(input:$i){id region{region_code}}}"
    assert member.ask(address, i=BOOK | {"default_shipping": True})["region"] == {"region_code": "MI"}
    number = order(member, own)
    orders = member.ask(
        "query($n:String!){customer{orders(filter:{number:{eq:$n}}){items{number items{__typename product_sku selected_options{label value}} "
        "total{grand_total{value} shipping_handling{total_amount{value}}} shipping_address{city}}}}}", n=number,
    )["orders"]["items"]  # fmt: skip
    assert [o["number"] for o in orders] == [number]
    again = member.ask("mutation($n:String!){reorderItems(orderNumber:$n){cart{id} userInputErrors{code}}}", n=number)
    assert again["userInputErrors"] == []
    downloads = member.ask("{customerDownloadableProducts{items{order_increment_id status}}}")["items"]
    assert number in {item["order_increment_id"] for item in downloads}


def test_estimates_first_then_lists_reviews_and_goodbye(app: GraphQLApp) -> None:
    member = Shopper(app).member("estimates")
    cart = member.ask("{customerCart{id}}")["id"]
    add = "mutation($c:String!,$i:[CartItemInput!]!){addProductsToCart(cartId:$c,cartItems:$i){user_errors{message}}}"
    member.ask(add, c=cart, i=chosen(member)[:1])
    where = {"country_code": "US", "postcode": "48201", "region": {"region_code": "MI"}}
    estimate = "mutation($c:String!,$a:EstimateAddressInput!){estimateShippingMethods(input:{cart_id:$c,address:$a}){carrier_code amount{value}}}"
    assert "flatrate" in {m["carrier_code"] for m in member.ask(estimate, c=cart, a=where)}
    wishes = member.ask("{customer{wishlists{id}}}")["wishlists"][0]["id"]
    wish = "mutation($w:ID!,$i:[WishlistItemInput!]!){addProductsToWishlist(wishlistId:$w,wishlistItems:$i){user_errors{message} wishlist{items_v2{items{id product{sku}}}}}}"
    kept = member.ask(wish, w=wishes, i=[{"sku": "24-MB01", "quantity": 1}])["wishlist"]["items_v2"]["items"]
    forget = "mutation($w:ID!,$i:[ID!]!){removeProductsFromWishlist(wishlistId:$w,wishlistItemsIds:$i){user_errors{message} wishlist{items_count}}}"
    assert member.ask(forget, w=wishes, i=[kept[0]["id"]])["wishlist"] == {"items_count": 0}
    product = member.ask('{products(filter:{sku:{eq:"24-MB01"}}){items{id}}}')["items"][0]["id"]
    compared = member.ask(
        "mutation($p:[ID!]){createCompareList(input:{products:$p}){uid item_count}}", p=[str(product)]
    )
    assert compared["item_count"] == 1
    rating = member.ask("{productReviewRatingsMetadata{items{id values{value_id value}}}}")["items"][0]
    review = {"sku": "24-MB01", "nickname": "Ada", "summary": "Good", "text": "A good bag",
              "ratings": [{"id": rating["id"], "value_id": rating["values"][3]["value_id"]}]}  # fmt: skip
    write = "mutation($i:CreateProductReviewInput!){createProductReview(input:$i){review{nickname summary}}}"
    assert member.ask(write, i=review)["review"] == {"nickname": "Ada", "summary": "Good"}
    news = "mutation{updateCustomerV2(input:{is_subscribed:true}){customer{is_subscribed}}}"
    assert member.ask(news)["customer"] == {"is_subscribed": True}
    note = 'mutation{contactUs(input:{name:"Ada",email:"estimates@example.com",comment:"Hello"}){status}}'
    assert member.ask(note) == {"status": True}
    assert member.ask("mutation{revokeCustomerToken{result}}") == {"result": True}
