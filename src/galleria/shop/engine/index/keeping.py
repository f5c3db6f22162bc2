"""The store's index in this process, and how it is made and mended from the database."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone

from galleria.shop.engine import project as projects
from galleria.shop.engine.graphql import freshness
from galleria.shop.engine.index.catalogue_index import CatalogueIndex
from galleria.shop.engine.index.entries import entries
from galleria.shop.engine.shelf.models import IndexState, ProductRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@cache
def index() -> CatalogueIndex:
    """Return the index of the store that this process belongs to."""
    return CatalogueIndex(projects.current().index)


def rebuild() -> int:
    """Make the index anew from the database and return how many products it holds."""
    now = timezone.now()
    count = index().build(entries(now=now))
    _note_changes(now)
    freshness.changed(freshness.CATALOGUE)
    return count


def catch_up() -> int:
    """Make the index anew if there is none, or another version of the engine wrote its own since; 1 if so, else 0."""
    if not index().is_behind:
        return 0
    rebuild()
    return 1


def refresh(ids: Iterable[int]) -> int:
    """Index these products anew (or take them out) and return how many that were."""
    wanted = sorted(set(ids))
    if not wanted:
        return 0
    found = list(entries(wanted))
    there = {entry.id for entry in found}
    index().change(found, [pk for pk in wanted if pk not in there])
    return len(wanted)


def due_prices(now: datetime) -> list[int]:
    """Return the products whose price has changed by the clock alone since they were indexed."""
    due = list(IndexState.objects.filter(changes_at__lte=now).values_list("product_id", flat=True))
    parents = IndexState.objects.filter(changes_at__lte=now, product__parent__isnull=False)
    return sorted({*due, *parents.values_list("product__parent_id", flat=True)})


def note_due(now: datetime) -> None:
    """Note anew when prices change next."""
    _note_changes(now)


def _note_changes(now: datetime) -> None:
    from datetime import timedelta

    IndexState.objects.all().delete()
    states = []
    for record in ProductRecord.objects.filter(special_price__isnull=False).only(
        "product_id", "special_from", "special_to"
    ):
        ends = None if record.special_to is None else record.special_to + timedelta(days=1)
        coming = [moment for moment in (record.special_from, ends) if moment is not None and moment > now]
        if coming:
            states.append(IndexState(product_id=record.product_id, changes_at=min(coming)))
    IndexState.objects.bulk_create(states)
