"""The commands as the runner and the agent start them: real processes on a real store's folder."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from galleria.contracts import instance
from tests.support.configs import complete_values
from tests.unit.shop.engine.core.conftest import FAMILY, write_products

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "galleria.shop.engine", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=240, check=False, env={"PATH": os.environ["PATH"]}
    )


def answer(*arguments: str) -> dict[str, object]:
    """Return the one JSON object that a command prints."""
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    assert found["ok"] is True
    return found


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo template, made once."""
    out = tmp_path_factory.mktemp("template") / "demo"
    made = answer("template", "--out", str(out), "--catalogue", "demo")
    products = made["products"]
    assert isinstance(products, int)
    assert products >= 40
    return out


@pytest.fixture
def shop(template: Path, tmp_path: Path) -> Path:
    """A store's folder as the runner leaves it before provisioning."""
    folder = tmp_path / "store"
    for name in ("run", "logs", "tmp"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(template, folder / "data")
    (folder / ".env").write_text(instance.render_env(complete_values()))
    return folder


def test_a_template_is_one_whole_database_with_pictures_files_and_an_index(template: Path) -> None:
    assert {path.name for path in template.iterdir()} == {"engine.db", "media", "downloads", "index"}
    with closing(sqlite3.connect(template / "engine.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [name for (name,) in database.execute("SELECT original FROM catalogue_productimage")]
        files = [name for (name,) in database.execute("SELECT file FROM shelf_downloadlink")]
        axes = database.execute(
            "SELECT count(*) FROM (SELECT product_id FROM shelf_configurableoption GROUP BY 1 HAVING count(*) = 2)"
        ).fetchone()[0]
        categories = database.execute("SELECT count(*) FROM catalogue_category WHERE depth = 2").fetchone()[0]
    assert names
    assert all((template / "media" / name).is_file() for name in names)
    assert [(template / "downloads" / name).read_bytes()[:5] for name in files] == [b"%PDF-"]
    assert axes >= 5
    assert categories >= 6


def test_a_template_is_not_made_over_another(template: Path) -> None:
    done = run("template", "--out", str(template))
    assert done.returncode == 1
    assert "already holds a template" in done.stderr


def test_provisioning_twice_changes_nothing_the_second_time(shop: Path) -> None:
    first = answer("provision", "--store-dir", str(shop))
    login = (shop / "merchant-login").read_text()
    second = answer("provision", "--store-dir", str(shop))
    assert first["account_made"] is True
    assert (second["account_made"], second["changed"], second["migrations"]) == (False, 0, 0)
    assert (shop / "merchant-login").read_text() == login
    assert stat.S_IMODE((shop / "merchant-login").stat().st_mode) == 0o600


def pointer(shop: Path) -> Path:
    (found,) = (shop / "data/index").glob("current*")
    return found


def test_the_agents_commands_do_what_they_say(shop: Path) -> None:
    place = ("--store-dir", str(shop))
    answer("provision", *place)
    described = answer("describe", *place)
    checked = answer("check", *place)
    assert isinstance(checked["checks"], list)
    assert all(finding["ok"] for finding in checked["checks"])
    build = json.loads(pointer(shop).read_text())["name"]
    assert answer("reindex", *place)["documents"] == described["documents"]
    assert json.loads(pointer(shop).read_text())["name"] != build
    generation = shop / "data/cache/generation"
    before = generation.stat().st_ino
    answer("cache-flush", *place)
    assert generation.stat().st_ino != before
    assert answer("cron", *place)["jobs_failed"] == 0


def test_check_says_what_is_wrong(shop: Path) -> None:
    place = ("--store-dir", str(shop))
    answer("provision", *place)
    pointer(shop).unlink()
    done = run("check", *place, "--json")
    found = json.loads(done.stdout)
    assert found["ok"] is False
    assert [finding["name"] for finding in found["checks"] if not finding["ok"]] == ["index"]


def test_an_import_tells_how_far_it_is_and_what_came_of_it(shop: Path, tmp_path: Path) -> None:
    answer("provision", "--store-dir", str(shop))
    file = write_products(tmp_path / "family.csv", FAMILY)
    done = run("import", "--store-dir", str(shop), str(file), "--json")
    assert json.loads(done.stdout)["created"] == len(FAMILY)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["stage"] for event in told][-1] == "index"
    assert json.loads(run("import", "--store-dir", str(shop), str(file), "--json").stdout)["unchanged"] == len(FAMILY)


def test_a_new_password_is_another_and_is_kept_secret(shop: Path) -> None:
    answer("provision", "--store-dir", str(shop))
    before = (shop / "merchant-login").read_text()
    found = answer("password", "--store-dir", str(shop))
    assert str(found["password"]) in (shop / "merchant-login").read_text()
    assert str(found["password"]) not in before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "--store-dir", "/nowhere"), 1),
        (("import", "--store-dir", "/nowhere", "x.csv"), 1),
        (("check",), 2),
        (("dance",), 2),
        ((), 2),
    ],
)
def test_what_can_not_be_done_is_one_line_and_an_exit_code(arguments: tuple[str, ...], code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
