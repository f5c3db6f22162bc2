"""Products read from the shelf, and the index that follows what is saved."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from galleria.shop.engine.index.catalogue_index import Wanted
    from galleria.shop.engine.project import Project
    from galleria.shop.engine.shelf.reading import Batch


def whole(*skus: str) -> Batch:
    from galleria.shop.engine.shelf.reading import Batch, read_rows

    return Batch(read_rows(upc__in=skus))


def prices(batch: Batch) -> dict[str, tuple[Decimal, Decimal]]:
    return {row.sku: tuple(p.final for p in batch.price_range(row)) for row in batch.rows.values()}  # type: ignore[misc]


def ids_of(*skus: str) -> set[int]:
    return set(whole(*skus).rows)


def find(wanted: Wanted) -> set[int]:
    from galleria.shop.engine.index import keeping
    from galleria.shop.engine.index.catalogue_index import Sort

    return set(keeping.index().find(wanted, Sort("id"), 0, 50).ids)


def test_every_type_has_its_price(family: Project) -> None:
    found = prices(whole("BAG", "COAT", "KIT", "SET", "FILM"))
    assert found == {
        "BAG": (Decimal("29.50"), Decimal("29.50")),
        "COAT": (Decimal(60), Decimal(60)),  # the dearer variant is sold out
        "KIT": (Decimal("67.50"), Decimal("67.50")),  # two balls and a bag
        "SET": (Decimal(19), Decimal(19)),
        "FILM": (Decimal(5), Decimal(5)),
    }


def test_the_index_price_of_a_download_has_its_cheapest_link(family: Project) -> None:
    batch = whole("FILM")
    assert [batch.index_price(row) for row in batch.rows.values()] == [Decimal(8)]


def test_what_is_made_of_something_sold_out_is_sold_out(family: Project) -> None:
    from oscar.core.loading import get_model

    get_model("partner", "StockRecord").objects.filter(partner_sku="BALL").update(num_in_stock=0)
    batch = whole("BALL", "KIT", "SET", "FILM", "COAT")
    assert {row.sku: batch.salable(row) for row in batch.rows.values()} == {
        "BALL": False, "KIT": False, "SET": True, "FILM": True, "COAT": True,
    }  # fmt: skip


def test_a_list_costs_as_many_statements_for_two_products_as_for_eight(family: Project) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(*skus: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            batch = whole(*skus)
            for row in batch.rows.values():
                batch.price_range(row), batch.salable(row), batch.images.get(row.id), batch.values.get(row.id)
        return len(captured)

    few = statements("COAT", "KIT")
    assert statements("COAT", "KIT", "BAG", "BALL", "SET", "FILM", "COAT-S-Red", "COAT-M-Blue") == few


def test_a_saved_product_is_found_under_its_new_name_once_it_is_committed(family: Project) -> None:
    from django.test import TestCase
    from oscar.core.loading import get_model

    from galleria.shop.engine.index.catalogue_index import Wanted

    bag = get_model("catalogue", "Product").objects.get(upc="BAG")
    with TestCase.captureOnCommitCallbacks(execute=True):
        bag.title = "Weekender"
        bag.save()
        assert find(Wanted(search="weekender")) == set()
    assert find(Wanted(search="weekender")) == ids_of("BAG")
    assert ids_of("BAG").isdisjoint(find(Wanted(match_name="duffle")))


def test_a_price_that_a_variant_gets_is_the_configurables_in_the_index(family: Project) -> None:
    from django.test import TestCase
    from oscar.core.loading import get_model

    from galleria.shop.engine.index.catalogue_index import Wanted

    record = get_model("partner", "StockRecord").objects.get(partner_sku="COAT-S-Red")
    with TestCase.captureOnCommitCallbacks(execute=True):
        record.price = Decimal("12.34")
        record.save()
    assert find(Wanted(price_from=Decimal("12.3"), price_to=Decimal("12.4"))) == ids_of("COAT")


def test_a_product_taken_offline_is_gone_from_the_index(family: Project) -> None:
    from django.test import TestCase
    from oscar.core.loading import get_model

    from galleria.shop.engine.index.catalogue_index import Wanted

    bag = get_model("catalogue", "Product").objects.get(upc="BAG")
    with TestCase.captureOnCommitCallbacks(execute=True):
        bag.is_public = False
        bag.save()
    assert ids_of("BAG").isdisjoint(find(Wanted()))


def test_cron_indexes_what_costs_something_else_since_midnight(family: Project) -> None:
    from galleria.shop.engine.commands import jobs
    from galleria.shop.engine.index import keeping
    from galleria.shop.engine.index.catalogue_index import Wanted
    from galleria.shop.engine.shelf.models import ProductRecord

    now = timezone.now()
    ProductRecord.objects.filter(product__upc="BAG").update(special_to=now + timedelta(days=2))
    keeping.rebuild()
    cheap = Wanted(price_from=Decimal(29), price_to=Decimal(30))
    assert jobs.apply_prices(now + timedelta(days=1)) == 0
    assert find(cheap) == ids_of("BAG")
    import time_machine

    with time_machine.travel(now + timedelta(days=4), tick=False):
        assert jobs.apply_prices(timezone.now()) == 1
    assert find(cheap) == set()


def test_a_job_is_due_when_its_time_has_passed_and_a_failing_one_stops_no_other(family: Project) -> None:
    from galleria.shop.engine.commands import jobs

    now = timezone.now()
    assert jobs.run(now) == {"jobs_run": len(jobs.JOBS), "jobs_failed": 0, "failed": []}
    assert [job.name for job in jobs.due({job.name: now for job in jobs.JOBS}, now)] == ["apply-prices", "keep-index"]
    assert jobs.run(now + timedelta(hours=2))["jobs_run"] == 5


def test_what_was_sent_for_an_import_is_cleared_away_after_a_week(family: Project) -> None:
    from galleria.shop.engine.commands import jobs

    shutil.rmtree(family.data / "uploads", ignore_errors=True)
    sent = family.data / "uploads" / "abc"
    sent.mkdir(parents=True)
    (sent / "products.csv").write_text("sku\n")
    assert jobs.prune_uploads(timezone.now() + timedelta(days=6)) == 0
    assert jobs.prune_uploads(timezone.now() + timedelta(days=8)) == 1
    assert not sent.exists()


def test_carts_that_guests_left_are_removed_and_those_of_customers_kept(family: Project) -> None:
    from django.contrib.auth.models import User
    from oscar.apps.partner.strategy import Selector
    from oscar.core.loading import get_model

    from galleria.shop.engine.commands import jobs

    baskets = get_model("basket", "Basket").objects
    baskets.create()
    full = baskets.create()
    full.strategy = Selector().strategy()
    full.add_product(get_model("catalogue", "Product").objects.get(upc="BAG"))
    kept = baskets.create(owner=User.objects.create_user("c", "c@example.com"))
    soon = timezone.now() + jobs.EMPTY_CART_LIFE
    assert jobs.expire_carts(soon - timedelta(hours=1)) == 0
    assert jobs.expire_carts(soon + timedelta(hours=1)) == 1, "the empty one"
    assert set(baskets.values_list("pk", flat=True)) == {full.pk, kept.pk}
    assert jobs.expire_carts(timezone.now() + jobs.CART_LIFE + timedelta(days=1)) == 1
    assert set(baskets.values_list("pk", flat=True)) == {kept.pk}
