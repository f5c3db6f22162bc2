"""The database made and brought up to date.

A new database is made from the models as they are, in a second, instead of by replaying two hundred migrations; every
migration is then recorded as done. A test holds both ways equal. A database that has tables is migrated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL
from django.db.migrations.recorder import MigrationRecorder

if TYPE_CHECKING:
    from django.db.migrations.loader import MigrationLoader


def bring_up_to_date() -> int:
    """Make or migrate the database and return how many migrations were new to it."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return 0
    if connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
    else:
        _found(executor.loader)
    return len(pending)


def pending() -> int:
    """Return how many migrations the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _found(loader: MigrationLoader) -> None:
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
        for statement in _plain_sql(loader):
            editor.execute(statement)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.migration_qs.bulk_create(
        recorder.Migration(app=app, name=name) for app, name in sorted(loader.disk_migrations)
    )
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _plain_sql(loader: MigrationLoader) -> list[str]:
    """Return the SQL that migrations run beside what models say: views."""
    plan = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    operations = [op for key in dict.fromkeys(plan) for op in loader.disk_migrations[key].operations]
    return [str(op.sql) for op in operations if isinstance(op, RunSQL)]
