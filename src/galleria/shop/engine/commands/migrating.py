"""``plan-migrations`` and ``migrate``: what this engine would do to a store's database, and doing it.

What comes out names migrations, models and fields, and nothing of what is in the database.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from galleria.shop.engine.commands import rollback_class
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from django.db.migrations import Migration


class MigrationFailed(Problem):
    """One migration failed. Those before it stay done; of its own, nothing is."""

    def __init__(self, migration: str, reason: str) -> None:
        super().__init__(f"{migration} failed ({reason}). What was done before it stays.", {"failed": migration})


def plan() -> dict[str, object]:
    """Say what `migrate` would do: which migrations, of which rollback class and why, and the level after them."""
    executor = MigrationExecutor(connection)
    return _said(executor, _pending(executor))


def migrate() -> dict[str, object]:
    """Do every pending migration, each in a transaction of its own, and say what was done.

    Raises MigrationFailed when one fails.
    """
    current = ""

    def note(action: str, migration: Migration | None = None, fake: bool | None = False, /) -> None:
        nonlocal current
        if action == "apply_start" and migration is not None:
            current = _name(migration)

    executor = MigrationExecutor(connection, note)
    pending = _pending(executor)
    said = _said(executor, pending)
    if not pending:
        return said
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    try:
        executor.migrate(executor.loader.graph.leaf_nodes(), [(each, False) for each in pending])
    except Exception as error:
        raise MigrationFailed(current, type(error).__name__) from error
    # The merchant's pages ask for the permissions on new models; Django makes those here.
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    return said


def _pending(executor: MigrationExecutor) -> list[Migration]:
    return [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _said(executor: MigrationExecutor, pending: list[Migration]) -> dict[str, object]:
    judged = rollback_class.judge(pending, executor.loader)
    names = [_name(each) for each in pending]
    applied = {f"{app}.{name}" for app, name in executor.loader.applied_migrations}
    return {
        "rollback_class": judged.rollback_class,
        "migrations": names,
        "reasons": judged.reasons,
        "level": level({*applied, *names}),
        "unknown": sorted(
            f"{app}.{name}" for app, name in set(executor.loader.applied_migrations) - _on_disk(executor)
        ),
    }


def _on_disk(executor: MigrationExecutor) -> set[tuple[str, str]]:
    """Name the migrations that this engine has, and those that they stand for."""
    here = executor.loader.disk_migrations
    return {*here, *(each for migration in here.values() for each in migration.replaces)}


def level(migrations: set[str]) -> str:
    """Name the schema that these migrations make: 12 hex digits over their names."""
    return hashlib.sha256("\n".join(sorted(migrations)).encode()).hexdigest()[:12]


def _name(migration: Migration) -> str:
    return f"{migration.app_label}.{migration.name}"
