"""Two OpenAPI 3.1 descriptions, operation by operation: what an old client can no longer do or rely on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import yaml

from galleria.control.delivery.verification.problems import ContractUnreadable
from galleria.control.delivery.verification.references import resolve
from galleria.control.delivery.verification.schemas import Comparison, Side

Node: TypeAlias = dict[str, Any]
"""A part of a description, as YAML says it; its shape is checked where it is read."""

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_SCHEME_PARTS: Final = ("type", "scheme", "in", "name", "openIdConnectUrl")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster


def parse(text: str) -> Node:
    """Read a description.

    :raises ContractUnreadable: it is not one.
    """
    try:
        loaded = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones
    except yaml.YAMLError as error:
        raise ContractUnreadable(f"This is not YAML: {error}") from error
    if not isinstance(loaded, dict) or "openapi" not in loaded or not isinstance(loaded.get("paths"), dict):
        raise ContractUnreadable("This is not an OpenAPI description: it lacks `openapi` or `paths`.")
    return loaded


def breaks(old: Node, new: Node) -> list[str]:
    """Return the breaks, each once, in the order of the old description.

    :raises ContractUnreadable: a part of one is not shaped as OpenAPI says.
    """
    try:
        return list(dict.fromkeys(_of_paths(old, new, Comparison(old, new))))
    except (AttributeError, KeyError, TypeError) as error:
        raise ContractUnreadable("A part of this OpenAPI description is not shaped as OpenAPI says.") from error


def _of_paths(old: Node, new: Node, comparison: Comparison) -> Iterator[str]:
    served = {_shape(path): (path, item) for path, item in new["paths"].items()}
    for path, item in old["paths"].items():
        new_path, new_item = served.get(_shape(path), (path, {}))
        for method in (method for method in _METHODS if method in item):
            where = f"{method.upper()} {path}"
            if method not in new_item:
                yield f"{where} was removed"
                continue
            before = _Operation(old, path, item, method)
            after = _Operation(new, new_path, new_item, method)
            yield from _of_operation(where, before, after, comparison)


def _shape(path: str) -> str:
    """Return the path without its parameters' names, which no client sends."""
    return re.sub(r"\{[^}]*\}", "{}", path)


class _Operation:
    """One operation with what it inherits from its path and its description."""

    def __init__(self, description: Node, path: str, item: Node, method: str) -> None:
        self._description = description
        self._path = path
        self._own: Node = item[method]
        self._inherited: list[Node] = item.get("parameters", [])

    @property
    def parameters(self) -> dict[tuple[str, str], Node]:
        """By place and name. A path's parameters are known by their position: their names are not on the wire."""
        positions = re.findall(r"\{([^}]*)\}", self._path)
        found = {}
        for parameter in (self._resolve(node) for node in [*self._inherited, *self._own.get("parameters", [])]):
            place, name = parameter["in"], parameter["name"]
            if place == "path" and name in positions:
                name = f"number {positions.index(name) + 1}"
            found[place, name.lower() if place == "header" else name] = parameter
        return found

    @property
    def body(self) -> Node:
        """The request body; empty when there is none."""
        return self._resolve(self._own.get("requestBody", {}))

    @property
    def answers(self) -> dict[str, Node]:
        """The answers by status, as text: YAML may have read a number."""
        return {str(status): self._resolve(answer) for status, answer in self._own.get("responses", {}).items()}

    @property
    def keys(self) -> list[set[str]]:
        """What a client must show, as alternatives; an empty one: nothing. A scheme's name is not on the wire."""
        schemes: Node = self._description.get("components", {}).get("securitySchemes", {})
        return [
            {
                " ".join(str(schemes.get(name, {"name": name}).get(part, "")) for part in _SCHEME_PARTS)
                + f" {' '.join(scopes)}"
                for name, scopes in alternative.items()
            }
            for alternative in self._own.get("security", self._description.get("security", [])) or [{}]
        ]

    def _resolve(self, node: Node) -> Node:
        return resolve(self._description, node)


def _of_operation(where: str, old: _Operation, new: _Operation, comparison: Comparison) -> Iterator[str]:
    if any(not any(asked <= shown for asked in new.keys) for shown in old.keys):
        yield f"{where} now needs {'a token' if set() in old.keys else 'another token'}"
    yield from _of_parameters(where, old, new, comparison)
    yield from _of_bodies(where, old.body, new.body, comparison)
    for status, answer in old.answers.items():
        if status in new.answers:
            place = f"{where} answer {status}"
            yield from _of_content(place, answer, new.answers[status], comparison, Side.ANSWER)
        elif status.startswith("2"):  # failures are sorted by their error code, whatever their status
            yield f"{where} no longer answers {status}"


def _of_parameters(where: str, old: _Operation, new: _Operation, comparison: Comparison) -> Iterator[str]:
    before, after = old.parameters, new.parameters
    for key, parameter in before.items():
        place = f"{where} {key[0]} parameter {key[1]}"
        if key not in after:
            yield f"{place} was removed"
            continue
        if after[key].get("required", False) and not parameter.get("required", False):
            yield f"{place} is now required"
        schemas = parameter.get("schema", {}), after[key].get("schema", {})
        yield from comparison.breaks(place, *schemas, Side.REQUEST)
    for key, parameter in after.items():
        if key not in before and parameter.get("required", False):
            yield f"{where} {key[0]} parameter {key[1]} is new and required"


def _of_bodies(where: str, old: Node, new: Node, comparison: Comparison) -> Iterator[str]:
    if new.get("required", False) and not old.get("required", False):
        yield f"{where} request body is now required"
    if old and not new:
        yield f"{where} no longer takes a request body"
    elif old:
        yield from _of_content(f"{where} request", old, new, comparison, Side.REQUEST)


def _of_content(where: str, old: Node, new: Node, comparison: Comparison, side: Side) -> Iterator[str]:
    contents: Node = new.get("content", {})
    for kind, content in old.get("content", {}).items():
        if kind not in contents:
            yield f"{where} is no longer {kind}"
        else:
            yield from comparison.breaks(where, content.get("schema", {}), contents[kind].get("schema", {}), side)
