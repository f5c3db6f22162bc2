"""Every document of the storefront is one that a Magento understands, allows and may answer, whatever its version."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final, cast

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLAbstractType,
    GraphQLSchema,
    NameNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    parse,
    validate,
    visit,
)

from galleria.shop.storefront.data.foreign import KNOWN_TYPES, known_as
from tests.support import magento_limits
from tests.support.recorded_magento import VERSIONS, schema

pytestmark = pytest.mark.shared

SOURCE: Final = Path(__file__).parents[3] / "src/galleria"
CONTRACT: Final = build_schema((SOURCE / "contracts/commerce.graphql").read_text(encoding="utf-8"))


def documents() -> dict[str, DocumentNode]:
    """Return what the generated client sends, by the operation's name."""
    tree = ast.parse((SOURCE / "shop/storefront/client/client.py").read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    parsed = [parse(text) for text in texts if text.lstrip().startswith(("query ", "mutation "))]
    return {_name(document): document for document in parsed}


def _name(document: DocumentNode) -> str:
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    assert isinstance(operation.name, NameNode)
    return operation.name.value


SENT: Final = documents()
METADATA: Final = "CustomAttributeMetadataInterface"
"""Asked about products only, of which there is one kind."""


@pytest.fixture(scope="module", params=VERSIONS)
def magento(request: pytest.FixtureRequest) -> GraphQLSchema:
    """The schema of one version of Magento."""
    return schema(request.param)


def test_all_documents_are_here() -> None:
    files = (SOURCE / "shop/storefront/operations").glob("*.graphql")
    nodes = [node for file in files for node in parse(file.read_text(encoding="utf-8")).definitions]
    written = {node.name.value for node in nodes if isinstance(node, OperationDefinitionNode) and node.name}
    assert set(SENT) == written


def test_every_document_is_valid_there(magento: GraphQLSchema) -> None:
    found = {name: [error.message for error in validate(magento, document)] for name, document in SENT.items()}
    assert {name: errors for name, errors in found.items() if errors} == {}


def test_every_document_is_within_a_magentos_own_limits() -> None:
    refused = {name: [one.message for one in magento_limits.too_much(document)] for name, document in SENT.items()}
    assert {name: errors for name, errors in refused.items() if errors} == {}


def test_no_answer_of_theirs_is_more_than_the_typed_client_takes(magento: GraphQLSchema) -> None:
    """A field may be null only where the contract says so; an enumeration has no value that the contract has not."""
    troubles = []
    for parent, name in sorted(_fields_asked(magento)):
        theirs, ours = magento.type_map[parent].fields[name], CONTRACT.type_map[parent].fields[name]  # type: ignore[attr-defined]
        if _looser(str(theirs.type), str(ours.type)):
            troubles.append(f"{parent}.{name} is {theirs.type} there and {ours.type} here")
        named = get_named_type(theirs.type)
        if is_enum_type(named):
            more = set(named.values) - set(CONTRACT.type_map[named.name].values)  # type: ignore[attr-defined]
            troubles += [f"{parent}.{name} may be {value}" for value in sorted(more)]
    assert troubles == []


def test_types_that_only_they_have_are_taken_for_what_their_interface_says(magento: GraphQLSchema) -> None:
    interfaces = {get_named_type(magento.type_map[p].fields[n].type).name for p, n in _fields_asked(magento)}  # type: ignore[attr-defined]
    for name in sorted(interfaces - {METADATA}):
        operation = "Resolve" if name == "RoutableInterface" else ""
        for one in _kinds_of(magento, name) - _kinds_of(CONTRACT, name):
            assert known_as(one, operation) == name


def test_the_known_types_are_the_contracts() -> None:
    interfaces = ("ProductInterface", "CartItemInterface", "OrderItemInterface", "WishlistItemInterface")
    assert {one for name in interfaces for one in _kinds_of(CONTRACT, name)} == KNOWN_TYPES


def _kinds_of(schema_: GraphQLSchema, name: str) -> set[str]:
    """Return the types that an interface may be; none of what is no interface."""
    found = schema_.type_map[name]
    if not is_abstract_type(found):
        return set()
    return {one.name for one in schema_.get_possible_types(cast("GraphQLAbstractType", found))}


def _fields_asked(magento: GraphQLSchema) -> set[tuple[str, str]]:
    """Return every field that our documents ask for, as its type's and its own name."""
    found: set[tuple[str, str]] = set()
    info = TypeInfo(magento)

    class Asked(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = info.get_parent_type()
            if parent is not None and not node.name.value.startswith("__"):
                found.add((parent.name, node.name.value))

    for document in SENT.values():
        visit(document, TypeInfoVisitor(info, Asked()))
    return found


def _looser(theirs: str, ours: str) -> bool:
    """Whether something may be null in ``theirs`` that may not in ``ours``."""
    assert theirs.replace("!", "").replace("CartUserInputError", "Error") == ours.replace("!", "").replace(
        "CartUserInputError", "Error"
    )
    return any(mark == "!" and other != "!" for mark, other in zip(_marks(ours), _marks(theirs), strict=True))


def _marks(text: str) -> list[str]:
    """Return for each place where a type says whether it may be null what it says: the name's, then each list's."""
    rest = text.lstrip("[").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
    return ["!" if part.startswith("!") else "" for part in ("x" + rest).replace("x", "", 1).split("]")]
