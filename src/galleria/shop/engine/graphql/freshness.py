"""Keeps cached answers true: a saved product is fresh on the next request, wherever it was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model

    from galleria.shop.engine.graphql.cache import AnswerCache, Generation

CATALOGUE: Final = "catalogue"
"""Tag of every answer that lists products: which products and in what order can change with any product."""

_WATCHED: Final = {
    "catalogue": CATALOGUE,
    "partner": CATALOGUE,
    "reviews": CATALOGUE,
    "shelf": CATALOGUE,
    "flatpages": "pages",
    "sites": "store",
}
_NOT_SHOWN: Final = frozenset({"ImportRun", "IndexState", "JobRun", "StockAlert"})
"""Models of those applications that no public answer is made from."""

_RECORD_TAGS: Final = {"CmsBlock": "pages", "CmsPageRecord": "pages", "StoreSetting": "store"}

_tell: Callable[[Iterable[str]], object] | None = None


def serve_from(cache: AnswerCache) -> None:
    """Make changes of this process drop answers of ``cache`` by tag."""
    global _tell
    _tell = cache.invalidate


def report_to(generation: Generation) -> None:
    """Make changes of this process void all answers of the serving process: an import, a cron job."""
    global _tell

    def tell(_tags: Iterable[str]) -> None:
        generation.bump()

    _tell = tell


def changed(*tags: str) -> None:
    """Say that what these tags name has changed, once the change is committed."""
    if _tell is None:
        return
    tell = _tell
    transaction.on_commit(lambda: tell(tags))


def watch() -> None:
    """Listen to everything that public answers are made from."""
    for signal in (post_save, post_delete):
        signal.connect(_on_change, dispatch_uid=f"galleria.freshness.{id(signal)}")
    m2m_changed.connect(_on_links, dispatch_uid="galleria.freshness.m2m")


def _on_change(sender: type[Model], **_kwargs: object) -> None:
    tag = _tag_of(sender)
    if tag is not None:
        changed(tag)


def _on_links(sender: type[Model], instance: Model, **_kwargs: object) -> None:
    tag = _tag_of(type(instance))
    if tag is not None:
        changed(tag)


def _tag_of(model: type[Model]) -> str | None:
    label = model._meta.app_label
    if label == "records":
        return _RECORD_TAGS.get(model.__name__)
    if model.__name__ in _NOT_SHOWN:
        return None
    return _WATCHED.get(label)
