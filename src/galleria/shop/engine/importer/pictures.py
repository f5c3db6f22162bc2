"""Pictures that come with a file: checked, then copied into the store's media folder, once."""

from __future__ import annotations

import filecmp
import shutil
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
MAX_BYTES: Final = 20 * 1024 * 1024


@dataclass(slots=True)
class PictureCopy:
    """Copies pictures from ``source`` to ``target``, both by name. Without a source nothing is found."""

    source: Path | None
    target: Path
    copied: int = 0
    _seen: dict[str, bool] = field(default_factory=dict)

    def has(self, written: str, name: str) -> bool:
        """Say whether the picture ``written`` is (now) at ``name`` below the target."""
        if name not in self._seen:
            self._seen[name] = self._bring(written, self.target / name)
        return self._seen[name]

    def _bring(self, written: str, target: Path) -> bool:
        source = self._find(written)
        if source is None:
            return target.is_file()
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return True
        if not is_picture(source):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, temporary)
        temporary.replace(target)
        self.copied += 1
        return True

    def _find(self, written: str) -> Path | None:
        if self.source is None:
            return None
        path = (self.source / written.lstrip("/")).resolve()
        inside = path.is_relative_to(self.source.resolve())
        return path if inside and path.is_file() else None


def is_picture(file: Path) -> bool:
    """Say whether the file is a picture of a format that browsers show, by its content."""
    try:
        if file.stat().st_size > MAX_BYTES:
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                image.verify()
    except Exception:
        return False  # whatever the decoder chokes on is no picture to us
    return True
