"""The facts of a Magento's recorded answers, put together by product and category."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from tests.conformance.commerce import golden

Facts: TypeAlias = dict[str, Any]

SHARED: Final = golden.FOLDER.parent
MEDIA: Final = "https://media.luma.example/pub/media"
"""Where this Magento keeps its pictures: not where it answers."""
GUEST_CART: Final = "2fQHbUVNNDP8BPnczUaqHDrKrPsuq6bV"


@cache
def recorded() -> Mapping[str, Facts]:
    """Return the recorded answers by name, at this Magento's addresses."""
    answers: dict[str, Facts] = {}
    for pair in golden.load():
        if isinstance(pair.response, dict):
            text = json.dumps(pair.response)
            for placeholder, value in (
                ("{base}/media", MEDIA),
                ("{hash}", "0123456789abcdef0123456789abcdef"),
                ("{base}", "https://luma.example"),
            ):
                text = text.replace(placeholder, value)
            answers[pair.name] = json.loads(re.sub(r"\{cart2?_id\}", GUEST_CART, text))
    return answers


@dataclass
class World:
    """What the recorded shop is made of: facts by what identifies them."""

    products: dict[str, Facts] = field(default_factory=dict)
    categories: dict[str, Facts] = field(default_factory=dict)

    def learn(self, value: object) -> None:
        """Take the facts of products and categories out of an answer."""
        if isinstance(value, list):
            for item in value:
                self.learn(item)
        elif isinstance(value, dict):
            if value.get("sku") and ("name" in value or "stock_status" in value):
                _merge(self.products.setdefault(value["sku"], {}), value)
            elif value.get("uid") and "name" in value and not {"sku", "values", "title"} & value.keys():
                _merge(self.categories.setdefault(value["uid"], {}), value)
            for item in value.values():
                self.learn(item)

    def known(self, source: Facts) -> Facts:
        """Return all that is known of the product or category that ``source`` is about."""
        if source.get("sku") in self.products:
            return {**self.products[source["sku"]], **{key: one for key, one in source.items() if one is not None}}
        if source.get("uid") in self.categories and not {"sku", "values", "title"} & source.keys():
            return {**self.categories[source["uid"]], **source}
        return source

    def of_category(self, uid: str | None) -> list[Facts]:
        """Return the products of a category; of the root and of an unknown one, all that have a page."""
        paged = [one for one in self.products.values() if one.get("url_key")]
        return [one for one in paged if any(c["uid"] == uid for c in one.get("categories") or ())] or paged


@cache
def world() -> World:
    """Return the recorded shop."""
    made = World()
    for answer in recorded().values():
        made.learn(answer.get("data"))
    for uid, one in made.categories.items():
        one.setdefault("uid", uid)
        one.setdefault("url_path", re.sub(r"[^a-z0-9]+", "-", str(one["name"]).lower()).strip("-"))
        one.setdefault("include_in_menu", 1)
        one.setdefault("url_suffix", ".html")
    for listed in recorded()["filter-category-uid"]["data"]["products"]["items"]:
        made.products[listed["sku"]].setdefault("categories", [{"uid": "MjM="}])
    reviewed = recorded()["reviews"]["data"]["products"]["items"][0]
    _merge(made.products["24-WB02"], reviewed)
    _plant_tree(made.categories)
    return made


def _plant_tree(categories: dict[str, Facts]) -> None:
    """Put each category below the one whose path its own begins with."""
    for one in categories.values():
        above = next(
            (two for two in categories.values() if two["url_path"] == one["url_path"].rpartition("/")[0]), None
        )
        if above is not None and one["url_path"].count("/"):
            children = above.setdefault("children", [])
            if all(child["uid"] != one["uid"] for child in children):
                children.append({"uid": one["uid"], "name": one["name"]})


def _merge(known: Facts, more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if value is not None and (known.get(key) is None or _fuller(value, known[key])):
            known[key] = value


def _fuller(value: object, known: object) -> bool:
    return len(json.dumps(value)) > len(json.dumps(known))
