"""The themes that a merchant can choose are those that the storefront has."""

from __future__ import annotations

from importlib.resources import files

from galleria.contracts import instance
from galleria.contracts.themes import THEMES


def test_the_list_names_every_theme_of_the_storefront_and_no_other() -> None:
    folder = files("galleria.shop.storefront").joinpath("static/themes")
    there = {entry.name.removesuffix(".css") for entry in folder.iterdir() if entry.name.endswith(".css")}
    assert {theme.name for theme in THEMES} == there, "galleria/contracts/themes.py must name what static/themes has"


def test_the_configurations_default_is_one_of_them() -> None:
    assert instance.defaults()["GALLERIA_THEME"] in {theme.name for theme in THEMES}
