"""The migrations lead to exactly what the models say, on both databases."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, select, text

from galleria.control.registry import migrating
from galleria.control.registry.database import Database
from galleria.control.registry.schema import RevisionRow, StoreRow, Table


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


def test_what_stores_run_becomes_their_history(registry_url: URL) -> None:
    """A registry of the first schema, with one store that runs something and one that never came to be."""
    opened = Database(registry_url)
    _migrate_to(opened, "0001")
    columns = "store_id, name, host, runtime, isolation_mode, spec, wanted, revision, revision_number, registered_at"
    row = ":id, 'A shop', :host, 'process', 'strict', '{}', 'running', :revision, :number, '2026-01-01 00:00:00'"
    plain = json.dumps({"number": 1, "artifacts": {}, "versions": {}, "since": "2026-01-01T00:00:00Z"})
    with opened.writing() as session:
        statement = text(f"INSERT INTO stores ({columns}, registered_by, version) VALUES ({row}, 'ana', 1)")  # noqa: S608
        session.execute(statement, {"id": "shop-001", "host": "a", "revision": plain, "number": 1})
        session.execute(statement, {"id": "shop-002", "host": "b", "revision": None, "number": 0})
    migrating.migrate(opened)
    with opened.reading() as session:
        (kept,) = session.scalars(select(RevisionRow)).all()
        assert (kept.number, kept.healthy, kept.revision["number"]) == (1, True, 1)
        assert session.get_one(StoreRow, kept.store_key).store_id == "shop-001"
    opened.close()


def _migrate_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with database.writing() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)
