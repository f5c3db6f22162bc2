"""Rows of a CSV file with the line each begins on, read as they come."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_CELL: Final = 4 * 1024 * 1024
csv.field_size_limit(MAX_CELL)


def rows(file: Path, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield every row with the number of its first line.

    Raises Problem when the file can't be read, is no UTF-8 text, or lacks one of the ``required`` columns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            yield from _rows(csv.reader(opened), required)
    except OSError as error:
        raise Problem(f"The file can't be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise Problem("The file is no UTF-8 text: export it again as UTF-8.") from None
    except csv.Error as error:
        raise Problem(f"The file is no CSV: {error}.") from None


def _rows(reader: Iterator[list[str]], required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in required if name not in header]
    if missing:
        raise Problem(f"The file's first line lacks the column {missing[0]}: is it a product export?")
    line = reader.line_num + 1  # type: ignore[attr-defined]
    for cells in reader:
        if cells:
            yield line, dict(zip(header, cells, strict=False))
        line = reader.line_num + 1  # type: ignore[attr-defined]
