"""What HTTP says around a GraphQL answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from galleria.shop.engine.graphql import endpoint
from galleria.shop.engine.graphql.endpoint import HttpRequest, HttpResponse
from galleria.shop.engine.graphql.errors import RequestRefused

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.app import GraphQLApp

JSON = {"content-type": "application/json"}
CONFIG = "{storeConfig{store_code}}"


def send(app: GraphQLApp, request: HttpRequest) -> HttpResponse:
    """Do what the web application does with a request."""
    try:
        asked = endpoint.read(request)
    except RequestRefused as refusal:
        return endpoint.refuse(refusal, request)
    return endpoint.respond(app.cached(asked) or app.execute(asked), request, asked)


def post(app: GraphQLApp, body: object, headers: dict[str, str] | None = None) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return send(app, HttpRequest("POST", headers=JSON if headers is None else headers, body=raw))


def get(app: GraphQLApp, query: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return send(app, HttpRequest("GET", urlencode({"query": query}), headers or {}))


MALFORMED = [
    pytest.param(b"", 400, id="empty body"),
    pytest.param(b"{", 400, id="broken JSON"),
    pytest.param(b'"abc"', 400, id="a JSON string"),
    pytest.param(b"null", 400, id="null"),
    pytest.param(b"[]", 400, id="an empty batch"),
    pytest.param(json.dumps([{"query": CONFIG}] * 2).encode(), 400, id="a batch"),
    pytest.param(b"{}", 400, id="no query"),
    pytest.param(b'{"query":""}', 400, id="an empty query"),
    pytest.param(b'{"query":7}', 400, id="a number as query"),
    pytest.param(b'{"query":"{a}","variables":"x"}', 400, id="variables as text"),
    pytest.param(b'{"query":"{a}","variables":[1]}', 400, id="variables as a list"),
    pytest.param(b'{"query":"{a}","operationName":7}', 400, id="a number as operation name"),
    pytest.param(b'{"query":"{storeConfig{"}', 400, id="an open brace"),
    pytest.param(b'{"query":"\\u0000"}', 400, id="a null character"),
    pytest.param(b'{"query":"fragment f on Query{__typename}"}', 400, id="no operation"),
    pytest.param(json.dumps({"query": "{" * 5000}).encode(), 400, id="braces without end"),
    pytest.param(json.dumps({"query": "{a" * 4000 + "}" * 4000}).encode(), 400, id="nested without end"),
    pytest.param(json.dumps({"query": "{__typename " + "a:__typename " * 20000 + "}"}).encode(), 400, id="too long"),
    pytest.param(b"\xff\xfe", 400, id="no UTF-8"),
    pytest.param(b"[" * 100_000, 400, id="JSON nested without end"),
    pytest.param(b'{"query":"{storeConfig{nope}}"}', 200, id="an unknown field"),
    pytest.param(b'{"query":"{storeConfig}"}', 200, id="no selection"),
    pytest.param(b'{"query":"subscription{x}"}', 200, id="a subscription"),
    pytest.param(b'{"query":"query($a:Nope){__typename}"}', 200, id="an unknown type"),
    pytest.param(b'{"query":"{cart(cart_id:{}){id}}"}', 200, id="an object as text"),
    pytest.param(
        b'{"query":"query($c:String!){cart(cart_id:$c){id}}","variables":{"c":{"a":[]}}}', 200, id="odd variable"
    ),
    pytest.param(b'{"query":"{cart(cart_id:\\"\\\\u0000\\"){id}}"}', 200, id="a null character as id"),
    pytest.param(b'{"query":"{customer{orders(pageSize:-1){total_count}}}"}', 200, id="a negative page size"),
    pytest.param(b'{"query":"{cmsPage(id:99999999999){title}}"}', 200, id="a number out of range"),
]


@pytest.mark.parametrize(("body", "status"), MALFORMED)
def test_malformed_requests_get_json_errors_and_never_500(app: GraphQLApp, body: bytes, status: int) -> None:
    response = post(app, body)
    assert response.status == status
    assert ("content-type", "application/json") in response.headers
    answer = json.loads(response.body)
    assert answer["errors"]
    assert "Traceback" not in response.body.decode()
    assert "Internal server error" not in response.body.decode()


def test_another_content_type_is_415(app: GraphQLApp) -> None:
    for headers in ({}, {"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}):
        assert post(app, {"query": CONFIG}, headers).status == 415


def test_a_charset_after_the_content_type_is_fine(app: GraphQLApp) -> None:
    assert post(app, {"query": CONFIG}, {"content-type": "application/json; charset=utf-8"}).status == 200


def test_another_method_is_405_and_names_the_allowed_ones(app: GraphQLApp) -> None:
    response = send(app, HttpRequest("PUT", headers=JSON, body=b"{}"))
    assert response.status == 405
    assert ("allow", "GET, POST") in response.headers


def test_a_mutation_by_get_is_405(app: GraphQLApp) -> None:
    response = get(app, "mutation{createEmptyCart}")
    assert response.status == 405
    assert "Mutation requests allowed only for POST requests" in response.body.decode()


@pytest.mark.parametrize(
    ("header", "message"),
    [("store", "Requested store is not found (nope)"), ("content-currency", "Please correct the target currency")],
)
def test_an_unknown_store_or_currency_is_refused_before_anything_runs(
    app: GraphQLApp, header: str, message: str
) -> None:
    response = post(app, {"query": CONFIG}, JSON | {header: "nope"})
    assert response.status == 400
    assert json.loads(response.body) == {"errors": [{"message": message, "extensions": {"category": "graphql-input"}}]}


def test_a_public_answer_by_get_may_be_shared_and_is_revalidated(app: GraphQLApp) -> None:
    first = dict(get(app, CONFIG).headers)
    assert first["cache-control"].startswith("public")
    again = get(app, CONFIG, {"if-none-match": first["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_an_answer_by_post_is_never_shared(app: GraphQLApp) -> None:
    headers = dict(post(app, {"query": CONFIG}).headers)
    assert "no-store" in headers["cache-control"]
    assert "etag" not in headers


def test_a_customers_answer_by_get_is_never_shared(app: GraphQLApp) -> None:
    assert "no-store" in dict(get(app, "{customer{email}}").headers)["cache-control"]


def test_tags_and_cache_id_are_where_magento_has_them(app: GraphQLApp) -> None:
    by_post, by_get = dict(post(app, {"query": CONFIG}).headers), dict(get(app, CONFIG).headers)
    assert by_post.keys() >= {"x-magento-cache-id", "x-magento-tags"}
    assert "x-magento-cache-id" in by_get
    assert "x-magento-tags" not in by_get
    mutation = dict(post(app, {"query": "mutation{createEmptyCart}"}).headers)
    assert not mutation.keys() & {"x-magento-cache-id", "x-magento-tags"}


def test_the_callers_address_is_what_the_gateway_adds_last() -> None:
    assert endpoint.caller_of({"x-forwarded-for": "203.0.113.9, 192.0.2.7"}).address == "192.0.2.7"


def test_what_is_remembered_of_documents_is_bounded(app: GraphQLApp) -> None:
    from galleria.shop.engine.graphql.app import GraphQLRequest

    for number in range(30):
        app.execute(GraphQLRequest("{__typename " + f"a{number}:__typename " * 790 + " " * 60_000 + "}"))
    assert sum(len(text) for text in app._documents) <= 400_000
    assert app.execute(GraphQLRequest(CONFIG)).status == 200
