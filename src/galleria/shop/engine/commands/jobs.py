"""``cron``: jobs that are due. Each is short, can run twice, and knows when it last ran."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from oscar.core.loading import get_model

from galleria.observability import logs
from galleria.shop.engine.shelf.models import ImportRun, JobRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = logs.get(__name__)

CART_LIFE: Final = timedelta(days=30)
EMPTY_CART_LIFE: Final = timedelta(days=1)
IMPORT_LIFE: Final = timedelta(days=90)
COMPARE_LIFE: Final = timedelta(days=30)
UPLOAD_LIFE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is due every so often. ``act`` returns how many things it dealt with."""

    name: str
    every: timedelta
    act: Callable[[datetime], int]


def apply_prices(now: datetime) -> int:
    """Index anew what costs something else since the clock alone says so: a special price begins or ends."""
    from galleria.shop.engine.graphql import freshness
    from galleria.shop.engine.index import keeping

    due = keeping.due_prices(now)
    if due:
        keeping.refresh(due)
        keeping.note_due(now)
        freshness.changed(freshness.CATALOGUE)
    return len(due)


def keep_index(_now: datetime) -> int:
    """Take in what another version of the engine changed beside this one, during a deployment or before a rollback."""
    from galleria.shop.engine.index import keeping

    return keeping.catch_up()


def expire_carts(now: datetime) -> int:
    """Remove carts of guests that nobody has touched for the life of a cart; empty ones, which every smoke run of a new
    process leaves, much sooner."""
    basket = get_model("basket", "Basket")
    of_guests = basket.objects.filter(owner__isnull=True, status=basket.OPEN)
    removed = 0
    for carts, life in ((of_guests.filter(lines__isnull=True), EMPTY_CART_LIFE), (of_guests, CART_LIFE)):
        old = carts.filter(date_created__lt=now - life).exclude(record__updated_at__gte=now - life)
        removed += old.count()
        old.delete()
    return removed


def prune_sessions(now: datetime) -> int:
    """Remove the admin's sessions that have ended."""
    from django.contrib.sessions.models import Session

    return Session.objects.filter(expire_date__lt=now).delete()[0]


def prune_tokens(now: datetime) -> int:
    """Remove sign-ins of customers that have ended."""
    from galleria.shop.engine.graphql.records.models import CustomerToken

    return CustomerToken.objects.filter(expires_at__lt=now).delete()[0]


def prune_comparisons(now: datetime) -> int:
    """Remove comparisons of guests that nobody has touched for a while."""
    from galleria.shop.engine.graphql.records.models import CompareList

    return CompareList.objects.filter(user__isnull=True, updated_at__lt=now - COMPARE_LIFE).delete()[0]


def prune_imports(now: datetime) -> int:
    """Forget imports of long ago."""
    return ImportRun.objects.filter(started_at__lt=now - IMPORT_LIFE).delete()[0]


def prune_uploads(now: datetime) -> int:
    """Remove files that were sent for an import and have lain for a while."""
    from galleria.shop.engine import project as projects

    folder = projects.current().data / "uploads"
    found = list(folder.iterdir()) if folder.is_dir() else []
    old = [entry for entry in found if entry.stat().st_mtime < (now - UPLOAD_LIFE).timestamp()]
    for entry in old:
        shutil.rmtree(entry, ignore_errors=True)
    return len(old)


JOBS: Final = (
    Job("apply-prices", timedelta(0), apply_prices),
    Job("keep-index", timedelta(0), keep_index),
    Job("expire-carts", timedelta(hours=1), expire_carts),
    Job("prune-sessions", timedelta(hours=1), prune_sessions),
    Job("prune-tokens", timedelta(hours=1), prune_tokens),
    Job("prune-comparisons", timedelta(days=1), prune_comparisons),
    Job("prune-imports", timedelta(days=1), prune_imports),
    Job("prune-uploads", timedelta(days=1), prune_uploads),
)


def due(last_runs: dict[str, datetime], now: datetime) -> list[Job]:
    """Return the jobs that are due, given when each last ran."""
    return [job for job in JOBS if job.name not in last_runs or now - last_runs[job.name] >= job.every]


def run(now: datetime | None = None) -> dict[str, object]:
    """Run what is due. A job that fails does not keep the others from running."""
    moment = now or timezone.now()
    last_runs = dict(JobRun.objects.values_list("name", "last_run"))
    ran = due(last_runs, moment)
    failed = [job.name for job in ran if not _run(job, moment)]
    return {"jobs_run": len(ran), "jobs_failed": len(failed), "failed": failed}


def _run(job: Job, now: datetime) -> bool:
    from django.db import transaction

    try:
        with transaction.atomic():
            count = job.act(now)
    except Exception:
        log.exception("job failed", job=job.name)
        JobRun.objects.update_or_create(name=job.name, defaults={"last_run": now, "outcome": "failed", "count": 0})
        return False
    JobRun.objects.update_or_create(name=job.name, defaults={"last_run": now, "outcome": "done", "count": count})
    return True
