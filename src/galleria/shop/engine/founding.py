"""The database made and brought up to date.

A new database is made from the models as they are, in a second, instead of by replaying two hundred migrations; every
migration is then recorded as done. A test holds both ways equal. A database that has tables is migrated.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
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
    _make_views()
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    recorder.migration_qs.bulk_create(
        recorder.Migration(app=app, name=name) for app, name in sorted({*loader.disk_migrations, *replaced})
    )
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _make_views() -> None:
    """Make what one migration makes beside the models: on PostgreSQL a view, outside of any transaction."""
    beside_the_models = import_module("oscar.apps.catalogue.migrations.0030_auto_20250217_1247")
    beside_the_models.create_materialized_view(apps, None)
