"""Themes are tokens and nothing else: every theme has all of them, and the shared style sheet asks for no other."""

from __future__ import annotations

import re
from importlib import resources
from typing import Final

import pytest

STATIC: Final = resources.files("galleria.shop.storefront") / "static"
THEMES: Final = {
    entry.name.removesuffix(".css"): entry.read_text(encoding="utf-8") for entry in (STATIC / "themes").iterdir()
}
SHARED: Final = (STATIC / "shop.css").read_text(encoding="utf-8")
_COLOURS: Final = frozenset({"paper", "raised", "sunken", "ink", "ink-soft", "line", "accent", "accent-ink", "sale"})


def tokens(text: str) -> set[str]:
    """Return the tokens that a style sheet sets."""
    return set(re.findall(r"^\s*--([a-z-]+):", text, re.MULTILINE))


def asked(text: str) -> set[str]:
    """Return the tokens that a style sheet asks for."""
    return set(re.findall(r"var\(--([a-z-]+)", text))


def test_there_are_two_themes_at_least() -> None:
    assert {"quiet", "lively"} <= set(THEMES)


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_sets_exactly_what_is_asked_for(name: str) -> None:
    theme = THEMES[name]
    assert asked(SHARED) | asked(theme) == tokens(theme)


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_sets_tokens_only_and_has_a_dark_side(name: str) -> None:
    light, _, dark = THEMES[name].partition("@media (prefers-color-scheme: dark)")
    assert tokens(dark) >= _COLOURS
    assert set(re.findall(r"^([^\s/@}][^{]*) \{", light, re.MULTILINE)) == {":root"}


def test_themes_differ_in_more_than_colour() -> None:
    quiet, lively = (
        dict(re.findall(r"--([a-z-]+): ([^;]+);", THEMES[theme].partition("@media")[0]))
        for theme in ("quiet", "lively")
    )
    shapes = {"ratio", "display", "top-areas", "gallery", "columns-list", "card-paper", "section-align", "hero-columns"}
    assert {name for name in shapes if quiet[name] == lively[name]} == set()
