"""Rule and variable errors in the words that Magento's clients know.

The library's messages and Magento's differ in quotation marks and in a few sentences. Clients show these to people and
some look into them; nothing in Galleria decides by them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast

from graphql import GraphQLError, Undefined, is_input_type, is_non_null_type, type_from_ast
from graphql.utilities import coerce_input_value, value_from_ast

if TYPE_CHECKING:
    from graphql import GraphQLInputType, GraphQLSchema, OperationDefinitionNode

_QUOTED: Final = re.compile(r"'([^']*)'")
_SENTENCES: Final = (
    (re.compile(r" must have a selection of subfields\..*", re.DOTALL), " must have a sub selection."),
    (
        re.compile(r'^Unknown argument "(\w+)" on field "(\w+)\.(\w+)"\.'),
        r'Unknown argument "\1" on field "\3" of type "\2".',
    ),
    (
        re.compile(r'^(Field "\w+") must not have a selection since (type "[^"]+") has no subfields\.'),
        r"\1 of \2 must not have a sub selection.",
    ),
    (re.compile(r" is required, but it was not provided\."), " is required but not provided."),
    (
        re.compile(r'^Field "(\w+\.\w+)" of required type "([^"]+)" was not provided\.'),
        r"Field \1 of required type \2 was not provided.",
    ),
    (re.compile(r'because "(\w+)" and "(\w+)" are different fields'), r"because \1 and \2 are different fields"),
    (re.compile(r'conflicting types "([^"]+)" and "([^"]+)"'), r"conflicting types \1 and \2"),
    (re.compile(r" to be a mapping\."), " to be an object."),
)
_SIGN: Final = re.compile(r'"([!$&()\[\]{}:=@|]|\.\.\.)"')


def reworded(message: str) -> str:
    """Return a rule's message with Magento's quotation marks and sentences."""
    text = _QUOTED.sub(r'"\1"', message)
    for pattern, replacement in _SENTENCES:
        text = pattern.sub(replacement, text)
    return text


def syntax_message(error: GraphQLError) -> str:
    """Return a parser's message in the words of Magento's: signs bare, no stop after what was met."""
    message = _SIGN.sub(r"\1", error.message.replace("'", '"'))
    message = message.replace("Unexpected character:", "Cannot parse the unexpected character")
    return message.rstrip(".") if " found " in message or ": Unexpected" in message else message


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, values: dict[str, object]
) -> list[GraphQLError]:
    """Return what is wrong with the variables, in Magento's words; an empty list when nothing is."""
    errors: list[GraphQLError] = []
    for definition in operation.variable_definitions:
        name = definition.variable.name.value
        named = type_from_ast(schema, definition.type)
        if named is None or not is_input_type(named):
            continue
        kind = cast("GraphQLInputType", named)
        given = values.get(name, Undefined)
        if given is Undefined and definition.default_value is not None:
            value_from_ast(definition.default_value, kind)
            continue
        if given is Undefined or given is None:
            if is_non_null_type(kind):
                what = "was not provided" if given is Undefined else "must not be null"
                stated = "of required type" if given is Undefined else "of non-null type"
                errors.append(GraphQLError(f'Variable "${name}" {stated} "{kind}" {what}.', definition))
            continue

        def found(
            path: list[str | int], invalid: object, error: GraphQLError, *, name: str = name, node: object = definition
        ) -> None:
            where = f' at "{name}{_path(path)}"' if path else ""
            message = f'Variable "${name}" got invalid value {_shown(invalid)}{where}; {_value_message(error.message)}'
            errors.append(GraphQLError(message, node))  # type: ignore[arg-type]

        coerce_input_value(given, kind, found)
    return errors


def _path(path: list[str | int]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _value_message(message: str) -> str:
    return reworded(message)
