"""One import from beginning to end: look, copy pictures, write in one transaction, index."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from django.db import transaction

from galleria.shop.engine import project as projects
from galleria.shop.engine.demo import leaving
from galleria.shop.engine.importer import magento, survey
from galleria.shop.engine.importer.downloads import FileCopy
from galleria.shop.engine.importer.pictures import PictureCopy
from galleria.shop.engine.importer.problems import RowProblem
from galleria.shop.engine.shelf.models import Kind
from galleria.shop.engine.stocking.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from galleria.shop.engine.importer.survey import Survey
    from galleria.shop.engine.stocking.specs import ProductSpec

CHUNK: Final = 250


@dataclass(frozen=True, slots=True)
class Report:
    """How an import ended."""

    rows: int
    created: int
    changed: int
    unchanged: int
    skipped: int
    overrides: int
    categories_created: int
    pictures_copied: int
    demo_put_away: int
    seconds: float
    problems: tuple[RowProblem, ...] = field(default_factory=tuple)

    def as_json(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return {
            "rows": self.rows,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "store_view_rows": self.overrides,
            "categories_created": self.categories_created,
            "pictures_copied": self.pictures_copied,
            "demo_products_put_away": self.demo_put_away,
            "seconds": round(self.seconds, 2),
            "problems": [problem.as_json() for problem in self.problems],
        }


def take(
    file: Path,
    pictures: Path | None,
    media: Path,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> Report:
    """Import a Magento product file and return what came of it.

    Raises Problem when the file is no product file; then, and on any failure, the catalogue is as it was.
    """
    began = time.monotonic()
    found = survey.look(file, lambda rows: progress("read", rows, 0))
    progress("read", found.rows, found.rows)
    copy = PictureCopy(pictures, media)
    files = FileCopy(pictures, projects.current().downloads)
    problems = [*found.problems, *_bring_pictures(found, copy, progress), *_bring_files(found, files)]
    with transaction.atomic():
        put_away = leaving.make_room()
        writer = _write(found, copy, progress)
    problems += [
        RowProblem(0, sku, f"Named by {count} other products, but not in the store.", skipped=False)
        for sku, count in sorted(writer.missing.items())
    ]
    changed = writer.changed - writer.created
    taken = found.rows - len(found.refused) - found.overrides
    return Report(
        rows=found.rows,
        created=len(writer.created),
        changed=len(changed),
        unchanged=taken - len(writer.created) - len(changed),
        skipped=len(found.refused),
        overrides=found.overrides,
        categories_created=writer.categories.created,
        pictures_copied=copy.copied,
        demo_put_away=put_away,
        seconds=time.monotonic() - began,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _bring_pictures(
    found: Survey, copy: PictureCopy, progress: Callable[[str, int, int], None]
) -> Iterator[RowProblem]:
    for number, (line, row, spec) in enumerate(found.specs(), 1):
        lost = [name for name in magento.picture_names(row) if not copy.has(name, magento.media_name(name))]
        if lost:
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            yield RowProblem(
                line, spec.sku, f'The picture "{lost[0][:80]}"{more} is not in the media folder.', skipped=False
            )
        if number % CHUNK == 0:
            progress("pictures", number, found.rows)


def _bring_files(found: Survey, copy: FileCopy) -> Iterator[RowProblem]:
    for line, _row, spec in found.specs():
        lost = copy.lost(spec) if spec.kind is Kind.DOWNLOADABLE else []
        if lost:
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            said = f'The file "{lost[0][:80]}"{more} did not come with it: upload it under the product, Files.'
            yield RowProblem(line, spec.sku, said, skipped=False)


def _write(found: Survey, copy: PictureCopy, progress: Callable[[str, int, int], None]) -> Writer:
    writer = Writer.begin()
    for attribute in found.attributes():
        writer.attributes.ensure(attribute)
    writer.categories.ensure_all(found.categories)
    for stage, act in (("write", writer.put), ("join", writer.join)):
        done = 0
        for chunk in _chunks(found):
            act([_with_pictures_there(spec, copy) for spec in chunk])
            done += len(chunk)
            progress(stage, done, found.rows)
    return writer


def _chunks(found: Survey) -> Iterator[list[ProductSpec]]:
    """Products in portions; a store view's row comes in a later portion than its product's own."""
    chunk: list[ProductSpec] = []
    skus: set[str] = set()
    for _line, _row, spec in found.specs():
        if len(chunk) >= CHUNK or spec.sku in skus:
            yield chunk
            chunk, skus = [], set()
        chunk.append(spec)
        skus.add(spec.sku)
    if chunk:
        yield chunk


def _with_pictures_there(spec: ProductSpec, copy: PictureCopy) -> ProductSpec:
    """Leave out what could not be copied: a broken picture is worse than none."""
    if not spec.gallery:
        return spec
    there = tuple(picture for picture in spec.gallery if copy.has("", picture.name))
    return spec if there == spec.gallery else replace(spec, gallery=there, roles=None)
