"""``import``: a merchant's file onto the shelf, with its index, seen at once by shoppers."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils import timezone

from galleria.shop.engine.importer import run as importer
from galleria.shop.engine.index import keeping
from galleria.shop.engine.problems import Problem
from galleria.shop.engine.shelf.models import ImportRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from galleria.shop.engine.importer.run import Report
    from galleria.shop.engine.project import Project


def take(
    project: Project, file: Path, pictures: Path | None, progress: Callable[[str, int, int], None]
) -> dict[str, object]:
    """Import ``file`` with its ``pictures`` and return the report.

    Raises Problem when the file or folder can't be used or another import is under way; then nothing has changed.
    """
    if pictures is not None and not pictures.is_dir():
        raise Problem(f"{pictures} is no folder of pictures.")
    with _alone(project):
        noted = ImportRun.objects.create(file_name=file.name[:255])
        try:
            report = importer.take(file, pictures, project.media, progress)
        except BaseException as error:
            said = error.message if isinstance(error, Problem) else "It ended unexpectedly; nothing was changed."
            _note(noted, "failed", {"error": said})
            raise
        if report.created or report.changed or not keeping.index().exists:
            progress("index", 0, 0)
            keeping.rebuild()
        _note(noted, "done", report.as_json(), report)
    return report.as_json()


def _note(noted: ImportRun, state: str, said: dict[str, object], report: Report | None = None) -> None:
    noted.state, noted.report, noted.ended_at = state, said, timezone.now()
    if report is not None:
        noted.rows = noted.done = report.rows
    noted.save()


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    with (project.data / "import.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("Another import is under way: wait for its end.") from None
        yield
