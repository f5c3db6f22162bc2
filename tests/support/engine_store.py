"""A store's engine inside the test process. Django serves one store a process, so every test shares it."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from galleria.shop.engine import project

if TYPE_CHECKING:
    from galleria.shop.engine.project import Project


def engine_store() -> Project:
    """Return the store of this process, founded at the first call: empty, in US dollars, on SQLite.

    ``GALLERIA_TEST_DATABASE_URL`` names another database, which must be empty.
    """
    from django.conf import settings

    if settings.configured:
        return project.current()
    folder = Path(tempfile.mkdtemp(prefix="g-engine-"))
    url = os.environ.get("GALLERIA_TEST_DATABASE_URL", "sqlite:///engine.db")
    store = replace(project.of_template(folder, url), currency="USD", store_name="Test shop")
    store.data.mkdir(parents=True, exist_ok=True)
    store.media.mkdir(parents=True, exist_ok=True)
    project.setup(store)
    from galleria.shop.engine import founding

    founding.bring_up_to_date()
    return store


def empty_store(store: Project) -> None:
    """Take everything out of the store of this process, as if it were founded now: ids begin anew too."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command

    from galleria.shop.engine.graphql.cache import Generation

    call_command("flush", interactive=False, verbosity=0)
    ContentType.objects.clear_cache()
    for folder in (store.index, store.media):
        shutil.rmtree(folder, ignore_errors=True)
    store.media.mkdir(parents=True, exist_ok=True)
    Generation(store.cache).bump()
