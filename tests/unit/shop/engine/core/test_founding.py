"""A database made at once from the models is the one that all migrations make."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from django.core.management import call_command

if TYPE_CHECKING:
    from pathlib import Path

    from galleria.shop.engine.project import Project

_MAKE = """
import sys
from pathlib import Path
from galleria.shop.engine import founding, project
project.setup(project.of_template(Path(sys.argv[1])))
if sys.argv[2] == "found":
    founding.bring_up_to_date()
else:
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
"""

_ONLY_MIGRATIONS_MAKE = {("communication_notification", ("date_sent",))}
"""An index that Oscar's migrations leave and its models no longer name."""

Columns = dict[str, list[tuple[str, str, int, int]]]
Shape = tuple[Columns, set[tuple[str, tuple[str, ...]]], set[tuple[str, str]]]


def made(folder: Path, how: str) -> Shape:
    """Return tables with their columns, indexes by table and columns, and the migrations recorded."""
    folder.mkdir()
    subprocess.run([sys.executable, "-c", _MAKE, str(folder), how], check=True, timeout=240)
    with closing(sqlite3.connect(folder / "engine.db")) as database:
        tables = [
            name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        columns = {
            table: sorted((row[1], row[2], row[3], row[5]) for row in database.execute(f'PRAGMA table_info("{table}")'))
            for table in tables
        }
        indexes = {
            (table, tuple(row[2] for row in database.execute(f'PRAGMA index_info("{index[1]}")')))
            for table in tables
            for index in database.execute(f'PRAGMA index_list("{table}")')
        }
        recorded = set(database.execute("SELECT app, name FROM django_migrations"))
    return columns, indexes, recorded


def test_founding_makes_what_migrating_makes(tmp_path: Path) -> None:
    found_columns, found_indexes, found_recorded = made(tmp_path / "found", "found")
    columns, indexes, recorded = made(tmp_path / "migrated", "migrate")
    assert found_columns == columns
    assert found_indexes ^ indexes == _ONLY_MIGRATIONS_MAKE
    assert found_recorded == recorded


def test_no_model_is_without_its_migration(store: Project) -> None:
    call_command("makemigrations", "shelf", "records", check=True, dry_run=True, verbosity=0)
