"""Every mend of Oscar's templates finds its place in the Oscar that is installed, and breaks nothing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from galleria.shop.engine.merchant.mended_templates import DASHBOARD, EVERYWHERE, ONE_BY_ONE, mended

FOLDER = Path(str(files("oscar").joinpath("templates"))) / DASHBOARD
SOURCES = {str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.html"))}


@pytest.mark.parametrize(("name", "there"), [(name, there) for name, mends in ONE_BY_ONE.items() for there, _ in mends])
def test_the_mend_of_one_template_finds_its_place(name: str, there: str) -> None:
    assert there in SOURCES[name]


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in EVERYWHERE], ids=lambda pattern: pattern.pattern)
def test_the_mend_of_every_template_finds_some_place(pattern: re.Pattern[str]) -> None:
    assert any(pattern.search(source) for source in SOURCES.values())


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_opened_is_closed(name: str) -> None:
    better = mended(DASHBOARD + name, SOURCES[name])
    for tag in ("h1", "h2", "h3", "h4", "th", "td"):
        before = len(re.findall(rf"<{tag}\b", SOURCES[name])) - SOURCES[name].count(f"</{tag}>")
        assert len(re.findall(rf"<{tag}\b", better)) - better.count(f"</{tag}>") == before


def test_other_templates_stay_as_they_are() -> None:
    assert mended("oscar/checkout/thank_you.html", "<h3>Thanks</h3><th></th>") == "<h3>Thanks</h3><th></th>"
