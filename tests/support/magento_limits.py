"""How deep and how large a document may be for a Magento as it comes: more is refused before anything runs."""

from __future__ import annotations

from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.language import SelectionNode

DEPTH: Final = 20
COMPLEXITY: Final = 300


def too_much(document: DocumentNode) -> list[GraphQLError]:
    """Return what a Magento with its own limits says of ``document``: nothing, or why it is refused."""
    fields, depth = size(document)
    if depth > DEPTH:
        return [GraphQLError(f"Max query depth should be {DEPTH} but got {depth}.")]
    if fields > COMPLEXITY:
        return [GraphQLError(f"Max query complexity should be {COMPLEXITY} but got {fields}.")]
    return []


def size(document: DocumentNode) -> tuple[int, int]:
    """Return how many fields a document asks for, each fragment as often as it is spread, and how deep they lie."""
    fragments = {
        node.name.value: node.selection_set for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }

    def of(selections: SelectionSetNode, level: int) -> tuple[int, int]:
        counts = [one(node, level) for node in selections.selections]
        return sum(fields for fields, _ in counts), max((depth for _, depth in counts), default=level)

    def one(node: SelectionNode, level: int) -> tuple[int, int]:
        if isinstance(node, FieldNode):
            if node.selection_set is None:
                return 1, level
            fields, depth = of(node.selection_set, level + 1)
            return fields + 1, depth
        if isinstance(node, InlineFragmentNode):
            return of(node.selection_set, level)
        return of(fragments[node.name.value], level)  # type: ignore[attr-defined]

    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return of(operation.selection_set, 0)
