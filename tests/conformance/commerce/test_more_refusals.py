# ruff: noqa: E501 - documents read best in one line
"""Refusals beside the recorded ones, in the words of Magento's own resolvers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.commerce.asking import ask, refusal, sign_up

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

INPUT = "graphql-input"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('mutation{subscribeEmailToNewsletter(email:" "){status}}', "You must specify an email address to subscribe to a newsletter."),
        ('mutation{contactUs(input:{name:"",email:"x",comment:""}){status}}', "The email address is invalid. Verify the email address and try again."),
        ('mutation{contactUs(input:{name:"",email:"x@example.com",comment:""}){status}}', "Name field is required."),
        ('mutation{contactUs(input:{name:"N",email:"x@example.com",comment:""}){status}}', "Comment field is required."),
        ('mutation{resendConfirmationEmail(email:"nobody@example.com")}', "Confirmation isn't needed."),
        ('{pickupLocations(pageSize:0){total_count}}', "pageSize value must be greater than 0."),
        ('{attributesForm(formCode:""){items{code}}}', 'Required parameter "formCode" of type string.'),
        ("{customAttributeMetadataV2{items{code}}}", 'Required parameter "attributes" of type array.'),
        ('{compareList(uid:""){uid}}', '"uid" value must be specified'),
        ('mutation{addProductsToCompareList(input:{uid:"",products:["1"]}){uid}}', '"uid" value must be specified.'),
        ('mutation{addProductsToCompareList(input:{uid:"nosuch",products:["1"]}){uid}}', '"uid" value does not exist'),
        ('mutation{removeProductsFromCompareList(input:{uid:"nosuch",products:["1"]}){uid}}', '"uid" value does not exist'),
        ('mutation{assignCompareListToCustomer(uid:"nosuch"){result}}', "Customer must be logged"),
        ('mutation{applyCouponToCart(input:{cart_id:"",coupon_code:""}){cart{id}}}', 'Required parameter "cart_id" is missing'),
        ('mutation{setGuestEmailOnCart(input:{cart_id:"",email:""}){cart{id}}}', 'Required parameter "cart_id" is missing'),
        ('mutation{estimateShippingMethods(input:{cart_id:"nosuch",address:{country_code:US}}){carrier_code}}', 'Could not find a cart with ID "nosuch"'),
        ('mutation{estimateTotals(input:{cart_id:"nosuch",address:{country_code:US}}){cart{id}}}', 'Could not find a cart with ID "nosuch"'),
    ],
)  # fmt: skip
def test_an_input_is_refused(replay: Replay, document: str, message: str) -> None:
    assert refusal(replay, document) == (message, INPUT)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{storeConfig{store_code{x}}}", 'Field "store_code" of type "ID" must not have a sub selection.'),
        ("{route{type}}", 'Field "route" argument "url" of type "String!" is required but not provided.'),
        ("{storeConfig{locale @skip}}", 'Directive "@skip" argument "if" of type "Boolean!" is required but not provided.'),
        ('mutation{applyCouponToCart(input:{cart_id:"x"}){cart{id}}}', "Field ApplyCouponToCartInput.coupon_code of required type String! was not provided."),
        (
            "{storeConfig{code:store_code code:locale}}",
            'Fields "code" conflict because store_code and locale are different fields. Use different aliases on the fields to fetch both if this was intentional.',
        ),
        ("{storeConfig{locale}}}", "Syntax Error: Unexpected }"),
        ("{storeConfig(a b){locale}}", 'Syntax Error: Expected :, found Name "b"'),
        ('{route(url:"x){type}}', "Syntax Error: Unterminated string."),
        ("{?}", 'Syntax Error: Cannot parse the unexpected character "?".'),
    ],
)  # fmt: skip
def test_a_document_is_refused(replay: Replay, document: str, message: str) -> None:
    assert refusal(replay, document) == (message, None)


def test_a_value_that_is_no_object_is_refused(replay: Replay) -> None:
    document = "query($f:ProductAttributeFilterInput){products(filter:$f){total_count}}"
    message = 'Variable "$f" got invalid value 5 at "f.price"; Expected type "FilterRangeTypeInput" to be an object.'
    assert refusal(replay, document, f={"price": 5}) == (message, None)


def test_options_that_a_product_has_not_make_no_other_line(replay: Replay) -> None:
    # Magento's Quote\Model\Quote\Item: what was asked for (info_buyRequest) is no option that tells lines apart.
    cart = ask(replay, "mutation{createEmptyCart}")
    document = "mutation($c:String!,$i:[CartItemInput!]!){addProductsToCart(cartId:$c,cartItems:$i){user_errors{code} cart{items{quantity product{sku}}}}}"
    bag: dict[str, object] = {"sku": "24-MB04", "quantity": 1}
    found = ask(replay, document, c=cart, i=[bag | {"selected_options": ["!!"]}, bag, bag | {"selected_options": []}])
    assert found == {"user_errors": [], "cart": {"items": [{"quantity": 3, "product": {"sku": "24-MB04"}}]}}


def test_an_empty_cart_is_sent_nowhere(replay: Replay) -> None:
    cart = ask(replay, "mutation{createEmptyCart}")
    document = (
        "mutation($c:String!){estimateShippingMethods(input:{cart_id:$c,address:{country_code:US}}){carrier_code}}"
    )
    assert ask(replay, document, c=cart) == []


def test_totals_are_estimated_though_nothing_is_sent_that_way(replay: Replay) -> None:
    cart = ask(replay, "mutation{createEmptyCart}")
    add = 'mutation($c:String!){addProductsToCart(cartId:$c,cartItems:[{sku:"24-MB04",quantity:1}]){user_errors{code}}}'
    assert ask(replay, add, c=cart) == {"user_errors": []}
    document = "mutation($c:String!,$m:String!){estimateTotals(input:{cart_id:$c,address:{country_code:US},shipping_method:{carrier_code:$m,method_code:$m}}){cart{prices{grand_total{value}}}}}"
    assert ask(replay, document, c=cart, m="flatrate") == {"cart": {"prices": {"grand_total": {"value": 37}}}}
    assert ask(replay, document, c=cart, m="nosuch") == {"cart": {"prices": {"grand_total": {"value": 32}}}}


def test_nothing_is_picked_up(replay: Replay) -> None:
    cart = ask(replay, "mutation{createEmptyCart}")
    document = 'mutation($c:String!){setShippingAddressesOnCart(input:{cart_id:$c,shipping_addresses:[{pickup_location_code:"x",customer_address_id:1}]}){cart{id}}}'
    message = 'The pickup location with the code "x" doesn\'t exist.'
    assert refusal(replay, document, c=cart) == (message, "graphql-no-such-entity")
    near = '{pickupLocations(area:{search_term:"78701:US",radius:100},sort:{distance:ASC},productsInfo:[{sku:"24-MB01"}]){total_count items{name}}}'
    assert ask(replay, near) == {"total_count": 0, "items": []}


@pytest.mark.parametrize(
    ("parent", "variant", "refused"),
    [
        ("WH02", "WH01-M-Green", ("Could not add the product with SKU WH02 to the shopping cart: Could not find specified product.", INPUT)),
        ("WH02", "nosuch", ("Could not add the product with SKU WH02 to the shopping cart: Could not find specified product.", INPUT)),
        ("nosuch", "WH01-M-Green", ('Could not find a product with SKU "nosuch"', "graphql-no-such-entity")),
    ],
)  # fmt: skip
def test_a_variant_is_its_own_products(replay: Replay, parent: str, variant: str, refused: tuple[str, str]) -> None:
    cart = ask(replay, "mutation{createEmptyCart}")
    document = "mutation($c:String!,$p:String,$s:String!){addConfigurableProductsToCart(input:{cart_id:$c,cart_items:[{parent_sku:$p,data:{sku:$s,quantity:1}}]}){cart{id}}}"
    assert refusal(replay, document, c=cart, p=parent, s=variant) == refused


def test_a_customer_has_a_name(replay: Replay) -> None:
    token = sign_up(replay, "named")
    document = "mutation($i:CustomerUpdateInput!){updateCustomerV2(input:$i){customer{firstname}}}"
    assert refusal(replay, document, token, i={}) == ('"input" value should be specified', INPUT)
    assert refusal(replay, document, token, i={"lastname": " "}) == ('"Last Name" is a required value.', INPUT)
    address = "mutation($i:CustomerAddressInput!){createCustomerAddress(input:$i){id}}"
    message = "Required parameters are missing: postcode, street, city"
    given = {"firstname": "A", "lastname": "B", "country_code": "US", "telephone": "1"}
    assert refusal(replay, address, token, i=given) == (message, INPUT)


def test_a_customers_list_to_compare_is_nobody_elses(replay: Replay) -> None:
    owner, other = sign_up(replay, "compares"), sign_up(replay, "peeks")
    uid = ask(replay, 'mutation{createCompareList(input:{products:["1"]}){uid}}', owner)["uid"]
    message = "This customer is not authorized to access this list"
    for token in (other, None):
        assert refusal(replay, "query($u:ID!){compareList(uid:$u){uid}}", token, u=uid) == (message, INPUT)
        assert refusal(replay, "mutation($u:ID!){deleteCompareList(uid:$u){result}}", token, u=uid) == (message, INPUT)
    assert ask(replay, "query($u:ID!){compareList(uid:$u){item_count}}", owner, u=uid) == {"item_count": 1}
