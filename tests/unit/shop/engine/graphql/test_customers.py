"""Accounts: who may sign in, what is never told, what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.shop.engine.graphql.test_carts import signed_in

if TYPE_CHECKING:
    from tests.unit.shop.engine.graphql.conftest import Shop

CREATE = "mutation($i:CustomerCreateInput!){createCustomerV2(input:$i){customer{email}}}"
SIGN_IN = "mutation($e:String!,$p:String!){generateCustomerToken(email:$e,password:$p){token}}"
GOOD = {"firstname": "Grace", "lastname": "Probe", "email": "grace@example.com", "password": "Golden-Pass-12345"}
REFUSED = (
    "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.",
    "graphql-authentication",
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "no-address"}, '"no-address" is not a valid email address.'),
        ({"firstname": ""}, '"First Name" is a required value.'),
        ({"firstname": "", "lastname": ""}, '"First Name" is a required value.\n"Last Name" is a required value.'),
        ({"firstname": "<b>http://x.example</b>"}, "First Name is not valid!"),
        ({"password": "abc"}, "The password needs at least 8 characters. Create a new password and try again."),
        (
            {"password": "aaaaaaaaaaaa"},
            "Minimum of different classes of characters in password is 3. "
            "Classes of characters: Lower Case, Upper Case, Digits, Special Characters.",
        ),
    ],
)
def test_an_account_that_breaks_a_rule_is_refused(shop: Shop, change: dict[str, str], message: str) -> None:
    assert shop.refusal(CREATE, i=GOOD | change) == (message, "graphql-input")


def test_an_address_is_taken_in_any_case(shop: Shop) -> None:
    shop.ask(CREATE, i=GOOD)
    message = "A customer with the same email address already exists in an associated website."
    assert shop.refusal(CREATE, i=GOOD | {"email": "GRACE@example.com"}) == (message, "graphql-input")


def test_an_unknown_address_and_a_wrong_password_look_the_same(shop: Shop) -> None:
    shop.ask(CREATE, i=GOOD)
    assert shop.refusal(SIGN_IN, e="grace@example.com", p="wrong") == REFUSED
    assert shop.refusal(SIGN_IN, e="nobody@example.com", p="wrong") == REFUSED


def test_nobody_learns_who_has_an_account(shop: Shop) -> None:
    shop.ask(CREATE, i=GOOD)
    query = "query($e:String!){isEmailAvailable(email:$e){is_email_available}}"
    for email in ("grace@example.com", "free@example.com"):
        assert shop.ask(query, e=email)["isEmailAvailable"] == {"is_email_available": True}


def test_after_ten_wrong_passwords_an_account_is_closed_to_that_client_for_a_while(shop: Shop) -> None:
    shop.ask(CREATE, i=GOOD | {"email": "locked@example.com"})
    for _ in range(10):
        assert shop.refusal(SIGN_IN, e="locked@example.com", p="wrong") == REFUSED
    message, category = shop.refusal(SIGN_IN, e="locked@example.com", p=GOOD["password"])
    assert message.startswith("Too many attempts. Try again in ")
    assert category == "graphql-authentication"


def test_tokens_are_kept_as_digests_only(shop: Shop) -> None:
    from galleria.shop.engine.graphql.records.models import CustomerToken

    token = signed_in(shop, "ada@example.com").token
    assert token is not None
    assert token not in "".join(CustomerToken.objects.values_list("digest", flat=True))


def test_signing_out_voids_the_token(shop: Shop) -> None:
    ada = signed_in(shop, "ada@example.com")
    ada.ask("mutation{revokeCustomerToken{result}}")
    assert ada.refusal("{customer{email}}") == ("The current customer isn't authorized.", "graphql-authorization")


def test_a_merchant_is_no_customer(shop: Shop) -> None:
    from django.contrib.auth import get_user_model

    merchant = get_user_model()(username="m", email="merchant@example.com", is_staff=True)
    merchant.set_password("Golden-Pass-12345")
    merchant.save()
    assert shop.refusal(SIGN_IN, e="merchant@example.com", p="Golden-Pass-12345") == REFUSED


def test_a_password_is_reset_by_the_letters_token_once(shop: Shop) -> None:
    from galleria.shop.engine.graphql import accounts

    ada = signed_in(shop, "ada@example.com")
    user = accounts.customer_by_email("ada@example.com")
    assert user is not None
    token = accounts.reset_token(user)
    reset = (
        'mutation($t:String!){resetPassword(email:"ada@example.com",'
        'resetPasswordToken:$t,newPassword:"New-Pass-99999")}'
    )
    assert shop.ask(reset, t=token)["resetPassword"] is True
    assert shop.refusal(reset, t=token)[0] == "The password token is mismatched. Reset and try again."
    assert ada.refusal("{customer{email}}")[1] == "graphql-authorization"


def signed_in_again(shop: Shop, email: str) -> str:
    answer = shop.ask(SIGN_IN, e=email, p=GOOD["password"])["generateCustomerToken"]
    assert isinstance(answer, dict)
    return str(answer["token"])


CHANGE = "mutation($o:String!,$n:String!){changeCustomerPassword(currentPassword:$o,newPassword:$n){email}}"


def test_a_changed_password_signs_everybody_else_out(shop: Shop) -> None:
    ada, eve = signed_in(shop, "ada@example.com"), signed_in(shop, "eve@example.com")
    elsewhere = type(shop)(shop.app, signed_in_again(shop, "ada@example.com"))
    assert ada.refusal(CHANGE, o="wrong", n="New-Pass-99999")[1] == "graphql-authentication"
    assert elsewhere.ask("{customer{email}}") == {"customer": {"email": "ada@example.com"}}
    ada.ask(CHANGE, o="Golden-Pass-12345", n="New-Pass-99999")
    assert elsewhere.refusal("{customer{email}}") == ("The current customer isn't authorized.", "graphql-authorization")
    assert ada.ask("{customer{email}}") == {"customer": {"email": "ada@example.com"}}
    assert eve.ask("{customer{email}}") == {"customer": {"email": "eve@example.com"}}
    assert shop.refusal(SIGN_IN, e="ada@example.com", p="Golden-Pass-12345") == REFUSED
    assert shop.ask(SIGN_IN, e="ada@example.com", p="New-Pass-99999")["generateCustomerToken"]


def test_a_reset_password_signs_everybody_out(shop: Shop) -> None:
    from galleria.shop.engine.graphql import accounts

    ada = signed_in(shop, "ada@example.com")
    elsewhere = type(shop)(shop.app, signed_in_again(shop, "ada@example.com"))
    user = accounts.customer_by_email("ada@example.com")
    assert user is not None
    accounts.reset_password("ada@example.com", accounts.reset_token(user), "New-Pass-99999")
    assert {one.refusal("{customer{email}}")[1] for one in (ada, elsewhere)} == {"graphql-authorization"}


ADDRESS = {
    "firstname": "G",
    "lastname": "P",
    "street": ["1 Home"],
    "city": "Austin",
    "postcode": "78701",
    "country_code": "US",
    "telephone": "1",
    "region": {"region_id": 57},
}
CREATE_ADDRESS = "mutation($i:CustomerAddressInput!){createCustomerAddress(input:$i){id city region{region_code}}}"


def test_another_customers_address_is_out_of_reach(shop: Shop) -> None:
    ada, eve = signed_in(shop, "ada@example.com"), signed_in(shop, "eve@example.com")
    number = ada.ask(CREATE_ADDRESS, i=ADDRESS)["createCustomerAddress"]["id"]  # type: ignore[index]
    change = 'mutation($id:Int!){updateCustomerAddress(id:$id,input:{city:"X"}){city}}'
    assert eve.refusal(change, id=number) == (
        f'Current customer does not have permission to address with ID "{number}"',
        "graphql-authorization",
    )
    assert eve.refusal("mutation($id:Int!){deleteCustomerAddress(id:$id)}", id=number)[1] == "graphql-authorization"


def test_a_default_address_can_not_be_deleted(shop: Shop) -> None:
    ada = signed_in(shop, "ada@example.com")
    number = ada.ask(CREATE_ADDRESS, i=ADDRESS | {"default_billing": True})["createCustomerAddress"]["id"]  # type: ignore[index]
    assert ada.refusal("mutation($id:Int!){deleteCustomerAddress(id:$id)}", id=number) == (
        f"Customer Address {number} is set as default billing address and can not be deleted",
        "graphql-input",
    )


def test_a_deleted_customer_can_not_sign_in(shop: Shop) -> None:
    ada = signed_in(shop, "ada@example.com")
    assert ada.ask("mutation{deleteCustomer}") == {"deleteCustomer": True}
    assert shop.refusal(SIGN_IN, e="ada@example.com", p="Golden-Pass-12345") == REFUSED
