"""Shoppers behind the one storefront are counted one by one, by the address that the door saw."""

from __future__ import annotations

from galleria.shop.engine.graphql.limits import PER_ACCOUNT_FAILURES
from tests.conformance.storefront.conftest import PASSWORD, Shopper
from tests.support.running_shop import RunningShop

INCORRECT = "sign-in was incorrect"
TOO_MANY = "Too many attempts"


def test_who_guesses_passwords_shuts_out_only_themselves(shop: RunningShop) -> None:
    owner, guesser = Shopper(shop, "127.0.0.2"), Shopper(shop, "127.0.0.3")
    email = owner.register()
    for _ in range(PER_ACCOUNT_FAILURES.times):
        assert INCORRECT in guesser.sign_in(email, "Wrong-1843").text
    assert TOO_MANY in guesser.sign_in(email, "Wrong-1843").text
    assert TOO_MANY in guesser.sign_in(email).text
    elsewhere = Shopper(shop, "127.0.0.2")
    assert elsewhere.sign_in(email, PASSWORD).status_code == 303


def test_nobody_is_somebody_else_by_saying_so(shop: RunningShop) -> None:
    owner, guesser = Shopper(shop, "127.0.0.4"), Shopper(shop, "127.0.0.5")
    email = owner.register()
    for number in range(PER_ACCOUNT_FAILURES.times):
        forged = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        assert INCORRECT in guesser.sign_in(email, "Wrong-1843", forged).text
    for forged in (
        {"X-Forwarded-For": "127.0.0.4"},
        {"X-Forwarded-For": "1.2.3.4, 127.0.0.4"},
        {"X-Real-IP": "127.0.0.4"},
    ):
        assert TOO_MANY in guesser.sign_in(email, PASSWORD, forged).text
    assert Shopper(shop, "127.0.0.4").sign_in(email).status_code == 303


def test_the_engines_own_door_counts_the_same_way(shop: RunningShop) -> None:
    """Who asks the engine without the storefront has the same budget, not a second one."""
    owner, guesser = Shopper(shop, "127.0.0.6"), Shopper(shop, "127.0.0.7")
    email = owner.register()
    for _ in range(PER_ACCOUNT_FAILURES.times):
        guesser.sign_in(email, "Wrong-1843")
    mutation = f'mutation {{ generateCustomerToken(email: "{email}", password: "{PASSWORD}") {{ token }} }}'
    for forged in ({}, {"X-Forwarded-For": "127.0.0.6"}):
        assert TOO_MANY in guesser.http.post("/graphql", json={"query": mutation}, headers=forged).text
