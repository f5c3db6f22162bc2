"""``template``: a store's data as it is born, made once and copied for every new store."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from galleria.shop.engine import project as projects
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


def make(out: Path, catalogue: str) -> dict[str, object]:
    """Make ``engine.db``, ``media/`` and ``index/`` in ``out``: migrated, filled, indexed.

    Raises Problem when there is a database in ``out`` already.
    """
    began = time.monotonic()
    if (out / "engine.db").exists():
        raise Problem(f"{out} already holds a template: choose an empty folder.")
    out.mkdir(parents=True, exist_ok=True)
    project = projects.of_template(out)
    projects.setup(project)
    products = fill(project, catalogue)
    _settle(out)
    return {"catalogue": catalogue, "products": products, "seconds": round(time.monotonic() - began, 2)}


def fill(project: projects.Project, catalogue: str) -> int:
    """Make the database and all that a new store has, and return how many products its index holds."""
    from galleria.shop.engine import founding
    from galleria.shop.engine.demo import stocking as demo
    from galleria.shop.engine.index import keeping

    project.media.mkdir(parents=True, exist_ok=True)
    founding.bring_up_to_date()
    demo.put_basics(project)
    if catalogue == "demo":
        demo.put_demo(project)
    return keeping.rebuild()


def _settle(out: Path) -> None:
    """Leave one plain file of the database: a copy of it must be whole by itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA journal_mode=DELETE")  # no second file, even for who only reads; a store turns it back
    connection.close()
    for left in ("engine.db-wal", "engine.db-shm", "index/lock"):
        (out / left).unlink(missing_ok=True)
    shutil.rmtree(out / "cache", ignore_errors=True)
