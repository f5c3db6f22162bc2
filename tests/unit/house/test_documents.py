"""The documents tell the truth: what they point at exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

_TEST = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`")
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
_ADDRESSES_OF_THIS_HOUSE = ("localhost", "127.0.0.1", "example")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    for file, function in _TEST.findall(document.read_text(encoding="utf-8")):
        assert (ROOT / file).is_file(), f"{document.name} names {file}"
        if function:
            text = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"def {function}\b", text), f"{document.name} names {file}::{function}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_decision_records_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    described = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert described == set(phony.group(1).split())
