"""Pages that a new store begins with, from ``pages.toml`` beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site

from galleria.shop.engine.graphql.records.models import CmsBlock, CmsPageRecord

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Page:
    """One page: address, title, heading, summary, content."""

    identifier: str
    title: str
    heading: str
    description: str
    content: str


_WORDS: Final = tomllib.loads(files(__package__).joinpath("pages.toml").read_text("utf-8"))

BASIC: Final = tuple(Page(**entry) for entry in _WORDS["basic"])
DEMO: Final = tuple(Page(**entry) for entry in _WORDS["demo"])
BLOCKS: Final = tuple((entry["identifier"], entry["title"], entry["content"]) for entry in _WORDS["block"])


def put(pages: Sequence[Page], blocks: Sequence[tuple[str, str, str]] = ()) -> None:
    """Write pages and blocks; one that is there already is written over."""
    site, _ = Site.objects.get_or_create(pk=1, defaults={"domain": "template.localhost", "name": "Galleria"})
    for page in pages:
        flat, _ = FlatPage.objects.update_or_create(
            url=f"/{page.identifier}/", defaults={"title": page.title, "content": page.content}
        )
        flat.sites.add(site)
        CmsPageRecord.objects.update_or_create(
            page=flat,
            defaults={
                "content_heading": page.heading,
                "meta_title": page.title,
                "meta_description": page.description,
                "page_layout": "1column",
            },
        )
    for identifier, title, content in blocks:
        CmsBlock.objects.update_or_create(identifier=identifier, defaults={"title": title, "content": content})
