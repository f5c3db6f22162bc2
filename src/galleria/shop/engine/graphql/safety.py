"""How much one document may ask for. Decided from the document alone, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from galleria.shop.engine.graphql.errors import Category, RequestRefused

MAX_DEPTH: Final = 20
"""Magento's own default; the deepest document of its clients stays below."""

MAX_COMPLEXITY: Final = 800
"""Fields in a document with fragments written out. Magento's default of 300 refuses ten real clients' documents, the
largest of which needs 619."""

MAX_ROOT_MUTATIONS: Final = 10
"""Mutations in one document: an alias flood is no way around the rate limits."""

MAX_DOCUMENT_CHARACTERS: Final = 100_000
"""Far above any client's document; keeps parsing time small."""

MAX_TOKENS: Final = 15_000
"""Bounds the parser itself."""

_INTROSPECTION: Final = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a document asks for: nesting below the root, fields with fragments written out, root mutations."""

    depth: int
    complexity: int
    roots: tuple[str, ...]


class _Measure:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, selections: SelectionSetNode | None) -> tuple[int, int]:
        """Return depth and complexity of a selection; fragments are measured once each."""
        depth = complexity = 0
        if selections is None:
            return depth, complexity
        for node in selections.selections:
            if isinstance(node, FieldNode):
                below, cost = (0, 0) if node.name.value in _INTROSPECTION else self.of(node.selection_set)
                below, cost = (below + 1 if node.selection_set else 0), cost + 1
            elif isinstance(node, FragmentSpreadNode):
                below, cost = self._fragment(node.name.value)
            else:
                below, cost = self.of(getattr(node, "selection_set", None))
            depth, complexity = max(depth, below), complexity + cost
        return depth, complexity

    def _fragment(self, name: str) -> tuple[int, int]:
        if name not in self._known:
            self._known[name] = (0, 0)  # a fragment that spreads itself is refused by validation
            definition = self._fragments.get(name)
            self._known[name] = self.of(definition.selection_set if definition else None)
        return self._known[name]


def measure(document: DocumentNode, operation: OperationDefinitionNode) -> Cost:
    """Return what ``operation`` of ``document`` asks for. Introspection below ``__schema`` costs nothing more."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    depth, complexity = _Measure(fragments).of(operation.selection_set)
    return Cost(max(depth - 1, 0), complexity, tuple(_root_fields(operation.selection_set, fragments, set())))


def _root_fields(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], seen: set[str]
) -> list[str]:
    names: list[str] = []
    for node in selections.selections:
        if isinstance(node, FieldNode):
            names.append(node.name.value)
        elif isinstance(node, FragmentSpreadNode):
            if node.name.value in fragments and node.name.value not in seen:
                seen.add(node.name.value)
                names += _root_fields(fragments[node.name.value].selection_set, fragments, seen)
        else:
            names += _root_fields(node.selection_set, fragments, seen)  # type: ignore[attr-defined]
    return names


def check(cost: Cost, *, mutation: bool) -> None:
    """Refuse a document that asks for too much.

    Raises RequestRefused, worded as Magento words it.
    """
    if cost.depth > MAX_DEPTH:
        message = f"Max query depth should be {MAX_DEPTH} but got {cost.depth}."
        raise RequestRefused(message, status=200, category=None)
    if cost.complexity > MAX_COMPLEXITY:
        raise RequestRefused(f"Max query complexity should be {MAX_COMPLEXITY} but got {cost.complexity}.")
    if mutation and len(cost.roots) > MAX_ROOT_MUTATIONS:
        raise RequestRefused(
            f"Max mutations in one request should be {MAX_ROOT_MUTATIONS} but got {len(cost.roots)}.",
            category=Category.INPUT,
        )
