"""``plan-migrations`` and ``migrate`` of an engine that has grown, on a store of before, on both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import galleria
from galleria.contracts import instance
from tests.support.configs import complete_values
from tests.support.postgresql import postgresql_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("records", "{before}")]
    operations = [{operation}]
"""
NOTE = "migrations.AddField('cmsblock', 'note', models.TextField(null=True))"
TABLE = "migrations.CreateModel('Extra', [('id', models.BigAutoField(primary_key=True))])"
RANK = "migrations.AddField('cmsblock', 'rank', models.IntegerField(null=True))"
FAILS = f"{RANK}, migrations.RunSQL('CREATE INDEX x ON secret_jane (id)')"
MORE = "migrations.AddField('cmsblock', 'more', models.TextField(null=True))"


@dataclass(frozen=True)
class Grown:
    """A copy of the engine with more migrations, and a store of the engine before."""

    tree: Path
    store: Path

    def run(self, command: str, *, by_copy: bool = True) -> dict[str, Any]:
        """Run an engine command and return what it printed."""
        program = [sys.executable, "-m", "galleria.shop.engine", command, "--store-dir", str(self.store), "--json"]
        environment = {**os.environ, "PYTHONPATH": str(self.tree)} if by_copy else dict(os.environ)
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=240)
        assert "jane" not in done.stdout, "what is in a database stays there"
        answer: dict[str, Any] = json.loads(done.stdout)
        assert command == "check" or (done.returncode == 0) is answer["ok"], done.stderr[-2000:]
        return answer

    def grow(self, number: int, operation: str) -> str:
        """Add a migration and return its name."""
        folder = self.tree / "galleria/shop/engine/graphql/records/migrations"
        before = max(file.stem for file in folder.glob("0*.py"))
        name = f"{number:04}_grown"
        (folder / f"{name}.py").write_text(_MIGRATION.format(before=before, operation=operation))
        return f"records.{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def grown(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Grown]:
    made = Grown(tmp_path / "tree", tmp_path / "store")
    package = Path(galleria.__file__).parent
    shutil.copytree(package, made.tree / "galleria", ignore=shutil.ignore_patterns("control", "cli", "static"))
    (made.store / "logs").mkdir(parents=True)
    (made.store / "data" / "media").mkdir(parents=True)
    values = complete_values("shop-001")
    if request.param == "sqlite":
        template = [sys.executable, "-m", "galleria.shop.engine", "template", "--out", str(made.store / "data")]
        subprocess.run(template, check=True, capture_output=True, timeout=240)
        (made.store / ".env").write_text(instance.render_env(values))
        yield made
        return
    with postgresql_server() as address:
        (made.store / ".env").write_text(instance.render_env({**values, "GALLERIA_DATABASE_URL": address}))
        made.run("provision", by_copy=False)
        yield made


def test_a_store_grows_migration_by_migration(grown: Grown) -> None:
    first = grown.run("plan-migrations")
    assert (first["rollback_class"], first["migrations"], first["reasons"]) == ("A", [], [])
    added = [grown.grow(90, NOTE), grown.grow(91, TABLE)]
    plan = grown.run("plan-migrations")
    assert (plan["rollback_class"], plan["migrations"]) == ("B", added)
    assert plan["level"] != first["level"]
    assert grown.run("plan-migrations") == plan, "planning has changed something"

    failing = grown.grow(92, FAILS)
    last = grown.grow(93, MORE)
    assert grown.run("plan-migrations")["rollback_class"] == "C"
    failed = grown.run("migrate")
    assert failed["failed"] == failing
    assert set(failed) == {"ok", "error", "failed"}
    left = grown.run("plan-migrations")
    assert left["migrations"] == [failing, last], "those before it are done; of its own nothing is"

    for file in ("0092_grown", "0093_grown"):
        (grown.tree / f"galleria/shop/engine/graphql/records/migrations/{file}.py").unlink()
    grown.grow(92, RANK)
    assert grown.run("migrate")["migrations"] == ["records.0092_grown"], "a half of what failed was left behind"
    done = grown.run("plan-migrations")
    assert (done["rollback_class"], done["migrations"]) == ("A", [])
    old = grown.run("plan-migrations", by_copy=False)
    assert old.pop("unknown") == [*added, "records.0092_grown"], "the old engine says what it does not know"
    assert done.pop("unknown") == []
    assert old == done, "the old engine sees nothing to do, at the same level"
    checked = {each["name"]: each["ok"] for each in grown.run("check", by_copy=False)["checks"]}
    assert checked["schema"]
