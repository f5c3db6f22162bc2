"""``cache-flush``, ``reindex``, ``check``, ``describe``: what the agent drives."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galleria.shop.engine.project import Project

_LEAST_FREE: Final = 100 * 1024 * 1024
_ANSWER_SECONDS: Final = 2.0


def flush(project: Project) -> dict[str, object]:
    """Void every answer that the serving process keeps, and return how many those were."""
    from galleria.shop.engine.graphql.cache import Generation

    kept = sum(_kept_answers(path) for path in (project.folder / "run").glob("engine-*.sock"))
    Generation(project.cache).bump()
    return {"entries_removed": kept}


def reindex() -> dict[str, object]:
    """Make the catalogue index anew; the old one answers until the new one is whole."""
    from galleria.shop.engine.index import keeping

    began = time.monotonic()
    return {"documents": keeping.rebuild(), "seconds": round(time.monotonic() - began, 2)}


def describe(project: Project) -> dict[str, object]:
    """Return what the catalogue index holds and its age. Every smoke run asks, so Django is not started for it."""
    from galleria.shop.engine.index.catalogue_index import CatalogueIndex

    index = CatalogueIndex(project.index)
    age = index.age
    return {"documents": index.size(), "index_age_seconds": None if age is None else round(age, 1)}


def check(project: Project) -> dict[str, object]:
    """Look at everything the engine needs and say of each whether it is well."""
    looks: tuple[tuple[str, Callable[[Project], str]], ...] = (
        ("database", _check_database),
        ("schema", _check_schema),
        ("configuration", _check_configuration),
        ("catalogue", _check_catalogue),
        ("index", _check_index),
        ("media", lambda found: _check_writable(found.media)),
        ("cache", lambda found: _check_writable(found.cache)),
        ("disk", _check_disk),
        ("jobs", _check_jobs),
    )
    findings = [_find(name, look, project) for name, look in looks]
    return {"ok": all(finding["ok"] for finding in findings), "checks": findings}


def _find(name: str, look: Callable[[Project], str], project: Project) -> dict[str, object]:
    try:
        wrong = look(project)
    except Exception as error:
        wrong = f"could not be looked at: {type(error).__name__}"
    return {"name": name, "ok": not wrong, "detail": wrong or "well"}


def _check_database(_project: Project) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return "" if cursor.fetchone() == (1,) else "does not answer"


def _check_schema(_project: Project) -> str:
    from galleria.shop.engine import founding

    pending = founding.pending()
    return f"{pending} migrations are to be run: provision the store again" if pending else ""


def _check_configuration(project: Project) -> str:
    from django.contrib.auth import get_user_model
    from django.contrib.sites.models import Site

    if not Site.objects.filter(pk=1, domain=project.host).exists():
        return "the database belongs to another host: provision the store again"
    if not get_user_model().objects.filter(is_staff=True, is_active=True).exists():
        return "there is no merchant: provision the store again"
    return ""


def _check_catalogue(_project: Project) -> str:
    from oscar.core.loading import get_model

    from galleria.shop.engine.stocking.categories import ROOT_ID

    return (
        "" if get_model("catalogue", "Category").objects.filter(pk=ROOT_ID).exists() else "the root category is missing"
    )


def _check_index(_project: Project) -> str:
    from galleria.shop.engine.index import keeping
    from galleria.shop.engine.index.entries import findable_ids

    if not keeping.index().exists:
        return "there is none: run reindex"
    if keeping.index().is_behind:
        return "another version of the engine has changed the catalogue since: run reindex"
    there, wanted = keeping.index().size(), len(findable_ids())
    return "" if there == wanted else f"holds {there} of {wanted} products: run reindex"


def _check_writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return "" if os.access(folder, os.W_OK) else "can't be written"


def _check_disk(project: Project) -> str:
    free = shutil.disk_usage(project.data).free
    return "" if free >= _LEAST_FREE else f"only {free // 1024 // 1024} MB are free"


def _check_jobs(_project: Project) -> str:
    from galleria.shop.engine.shelf.models import JobRun

    failed = list(JobRun.objects.filter(outcome="failed").values_list("name", flat=True))
    return f"last failed: {', '.join(failed)}" if failed else ""


def _kept_answers(path: Path) -> int:
    """Ask a serving process how many answers it keeps; none when it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(_ANSWER_SECONDS)
            asked.connect(str(path))
            asked.sendall(b"GET /health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n")
            response = http.client.HTTPResponse(asked)
            response.begin()
            return int(json.loads(response.read()).get("cached_answers", 0))
    except (OSError, ValueError, http.client.HTTPException):
        return 0
