"""Filters that no recorded request uses, over the catalogue of the recorded shop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared


def skus(replay: Replay, **filters: dict[str, str]) -> set[str]:
    from galleria.shop.engine.graphql.app import GraphQLRequest

    query = "query($f:ProductAttributeFilterInput){products(filter:$f,pageSize:200){items{sku}}}"
    answer = json.loads(replay.app.execute(GraphQLRequest(query, {"f": filters})).body)
    assert "errors" not in answer, answer
    return {item["sku"] for item in answer["data"]["products"]["items"]}


def test_a_short_description_is_matched_by_itself(replay: Replay) -> None:
    assert skus(replay, short_description={"match": "yoga poses"}) == {"240-LV04"}
    assert skus(replay, short_description={"match": "sunlight"}) == set()
    assert skus(replay, short_description={"match": "yo"}) == set()


def test_two_descriptions_that_are_matched_must_both_match(replay: Replay) -> None:
    with_words = skus(replay, description={"match": "yoga"})
    both = skus(replay, description={"match": "yoga"}, short_description={"match": "instructors"})
    assert both < with_words
    assert both <= skus(replay, short_description={"match": "instructors"}) == {"240-LV05"}
