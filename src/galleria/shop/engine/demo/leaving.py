"""The demo catalogue leaves when the merchant's own comes: a shop shows one or the other, never both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from oscar.core.loading import get_model

from galleria.shop.engine.demo import pages
from galleria.shop.engine.demo.goods import CATEGORIES, GIFTS, GOODS
from galleria.shop.engine.shelf.models import CategoryRecord, ImportRun

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from oscar.apps.catalogue.abstract_models import AbstractProduct


def those_that_leave() -> QuerySet[AbstractProduct]:
    """Return the products that `make_room` would put away now."""
    products = get_model("catalogue", "Product").objects
    if ImportRun.objects.filter(state="done").exists() or get_model("order", "Order").objects.exists():
        nothing: QuerySet[AbstractProduct] = products.none()
        return nothing
    skus = [good.sku for good in GOODS] + [gift.sku for gift in GIFTS]
    found: QuerySet[AbstractProduct] = products.filter(Q(upc__in=skus) | Q(parent__upc__in=skus), is_public=True)
    return found


def make_room() -> int:
    """Take the demo's products and categories off the shelves and return how many products that were.

    They stay in the merchant's admin, offline, and give their addresses up: nothing is lost. Only before the first
    import that succeeded, and only while nothing was ordered: after that the catalogue is the merchant's, whatever it
    began as. Call it in the import's own transaction.
    """
    shown = those_that_leave()
    tops = int(shown.filter(parent=None).count())
    if tops == 0:
        return 0
    shown.update(is_public=False, slug=Concat(F("slug"), Value("-demo")))
    categories = get_model("catalogue", "Category").objects.filter(slug__in=[shelf.key for shelf in CATEGORIES])
    CategoryRecord.objects.filter(category__in=categories).update(include_in_menu=False)
    categories.update(is_public=False, ancestors_are_public=False)
    pages.put(pages.BASIC)
    return tops
