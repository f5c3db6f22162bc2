"""What breaks an old client is named; what only adds is not."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import Any

import pytest
import yaml

from galleria.control.delivery.verification.compatibility import configuration_breaks, graphql_breaks, openapi_breaks
from galleria.control.delivery.verification.problems import ContractUnreadable

SDL = """
schema { query: Query mutation: Change }
directive @fresh on FIELD
type Query { cart(id: ID!): Cart  search(text: String, sort: Sort): [Cart]  find(kind: Kind! = GUEST): Found }
type Change { wish(wish: Wish!): Cart }
input Wish { size: Int! = 20  note: String }
interface Named { name: String }
type Gift implements Named { name: String  old: Int @deprecated }
union Found = Cart | Gift
type Cart { id: ID!  total: Float }
enum Sort { NAME PRICE }
enum Kind { GUEST }
"""

API: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/stores/{store_id}": {
            "get": {
                "parameters": [
                    {"name": "store_id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "required": False, "schema": {"type": "integer", "maximum": 200}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Store"}}}}
                },
            },
            "post": {
                "security": [{"token": []}],
                "requestBody": {
                    "required": False,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}},
                },
                "responses": {"202": {"description": "Accepted."}},
            },
        }
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Store": {
                "type": "object",
                "required": ["id", "state", "version", "next"],
                "properties": {
                    "id": {"type": "string"},
                    "state": {"type": "string", "enum": ["running", "stopped"]},
                    "version": {"const": 1, "type": "integer"},
                    "seen_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
                    "next": {"anyOf": [{"$ref": "#/components/schemas/Store"}, {"type": "null"}]},
                    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            },
            "Wish": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "maxLength": 80},
                    "kind": {"enum": ["plain", "demo"]},
                    "note": {"type": ["string", "null"]},
                    "sizes": {"type": "array"},
                },
            },
        },
    },
}

OPERATION = "paths./stores/{store_id}."
STORE = "components.schemas.Store."
WISH = "components.schemas.Wish."
GONE = object()


def _with(**changes: object) -> str:
    """Return the description with the values at some places replaced, or taken out. A place is keys joined by dots."""
    changed = copy.deepcopy(API)
    for place, value in changes.items():
        *way, last = place.split(".")
        node: Any = changed
        for key in way:
            node = node[int(key)] if isinstance(node, list) else node[key]
        if value is GONE:
            del node[last]
        elif isinstance(node, list):
            node.append(value)
        else:
            node[last] = value
    return yaml.safe_dump(changed)


NEW_PARAMETER = {"name": "q", "in": "query", "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({OPERATION + "get": GONE}, "GET /stores/{store_id} was removed"),
        ({OPERATION + "post": GONE}, "POST /stores/{store_id} was removed"),
        ({OPERATION + "get.security": [{"token": []}]}, "GET /stores/{store_id} now needs a token"),
        ({OPERATION + "post.security": [{"key": []}]}, "POST /stores/{store_id} now needs another token"),
        ({OPERATION + "post.security": [{"token": [], "key": []}]}, "POST /stores/{store_id} now needs another token"),
        ({"components.securitySchemes.token.scheme": "basic"}, "POST /stores/{store_id} now needs another token"),
        (
            {OPERATION + "get.parameters.1.schema.multipleOf": 10},
            "GET /stores/{store_id} query parameter page must now be a multiple of 10",
        ),
        (
            {WISH + "properties.sizes.uniqueItems": True},
            "Wish in requests: sizes must not hold one thing twice any more",
        ),
        (
            {OPERATION + "get.parameters": API["paths"]["/stores/{store_id}"]["get"]["parameters"][:1]},
            "GET /stores/{store_id} query parameter page was removed",
        ),
        (
            {OPERATION + "get.parameters.+": {**NEW_PARAMETER, "required": True}},
            "GET /stores/{store_id} query parameter q is new and required",
        ),
        (
            {OPERATION + "get.parameters.1.required": True},
            "GET /stores/{store_id} query parameter page is now required",
        ),
        (
            {OPERATION + "get.parameters.1.schema.maximum": 100},
            "GET /stores/{store_id} query parameter page has a tighter maximum, 100",
        ),
        (
            {OPERATION + "get.parameters.1.schema.type": "boolean"},
            "GET /stores/{store_id} query parameter page no longer takes integer, only boolean",
        ),
        ({OPERATION + "post.requestBody.required": True}, "POST /stores/{store_id} request body is now required"),
        ({OPERATION + "post.requestBody": GONE}, "POST /stores/{store_id} no longer takes a request body"),
        ({OPERATION + "post.responses": {"200": {}}}, "POST /stores/{store_id} no longer answers 202"),
        (
            {OPERATION + "get.responses.200.content": {"text/plain": {}}},
            "GET /stores/{store_id} answer 200 is no longer application/json",
        ),
        ({STORE + "properties.id": GONE}, "Store in answers: id was removed"),
        ({STORE + "properties.counts": GONE}, "Store in answers: counts was removed"),
        ({STORE + "properties.id.type": "integer"}, "Store in answers: id may now be integer"),
        ({STORE + "properties.id": {}}, "Store in answers: id may now be anything"),
        ({STORE + "properties.id.type": ["string", "null"]}, "Store in answers: id may now be null"),
        (
            {STORE + "required": ["state", "version", "next"]},
            "Store in answers: id is no longer always there",
        ),
        ({STORE + "properties.version.const": 2}, "Store in answers: version may now be 2"),
        (
            {STORE + "properties.state": {"type": "string"}},
            "Store in answers: state is no longer one of certain values",
        ),
        (
            {STORE + "properties.seen_at.anyOf": [{"type": "string"}, {"type": "null"}]},
            "Store in answers: seen_at is no longer of the format date-time",
        ),
        (
            {STORE + "properties.counts.additionalProperties.type": "string"},
            "Store in answers: counts, each value may now be string",
        ),
        ({STORE + "properties.tags.items.type": "integer"}, "Store in answers: tags, each item may now be integer"),
        ({WISH + "required": ["name", "kind"]}, "Wish in requests: kind is now required"),
        ({WISH + "properties.note": GONE}, "Wish in requests: note was removed"),
        ({WISH + "properties.note.type": "string"}, "Wish in requests: note no longer takes null, only string"),
        ({WISH + "properties.kind.enum": ["demo"]}, "Wish in requests: kind no longer takes 'plain'"),
        ({WISH + "properties.name.maxLength": 40}, "Wish in requests: name has a tighter maxLength, 40"),
        ({WISH + "properties.name.minLength": 1}, "Wish in requests: name has a tighter minLength, 1"),
        ({WISH + "properties.name.pattern": "^a"}, "Wish in requests: name must now match ^a"),
        ({WISH + "properties.name.format": "uuid"}, "Wish in requests: name must now be of the format uuid"),
        ({WISH + "properties.name.enum": ["x"]}, "Wish in requests: name takes only certain values now"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_break_is_named(change: dict[str, object], expected: str) -> None:
    assert openapi_breaks(_with(), _with(**change)) == [expected]


def test_a_new_field_that_must_be_sent_is_a_break() -> None:
    new = _with(
        **{WISH + "properties.host": {"type": "string"}, WISH + "required": ["name", "host"]},
    )
    assert openapi_breaks(_with(), new) == ["Wish in requests: host is new and required"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"paths./more": {"get": {"responses": {"200": {}}}}},
        {OPERATION + "get.parameters.+": NEW_PARAMETER},
        {OPERATION + "get.parameters.1.schema.maximum": 500},
        {OPERATION + "get.parameters.1.schema.type": "number"},
        {STORE + "properties.host": {"type": "string"}},
        {STORE + "properties.state.enum": ["running", "stopped", "starting"]},
        {STORE + "properties.seen_at": {"type": "string", "format": "date-time"}},
        {WISH + "required": []},
        {WISH + "properties.host": {"type": "string"}},
        {WISH + "properties.kind.enum": ["plain", "demo", "rich"]},
        {WISH + "properties.name.maxLength": 120},
        {"components.schemas.Unused": {"type": "string"}},
    ],
    ids=lambda change: ", ".join(change) or "nothing",
)
def test_what_only_adds_is_no_break(change: dict[str, object]) -> None:
    assert openapi_breaks(_with(), _with(**change)) == []


def test_a_path_parameters_name_is_not_on_the_wire() -> None:
    assert openapi_breaks(_with(), _with().replace("store_id", "id")) == []


def test_breaks_are_found_below_a_schema_that_holds_itself() -> None:
    old = yaml.safe_dump(API)
    new = _with(**{STORE + "properties.next.anyOf": [{"$ref": "#/components/schemas/Store"}, {"type": "string"}]})
    assert openapi_breaks(old, new) == ["Store in answers: next may now be string"]


@pytest.mark.parametrize("text", ["{", "a list: no", "[]", "openapi: 3.1.0\npaths: none"])
def test_a_text_that_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(ContractUnreadable):
        openapi_breaks(text, yaml.safe_dump(API))


@pytest.mark.parametrize(
    "change",
    [
        {"paths./stores/{store_id}": None},
        {OPERATION + "get.parameters": None},
        {OPERATION + "get.parameters.+": {"name": "x"}},
        {OPERATION + "get.responses": None},
        {STORE + "properties": ["id"]},
    ],
)
def test_a_part_of_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ContractUnreadable):
        openapi_breaks(yaml.safe_dump(API), _with(**change))


def test_a_reference_into_nothing_is_refused() -> None:
    with pytest.raises(ContractUnreadable, match="#/components/schemas/Store leads nowhere"):
        openapi_breaks(yaml.safe_dump(API), _with(**{"components.schemas.Store": GONE}))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("total: Float", "", "Cart.total was removed."),
        ("total: Float", "total: Int", "Cart.total changed type from Float to Int."),
        ("id: ID! ", "id: ID ", "Cart.id changed type from ID! to ID."),
        ("sort: Sort", "sort: Sort, page: Int!", "A required arg page on Query.search was added."),
        ("NAME PRICE", "NAME", "PRICE was removed from enum type Sort."),
        ("kind: Kind! = GUEST", "kind: Kind!", "Query.find(kind:) has no default any more, so that it must be sent."),
        ("size: Int! = 20", "size: Int!", "Wish.size has no default any more, so that it must be sent."),
        ("note: String }", "note: String! }", "Wish.note changed type from String to String!."),
        ("= Cart | Gift", "= Cart", "Gift was removed from union type Found."),
        ("Gift implements Named", "Gift", "Gift no longer implements interface Named."),
        ("query: Query mutation: Change", "query: Query", "A mutation starts at nothing, no longer at Change."),
        ("mutation: Change", "mutation: Gift", "A mutation starts at Gift, no longer at Change."),
        ("enum Kind { GUEST }", "scalar Kind", "Kind changed from an Enum type to a Scalar type."),
        ("directive @fresh on FIELD", "", "fresh was removed."),
        ("old: Int @deprecated", "", "Gift.old was removed."),
    ],
)
def test_a_graphql_break_is_named(old: str, new: str, expected: str) -> None:
    assert graphql_breaks(SDL, SDL.replace(old, new)) == [expected]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total: Float", "total: Float!"),
        ("total: Float", "total: Float  note: String"),
        ("PRICE", "PRICE AGE"),
        ("= 20", "= 10"),
        ("old: Int @deprecated", "old: Int"),
        ("= Cart | Gift", "= Cart | Gift | Change"),
    ],
)
def test_what_only_adds_to_a_graphql_schema_is_no_break(old: str, new: str) -> None:
    assert graphql_breaks(SDL, SDL.replace(old, new)) == []


@pytest.mark.parametrize("text", ["type {", "type Query { cart: Basket }", ""])
def test_a_text_that_is_no_graphql_schema_is_refused(text: str) -> None:
    with pytest.raises(ContractUnreadable):
        graphql_breaks(SDL, text)


@pytest.mark.parametrize("name", ["control-plane.openapi.yaml", "shop-agent.openapi.yaml"])
def test_our_own_descriptions_are_read_whole(name: str) -> None:
    text = resources.files("galleria.contracts").joinpath(name).read_text(encoding="utf-8")
    assert openapi_breaks(text, text) == []
    described = yaml.safe_load(text)
    described["components"]["schemas"]["Failure"]["properties"].pop("error_code")
    assert openapi_breaks(text, yaml.safe_dump(described)) == ["Failure in answers: error_code was removed"]


def test_our_own_schema_is_read_whole() -> None:
    text = resources.files("galleria.contracts").joinpath("commerce.graphql").read_text(encoding="utf-8")
    assert graphql_breaks(text, text) == []
    assert graphql_breaks(text, text.replace("  storeConfig: StoreConfig\n", "")) == ["Query.storeConfig was removed."]


def test_a_configuration_that_is_no_longer_taken_is_named() -> None:
    text = resources.files("galleria.contracts").joinpath("instance.schema.json").read_text(encoding="utf-8")
    schema = yaml.safe_load(text)
    assert configuration_breaks(text, text) == []
    schema["required"] = [*schema["required"], "GALLERIA_NEW"]
    schema["properties"]["GALLERIA_NEW"] = {"type": "string"}
    del schema["properties"]["GALLERIA_STORE_NAME"]
    assert configuration_breaks(text, json.dumps(schema)) == [
        "configuration: GALLERIA_NEW is new and required",
        "configuration: GALLERIA_STORE_NAME was removed",
    ]
    with pytest.raises(ContractUnreadable):
        configuration_breaks(text, "[]")
