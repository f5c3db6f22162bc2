"""Keeps the index current: what a save changes is indexed anew once the save is committed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from galleria.observability import logs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

log = logs.get(__name__)

_OWNER: Final = {
    "catalogue.Product": "pk",
    "catalogue.ProductCategory": "product_id",
    "catalogue.ProductAttributeValue": "product_id",
    "partner.StockRecord": "product_id",
    "shelf.ProductRecord": "product_id",
    "shelf.ConfigurableOption": "product_id",
    "shelf.BundleOption": "product_id",
    "shelf.GroupedItem": "product_id",
    "shelf.DownloadLink": "product_id",
}
"""Which product a saved row belongs to, by model."""

_WHOLE: Final = frozenset(
    {"catalogue.Category", "shelf.CategoryRecord", "shelf.Attribute", "catalogue.AttributeOption"}
)
"""Models of which one row may show in every product."""


class _Pending(threading.local):
    """What this thread's transaction has changed so far."""

    def __init__(self) -> None:
        self.products: set[int] = set()
        self.everything = False

    def forget(self) -> None:
        """Begin anew."""
        self.products.clear()
        self.everything = False


_pending = _Pending()


def watch() -> None:
    """Listen to everything that the index is made from."""
    for label in (*_OWNER, *_WHOLE):
        model = apps.get_model(label)
        for signal in (post_save, post_delete):
            signal.connect(_on_change, sender=model, dispatch_uid=f"galleria.index.{label}.{id(signal)}")
    through = apps.get_model("catalogue.ProductAttributeValue").value_multi_option.through
    m2m_changed.connect(_on_links, sender=through, dispatch_uid="galleria.index.m2m")


def _on_change(sender: type[Model], instance: Model, **_kwargs: object) -> None:
    label = f"{sender._meta.app_label}.{sender._meta.object_name}"
    if label in _WHOLE:
        _remember(everything=True)
        return
    _remember([getattr(instance, _OWNER[label])])


def _on_links(sender: type[Model], instance: Model, **_kwargs: object) -> None:
    owner = getattr(instance, "product_id", None)
    if owner is not None:
        _remember([owner])


def _remember(products: Iterable[int | None] = (), *, everything: bool = False) -> None:
    scheduled = any(act is _bring_up_to_date for _, act, *_ in transaction.get_connection().run_on_commit)
    if not scheduled:
        _pending.forget()  # what a transaction that was rolled back had changed
    _pending.products.update(pk for pk in products if pk is not None)
    _pending.everything |= everything
    if not scheduled:
        transaction.on_commit(_bring_up_to_date, robust=True)


def _bring_up_to_date() -> None:
    from galleria.shop.engine.index import keeping
    from galleria.shop.engine.stocking.categories import refresh_url_paths

    products, everything = set(_pending.products), _pending.everything
    _pending.forget()
    if not keeping.index().exists:
        return  # a new store: its index is made once, when all is there
    if everything:
        refresh_url_paths()
        keeping.rebuild()
    else:
        keeping.refresh(_with_those_made_of(products))


def _with_those_made_of(products: set[int]) -> set[int]:
    """Add the configurables, bundles and groups that show these products' prices and stock."""
    product = apps.get_model("catalogue.Product")
    selection = apps.get_model("shelf.BundleSelection")
    grouped = apps.get_model("shelf.GroupedItem")
    found = set(products)
    found.update(product.objects.filter(pk__in=products, parent__isnull=False).values_list("parent_id", flat=True))
    found.update(selection.objects.filter(product_id__in=found).values_list("option__product_id", flat=True))
    found.update(grouped.objects.filter(item_id__in=found).values_list("product_id", flat=True))
    return found
