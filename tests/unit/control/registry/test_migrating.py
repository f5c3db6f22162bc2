"""The migrations lead to exactly what the models say, on both databases."""

from __future__ import annotations

import ast
import json
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, select, text

from galleria.control.registry import migrating
from galleria.control.registry.database import Database, keep_a_write_ahead_log
from galleria.control.registry.schema import RevisionRow, StoreRow, Table
from tests.support.planes import Plane


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


def test_a_control_plane_that_was_taken_back_works_on_what_a_newer_one_left(plane: Plane) -> None:
    with plane.services.database.engine.begin() as newer:
        newer.execute(text("ALTER TABLE stores ADD COLUMN mood VARCHAR(16) NOT NULL DEFAULT 'fine'"))
        newer.execute(text("ALTER TABLE deployments ADD COLUMN weather VARCHAR(16)"))
        newer.execute(text("CREATE TABLE moods (name VARCHAR(16) PRIMARY KEY)"))
        newer.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    migrating.migrate(plane.services.database)
    assert migrating.level(plane.services.database) == "0999", "it leaves the newer schema alone"
    sold = plane.sell("shop-001")
    plane.observe("shop-001")
    with plane.services.database.reading() as session:
        assert session.scalars(select(RevisionRow.deployment_id)).all() == [sold.deployment_id]


def test_migrations_only_add_what_an_older_control_plane_need_not_fill() -> None:
    """Since the second one: before the first there was no control plane."""
    folder = Path(migrating.__file__).with_name("migrations") / "versions"
    for file in sorted(folder.glob("0*.py"))[1:]:
        done = [call for call in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(call, ast.Call)]
        acts = {ast.unparse(call.func).removeprefix("op.") for call in done if _is_of(call, "op")}
        assert acts <= {"add_column", "create_table", "create_index", "get_bind", "bulk_insert"}, file.name
        made = {id(part) for call in done if _is_of(call, "op", "create_table") for part in ast.walk(call)}
        for column in (call for call in done if _is_of(call, "sa", "Column") and id(call) not in made):
            told = {word.arg: word.value for word in column.keywords}
            nullable = told.get("nullable")
            assert "server_default" in told or (isinstance(nullable, ast.Constant) and nullable.value is True), (
                f"{file.name} line {column.lineno}: an older control plane writes nothing there"
            )


def _is_of(call: ast.Call, module: str, name: str | None = None) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == module
        and name in (None, function.attr)
    )


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


def test_a_file_that_another_turns_to_wal_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "registry.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")  # what turning it to WAL does for a moment
    ours = sqlite3.connect(file, isolation_level=None, timeout=0)  # refused at once, as SQLite does then
    monkeypatch.setattr("time.sleep", lambda _seconds: other.execute("COMMIT"))
    keep_a_write_ahead_log(ours.execute)
    assert ours.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    ours.close()
    other.close()


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
