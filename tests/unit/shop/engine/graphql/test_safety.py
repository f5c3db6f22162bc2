"""What a document may ask for is decided before anything runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from graphql import OperationDefinitionNode, parse

from galleria.shop.engine.graphql import safety
from galleria.shop.engine.graphql.errors import RequestRefused
from galleria.shop.engine.graphql.safety import Cost

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.app import GraphQLApp


def measured(text: str) -> Cost:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return safety.measure(document, operation)


def test_depth_counts_nested_objects_below_the_root_field() -> None:
    nested = "{categoryList" + "{children" * 22 + "{uid" + "}" * 24
    assert measured(nested).depth == 22


def test_fragments_count_each_time_they_are_spread() -> None:
    assert (
        measured("{a:storeConfig{...f} b:storeConfig{...f}} fragment f on StoreConfig{store_code locale}").complexity
        == 6
    )


def test_a_chain_of_fragments_that_doubles_is_measured_quickly_and_refused() -> None:
    chain = "".join(f"fragment f{n} on Query{{a{n}:__typename ...f{n + 1} ...f{n + 1}}} " for n in range(40))
    cost = measured("{...f0} " + chain + "fragment f40 on Query{__typename}")
    with pytest.raises(RequestRefused, match="complexity"):
        safety.check(cost, mutation=False)


def test_a_fragment_that_spreads_itself_ends() -> None:
    assert measured("{...f} fragment f on Query{__typename ...f}").complexity == 1


def test_the_largest_document_of_a_real_client_is_allowed() -> None:
    safety.check(Cost(depth=13, complexity=619, roots=("cart",)), mutation=False)


def test_many_mutations_in_one_document_are_refused() -> None:
    with pytest.raises(RequestRefused, match="mutations"):
        safety.check(Cost(0, 11, ("generateCustomerToken",) * 11), mutation=True)


def test_introspection_is_on_and_costs_one(app: GraphQLApp) -> None:
    from graphql import get_introspection_query

    from galleria.shop.engine.graphql.app import GraphQLRequest

    answer = app.execute(GraphQLRequest(get_introspection_query()))
    assert answer.status == 200
    assert json.loads(answer.body).keys() == {"data"}
