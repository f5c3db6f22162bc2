"""Schemathesis asks every root field of the contract what its types allow: never a 500, never our fault."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import hypothesis
import schemathesis

from galleria.shop.engine.graphql import endpoint
from galleria.shop.engine.graphql.endpoint import HttpRequest

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.app import GraphQLApp

schema = schemathesis.graphql.from_path(str(files("galleria.contracts").joinpath("commerce.graphql")))


@schema.parametrize()
@hypothesis.settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck), database=None
)
def test_no_answer_is_a_500(case: schemathesis.Case[Any], app: GraphQLApp, database: None) -> None:
    body = json.dumps({"query": case.body}).encode()
    http = HttpRequest("POST", "", {"content-type": "application/json"}, body)
    asked = endpoint.read(http)
    answer = endpoint.respond(app.execute(asked), http, asked)
    assert answer.status in (200, 400, 429), answer.body
    for error in json.loads(answer.body).get("errors", ()):
        assert error["message"] != "Internal server error", (case.body, error)
