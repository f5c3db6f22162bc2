"""What breaks when one side of a contract moves on and the other stays: pure comparisons of two contract texts.

A break is a sentence that names the place in the contract. An empty list says that everything which speaks ``old``
goes on working with a server of ``new``. What only adds is no break, new values of an enumeration in answers included
(as in GraphQL, a reader must bear them). Neither is another default: who leaves a value to the server takes what it
gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    Undefined,
    build_schema,
    is_required_argument,
    is_required_input_field,
    specified_scalar_types,
)
from graphql.utilities import find_breaking_changes

from galleria.control.delivery.verification import openapi
from galleria.control.delivery.verification.problems import ContractUnreadable
from galleria.control.delivery.verification.schemas import Comparison, Schema, Side


def graphql_breaks(old_sdl: str, new_sdl: str) -> list[str]:
    """Return what in ``new_sdl`` breaks operations that are valid against ``old_sdl``, sorted.

    :raises ContractUnreadable: a text is not a GraphQL schema.
    """
    old, new = _schema(old_sdl), _schema(new_sdl)
    changes = find_breaking_changes(old, new)
    return sorted(
        {change.description for change in changes} | set(_lost_roots(old, new)) | set(_lost_defaults(old, new))
    )


def _lost_roots(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    """Operations start at a root type, which the types alone don't tell."""
    for operation in OperationType:
        before, after = old.get_root_type(operation), new.get_root_type(operation)
        if before and (after is None or after.name != before.name):
            yield f"A {operation.value} starts at {after.name if after else 'nothing'}, no longer at {before.name}."


def _lost_defaults(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    """What must not be null and has no default any more must now be sent. Its type alone is as it was."""
    after = dict(_inputs(new))
    for place, value in _inputs(old):
        if place in after and not _must_be_sent(value) and _must_be_sent(after[place]) and _has_default(value):
            yield f"{place} has no default any more, so that it must be sent."


def _has_default(value: GraphQLArgument | GraphQLInputField) -> bool:
    return value.default_value is not Undefined


def _must_be_sent(value: GraphQLArgument | GraphQLInputField) -> bool:
    return is_required_argument(value) if isinstance(value, GraphQLArgument) else is_required_input_field(value)


def _inputs(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLArgument | GraphQLInputField]]:
    """Yield each argument and each field of an input, by its place."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{each}", value) for each, value in kind.fields.items())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                yield from ((f"{name}.{field_name}({each}:)", value) for each, value in field.args.items())


def openapi_breaks(old: str, new: str) -> list[str]:
    """Return what in ``new`` breaks clients of ``old``, in the order of ``old``. Both are OpenAPI 3.1 in YAML or JSON.

    :raises ContractUnreadable: a text is not an OpenAPI description, or points at a schema that it does not hold.
    """
    return openapi.breaks(openapi.parse(old), openapi.parse(new))


def configuration_breaks(old: str, new: str) -> list[str]:
    """Return what in the JSON schema ``new`` refuses of configurations that ``old`` takes.

    :raises ContractUnreadable: a text is not a JSON object, or points at a schema that it does not hold.
    """
    before, after = read_schema(old), read_schema(new)
    return list(dict.fromkeys(Comparison(before, after).breaks("configuration:", before, after, Side.REQUEST)))


def read_schema(text: str) -> Schema:
    """Read a JSON schema.

    :raises ContractUnreadable: it is none.
    """
    try:
        loaded = json.loads(text)
    except ValueError as error:
        raise ContractUnreadable(f"This is not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise ContractUnreadable("This is not a JSON schema: it is no object.")
    return loaded


def _schema(sdl: str) -> GraphQLSchema:
    try:
        arguments = build_schema(sdl).to_kwargs()
    except (GraphQLError, TypeError) as error:  # TypeError: well-formed, but no valid schema
        raise ContractUnreadable(f"This is not a GraphQL schema: {error}") from error
    # A standard scalar that nothing uses any more is no type that was taken away.
    arguments["types"] = (*(arguments["types"] or ()), *specified_scalar_types.values())
    return GraphQLSchema(**arguments)
