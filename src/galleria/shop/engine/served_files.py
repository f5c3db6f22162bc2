"""Which file a name means, and never one outside the folder it was asked in."""

from __future__ import annotations

from pathlib import Path


def find_below(root: Path, name: str) -> Path | None:
    """Return the file ``name`` below ``root``, None when there is none or when it points elsewhere."""
    if not name or "\0" in name or name.startswith("/"):
        return None
    try:
        found = (root / name).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    hidden = any(part.startswith(".") for part in Path(name).parts)
    if hidden or not found.is_relative_to(root.resolve()) or not found.is_file():
        return None
    return found
