"""Files of downloadable products that come with a product file: copied into the store's own folder, once."""

from __future__ import annotations

import filecmp
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from galleria.shop.engine.stocking.specs import ProductSpec


@dataclass(frozen=True, slots=True)
class FileCopy:
    """Copies files from ``source``, where the product file's own names lead, to ``target``. Without a source none."""

    source: Path | None
    target: Path

    def lost(self, spec: ProductSpec) -> list[str]:
        """Bring every file that the product names; return those that are not there then."""
        missing = [name for name in dict.fromkeys(_named(spec)) if not self._bring(name)]
        return list(dict.fromkeys(name.partition("/")[2] for name in missing))

    def _bring(self, name: str) -> bool:
        target = self.target / name
        source = self._find(name.partition("/")[2])
        if source is None:
            return target.is_file()
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return True
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, temporary)
        temporary.replace(target)
        return True

    def _find(self, written: str) -> Path | None:
        if self.source is None:
            return None
        path = (self.source / written).resolve()
        inside = path.is_relative_to(self.source.resolve())
        return path if inside and path.is_file() else None


def _named(spec: ProductSpec) -> Iterator[str]:
    """Yield the names below the folder of downloads: ``links/...``, ``samples/...``, ``link_samples/...``."""
    for link in spec.links or ():
        yield from (name for name in (link.file, link.sample_file) if name)
    for sample in spec.samples or ():
        if sample.file:
            yield sample.file
