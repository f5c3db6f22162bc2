"""How heavy a page may be over the wire, and what themes may say."""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from pathlib import Path

import pytest

from galleria.shop.storefront.web.static import StaticFiles

STATIC = Path(str(resources.files("galleria.shop.storefront") / "static"))
THEMES = sorted(path.stem for path in (STATIC / "themes").glob("*.css"))
MOST_SCRIPT = 25 * 1024
MOST_STYLE = 30 * 1024


def weight(files: StaticFiles, *names: str, theme: str = "") -> int:
    found = [files.answer(files.address(name, theme).rsplit("/", 1)[-1], "gzip") for name in names]
    return sum(len(answer.body) for answer in found if answer is not None)


def test_two_themes_at_least() -> None:
    assert {"quiet", "lively"} <= set(THEMES)


@pytest.mark.parametrize("theme", THEMES)
def test_scripts_and_styles_are_light(theme: str) -> None:
    files = StaticFiles(theme)
    assert 0 < weight(files, "htmx.js", "shop.js") <= MOST_SCRIPT
    assert 0 < weight(files, "shop.css", theme=theme) <= MOST_STYLE


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_is_tokens_only(theme: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "themes" / f"{theme}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = {part.strip() for part in re.findall(r"([^{};]+)\{", text)}
    assert selectors == {":root", "@media (prefers-color-scheme: dark)"}
    assert set(re.findall(r"^\s*([a-z-]+)\s*:", text, re.MULTILINE)) <= {"color-scheme"} | set(
        re.findall(r"--[a-z-]+", text)
    )


def test_every_theme_has_every_token_that_the_pages_use() -> None:
    used = set(re.findall(r"var\((--[a-z-]+)", (STATIC / "shop.css").read_text(encoding="utf-8")))
    for theme in THEMES:
        given = set(
            re.findall(
                r"^\s*(--[a-z-]+):", (STATIC / "themes" / f"{theme}.css").read_text(encoding="utf-8"), re.MULTILINE
            )
        )
        assert used - given == set(), theme


def test_an_unknown_theme_falls_back() -> None:
    assert StaticFiles("nosuch").theme("") == "quiet"


def test_vendored_files_are_the_ones_the_table_names() -> None:
    vendor = STATIC / "vendor"
    table = (vendor / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` .*\| ([0-9a-f]{64}) \|$", table, re.MULTILINE)
    assert rows
    assert {name: hashlib.sha256((vendor / name).read_bytes()).hexdigest() for name, _ in rows} == dict(rows)
