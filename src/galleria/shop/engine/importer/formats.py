"""Which kind of file it is, by what stands in it; rows of every kind come in the columns of Magento's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.engine.importer import magento, reading, shopify
from galleria.shop.engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield every row with the line it comes from.

    Raises Problem for a file that can't be read and for one of no kind we know.
    """
    start = _start(file)
    if start.lstrip().startswith(("{", "[")):
        return shopify.json_rows(file)
    header = start.partition("\n")[0]
    if "Handle" in header and "Title" in header:
        return shopify.csv_rows(file)
    return reading.rows(file, magento.REQUIRED_COLUMNS)


def _start(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(4096).decode("utf-8-sig", "replace")
    except OSError as error:
        raise Problem(f"The file can't be read: {error.strerror or error}.") from None
