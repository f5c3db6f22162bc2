"""The functionality matrix: what it says a store can do is in the contract and proved by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema

ROOT = Path(__file__).parents[3]
MATRIX = (ROOT / "docs" / "FUNCTIONALITY_MATRIX.md").read_text("utf-8")
CONTRACT = build_schema((ROOT / "src/galleria/contracts/commerce.graphql").read_text("utf-8"))

LINES = [[cell.strip() for cell in line.strip("|").split("|")] for line in MATRIX.splitlines() if line[:1] == "|"]
ROWS = [cells for cells in LINES if cells[0] not in ("function", "---")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_names_fields_of_the_contract_and_a_test_that_there_is(row: list[str]) -> None:
    _function, state, fields, test = row
    assert state.split(":")[0] in ("yes", "read-only", "no")
    for type_name, field in re.findall(r"`(\w+)\.(\w+)`", fields):
        kind = CONTRACT.type_map[type_name]
        assert isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType))
        assert field in kind.fields
    if test or not state.startswith("no"):
        file, _, function = test.strip("`").partition("::")
        assert re.search(rf"^def {function}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)


def test_there_are_rows() -> None:
    assert len(ROWS) > 40
