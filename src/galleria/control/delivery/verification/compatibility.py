"""What breaks when one side of a contract moves on and the other stays: pure comparisons of two contract texts.

A break is a sentence that names the place in the contract. An empty list says that everything which speaks ``old``
goes on working with a server of ``new``. What only adds is no break, new values of an enumeration in answers included
(as in GraphQL, a reader must bear them).
"""

from __future__ import annotations

import json

from graphql import GraphQLError, GraphQLSchema, build_schema, specified_scalar_types
from graphql.utilities import find_breaking_changes

from galleria.control.delivery.verification import openapi
from galleria.control.delivery.verification.problems import ContractUnreadable
from galleria.control.delivery.verification.schemas import Comparison, Schema, Side


def graphql_breaks(old_sdl: str, new_sdl: str) -> list[str]:
    """Return what in ``new_sdl`` breaks operations that are valid against ``old_sdl``, sorted.

    :raises ContractUnreadable: a text is not a GraphQL schema.
    """
    changes = find_breaking_changes(_schema(old_sdl), _schema(new_sdl))
    return sorted({change.description for change in changes})


def openapi_breaks(old: str, new: str) -> list[str]:
    """Return what in ``new`` breaks clients of ``old``, in the order of ``old``. Both are OpenAPI 3.1 in YAML or JSON.

    :raises ContractUnreadable: a text is not an OpenAPI description, or points at a schema that it does not hold.
    """
    return openapi.breaks(openapi.parse(old), openapi.parse(new))


def configuration_breaks(old: str, new: str) -> list[str]:
    """Return what in the JSON schema ``new`` refuses of configurations that ``old`` takes.

    :raises ContractUnreadable: a text is not a JSON object, or points at a schema that it does not hold.
    """
    before, after = _json(old), _json(new)
    return list(dict.fromkeys(Comparison(before, after).breaks("configuration:", before, after, Side.REQUEST)))


def _json(text: str) -> Schema:
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
