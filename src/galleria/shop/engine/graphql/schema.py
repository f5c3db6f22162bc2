"""The executable schema: the contract file and the resolver modules that answer it.

``catalogue`` also tells the other modules what a product looks like: ``product_values(context, ids)`` returns the
``ProductInterface`` values of products by id in a fixed number of queries, ``comparable(context, ids)`` the attributes
and values that products are compared by.
"""

from __future__ import annotations

import importlib
from functools import cache, wraps
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Final

from ariadne import ScalarType, make_executable_schema
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLString,
    print_ast,
)

from galleria.shop.engine.graphql.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLResolveInfo, GraphQLSchema, ValueNode

RESOLVER_MODULES: Final = (
    "catalogue",
    "store",
    "cart",
    "cart_items",
    "cart_checkout",
    "orders",
    "downloads",
    "customers",
    "forms",
    "wishlists",
    "compare",
    "reviews",
    "pages",
)
"""Modules of this package that answer a part of the contract, each with its ``BINDABLES``."""


def contract_text() -> str:
    """Return the contract file's text."""
    return files("galleria.contracts").joinpath("commerce.graphql").read_text("utf-8")


@cache
def executable_schema() -> GraphQLSchema:
    """Return the schema with every resolver bound. Django must be set up."""
    bindables: list[object] = [_lenient_int, _lenient_float, _plain_string, _plain_id]
    for name in RESOLVER_MODULES:
        bindables.extend(importlib.import_module(f"{__package__}.{name}").BINDABLES)
    schema = make_executable_schema(contract_text(), *bindables)  # type: ignore[arg-type]
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            # The library patches enums for Python enum values with a function that the executor calls with one more
            # argument than it takes. The contract's enums are their names: they need no patch.
            kind.__dict__.pop("parse_value", None)
    _require_inputs(schema)
    _forget_nulls(schema)
    return schema


def _forget_nulls(schema: GraphQLSchema) -> None:
    """Take an argument given as null for one that was not given: resolvers have the contract's defaults."""
    for kind in schema.type_map.values():
        for field in kind.fields.values() if isinstance(kind, GraphQLObjectType) else ():
            if field.resolve is not None and field.args and not kind.name.startswith("__"):
                field.resolve = _without_null_arguments(field.resolve)


def _without_null_arguments(resolve: Callable[..., object]) -> Callable[..., object]:
    @wraps(resolve)
    def given(parent: object, info: GraphQLResolveInfo, **arguments: object) -> object:
        return resolve(parent, info, **{key: value for key, value in arguments.items() if value is not None})

    return given


def _require_inputs(schema: GraphQLSchema) -> None:
    """Let no mutation see what the contract's types allow and no mutation means: a null input, nulls in its lists."""
    mutation = schema.mutation_type
    for name, field in (mutation.fields if mutation else {}).items():
        if field.resolve is not None and "input" in field.args and name not in _INPUT_OPTIONAL:
            field.resolve = _with_input(field.resolve)


_INPUT_OPTIONAL: Final = frozenset({"createCompareList", "createEmptyCart", "createGuestCart", "updateCustomerAddress"})


def _with_input(resolve: Callable[..., object]) -> Callable[..., object]:
    @wraps(resolve)
    def guarded(parent: object, info: GraphQLResolveInfo, **arguments: object) -> object:
        if arguments.get("input") is None:
            raise InvalidInput('"input" value should be specified')
        return resolve(parent, info, **{key: _without_nulls(value) for key, value in arguments.items()})

    return guarded


def _without_nulls(value: object) -> object:
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return {key: _without_nulls(item) for key, item in value.items()} if isinstance(value, dict) else value


_lenient_int = ScalarType("Int")
_lenient_float = ScalarType("Float")
_plain_string = ScalarType("String")
_plain_id = ScalarType("ID")
_parse_int = GraphQLInt.parse_value
_parse_float = GraphQLFloat.parse_value
_serialize_float = GraphQLFloat.serialize
_float_literal = GraphQLFloat.parse_literal


@_lenient_float.serializer
def _whole_or_float(value: object) -> int | float:
    """Write whole numbers without a point: 49, not 49.0."""
    number = _serialize_float(value)
    return int(number) if number == int(number) else number


@_lenient_int.value_parser
def _int_of(value: object) -> object:
    """Take a number written as a string in a variable, as Magento does."""
    if isinstance(value, str):
        try:
            return _parse_int(int(value))
        except ValueError:
            raise GraphQLError(f'Int cannot represent non-integer value: "{value}"') from None
    return _parse_int(value)


@_lenient_float.value_parser
def _float_of(value: object) -> object:
    """Take a number written as a string in a variable, as Magento does."""
    if isinstance(value, str):
        try:
            return _parse_float(float(value))
        except ValueError:
            raise GraphQLError(f'Float cannot represent non numeric value: "{value}"') from None
    return _parse_float(value)


@_lenient_float.literal_parser
def _finite_float(node: ValueNode, variables: dict[str, object] | None = None) -> float:
    """Refuse a number too large to be one, as in a variable: 1e999 would be infinite."""
    number = float(_float_literal(node, variables))
    if not isfinite(number):
        raise GraphQLError(f"Float cannot represent non numeric value: {print_ast(node)}", node)
    return number


def _without_nul(parse: Callable[[object], str]) -> Callable[[object], str]:
    def parsed(value: object) -> str:
        return parse(value).replace("\0", "")  # PostgreSQL keeps no such text; nobody means one

    return parsed


_plain_string.set_value_parser(_without_nul(GraphQLString.parse_value))
_plain_id.set_value_parser(_without_nul(GraphQLID.parse_value))
_string_literal = GraphQLString.parse_literal
_id_literal = GraphQLID.parse_literal


@_plain_string.literal_parser
def _string_of_literal(node: ValueNode, variables: dict[str, object] | None = None) -> str:
    return str(_string_literal(node, variables)).replace("\0", "")


@_plain_id.literal_parser
def _id_of_literal(node: ValueNode, variables: dict[str, object] | None = None) -> str:
    return str(_id_literal(node, variables)).replace("\0", "")
