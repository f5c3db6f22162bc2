"""``provision``: a copied template becomes one store's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from galleria.shop.engine.project import Project


def run(project: Project, catalogue: str) -> dict[str, object]:
    """Give the store its name, host, currency and merchant. A second time changes nothing.

    A database that is still empty (PostgreSQL is not copied as a file) is made here, with ``catalogue``.
    Raises Problem when the template was not copied.
    """
    from galleria.shop.engine import founding
    from galleria.shop.engine.commands import merchant, template

    made = _is_empty(project)
    if made:
        template.fill(project, catalogue)
    migrated = founding.bring_up_to_date()
    changes = _identity(project) + _currency(project)
    account = merchant.ensure_account(project)
    return {"database_made": made, "migrations": migrated, "changed": changes, "account_made": account}


def _is_empty(project: Project) -> bool:
    from django.db import connection

    if connection.vendor == "sqlite" and not (project.data / "engine.db").exists():
        named = connection.settings_dict["NAME"]
        if str(named) == str(project.data / "engine.db"):
            raise Problem("data/engine.db is missing: copy the store's template first.")
    return not connection.introspection.table_names()


def _identity(project: Project) -> int:
    from django.contrib.sites.models import Site

    site, made = Site.objects.get_or_create(pk=1, defaults={"domain": project.host, "name": project.store_name})
    wanted = {"domain": project.host, "name": project.store_name[:50]}
    if not made and all(getattr(site, name) == value for name, value in wanted.items()):
        return 0
    for name, value in wanted.items():
        setattr(site, name, value)
    site.save()
    return 1


def _currency(project: Project) -> int:
    from oscar.core.loading import get_model

    records = get_model("partner", "StockRecord").objects
    return int(records.exclude(price_currency=project.currency).update(price_currency=project.currency))
