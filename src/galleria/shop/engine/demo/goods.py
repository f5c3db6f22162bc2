"""The demo catalogue's words, from ``goods.toml`` beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Good:
    """One product. ``art`` names its drawing, ``facts`` are the lines under its text."""

    sku: str
    name: str
    category: str
    art: str
    price: str
    lead: str
    text: str
    facts: tuple[str, ...]
    colours: tuple[str, ...]
    materials: tuple[str, ...]
    uses: tuple[str, ...]
    sizes: tuple[str, ...] = ()
    special: str = ""
    is_new: bool = False
    eco: bool = False


@dataclass(frozen=True, slots=True)
class Gift:
    """A product of a type of its own: a card, a set, a box, a booklet."""

    sku: str
    name: str
    picture: str
    art: str
    colour: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category: path of names, url key, title, text, and what is drawn for it."""

    path: str
    key: str
    title: str
    text: str
    art: str
    colour: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a shopper said of a product."""

    sku: str
    stars: int
    title: str
    text: str
    name: str


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


_WORDS: Final = tomllib.loads(files(__package__).joinpath("goods.toml").read_text("utf-8"))

COLOURS: Final[dict[str, str]] = _WORDS["colours"]
SIZES: Final[tuple[str, ...]] = tuple(_WORDS["sizes"]["every"])
CATEGORIES: Final = tuple(Shelf(**entry) for entry in _WORDS["category"])
GOODS: Final = tuple(Good(**_with_tuples(entry)) for entry in _WORDS["good"])
GIFTS: Final = tuple(Gift(**entry) for entry in _WORDS["gift"])
REVIEWS: Final = tuple(Review(**entry) for entry in _WORDS["review"])
