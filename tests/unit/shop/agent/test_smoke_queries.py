"""What the smoke run asks is in the commerce contract, so that it asks the same of every engine."""

from __future__ import annotations

from importlib import resources

import pytest
from graphql import build_schema, parse, validate

from galleria.shop.agent import smoke

SCHEMA = build_schema((resources.files("galleria.contracts") / "commerce.graphql").read_text("utf-8"))


@pytest.mark.parametrize("name", ["_ARTICLES", "_OLD_CART", "_NEW_CART", "_PUT", "_TAKE"])
def test_the_query_is_valid_against_the_commerce_contract(name: str) -> None:
    assert validate(SCHEMA, parse(getattr(smoke, name))) == []
