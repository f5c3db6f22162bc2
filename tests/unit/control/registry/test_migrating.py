"""The migrations lead to exactly what the models say, on both databases."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text

from galleria.control.registry import migrating
from galleria.control.registry.database import Database
from galleria.control.registry.schema import Table


def test_migrations_lead_to_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_newest_is_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrating.NEWEST


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert migrating.level(database) == migrating.NEWEST
    migrating.migrate(database)
    assert migrating.level(database) == migrating.NEWEST


def test_two_processes_migrate_at_once(registry_url: URL) -> None:
    opened = [Database(registry_url), Database(registry_url)]
    problems: list[BaseException] = []

    def migrate(one: Database) -> None:
        try:
            migrating.migrate(one)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=migrate, args=(one,)) for one in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with opened[0].engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    for one in opened:
        one.close()


def test_a_taken_back_transaction_leaves_nothing(database: Database) -> None:
    try:
        with database.writing() as session:
            columns = "runner_id, runtime, first_seen_at, last_seen_at"
            values = "'r', 'process', '2026-01-01', '2026-01-01'"
            session.execute(text(f"INSERT INTO runners ({columns}) VALUES ({values})"))  # noqa: S608
            raise RuntimeError
    except RuntimeError:
        pass
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM runners")).scalar() == 0
