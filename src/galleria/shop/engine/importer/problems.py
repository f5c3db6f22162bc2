"""What an import says about single rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing about one row. ``skipped``: the row was not taken; else it was, without what is named."""

    line: int
    sku: str
    message: str
    skipped: bool = True

    def as_json(self) -> dict[str, object]:
        """Return the problem as an entry of a report."""
        return {"line": self.line, "sku": self.sku, "message": self.message, "skipped": self.skipped}


class RowRefused(ValueError):
    """The row can't be taken; the message says what to correct."""
