"""Documents that nobody would write: generated from the contract, none of them breaks the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis_graphql import mutations, queries

from galleria.shop.engine.graphql.schema import contract_text

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.app import GraphQLApp

_QUIETLY = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def holds(app: GraphQLApp, document: str) -> None:
    from galleria.shop.engine.graphql.app import GraphQLRequest

    answer = app.execute(GraphQLRequest(document))
    assert answer.status in (200, 400, 429), answer.body
    for error in json.loads(answer.body).get("errors", ()):
        assert error["message"] != "Internal server error", (document, error)


@_QUIETLY
@given(document=queries(contract_text()))
def test_no_generated_query_breaks_the_engine(app: GraphQLApp, database: None, document: str) -> None:
    holds(app, document)


@_QUIETLY
@given(document=mutations(contract_text()))
def test_no_generated_mutation_breaks_the_engine(app: GraphQLApp, database: None, document: str) -> None:
    holds(app, document)
