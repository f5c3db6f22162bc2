"""Makes the rows that belong to an owner what they should be: in place, so that ids stay; in few statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Model

BATCH: Final = 400
"""Rows a statement: below SQLite's limit of variables in every version we meet."""


@dataclass(slots=True)
class _Difference:
    """What must be done, and for whom."""

    create: list[Model] = field(default_factory=list)
    update: list[Model] = field(default_factory=list)
    delete: list[object] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of ``model`` that belong to an owner, in the order of ``order``; ``fields`` are what is compared.

    ``key`` names the field that says which row is which; without one the place in the list does.
    """

    model: type[Model]
    owner: str
    fields: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    fixed: tuple[tuple[str, object], ...] = ()
    key: str = ""

    def sync(self, wanted: Mapping[int, Sequence[Mapping[str, object]]]) -> set[int]:
        """Make every owner's rows what ``wanted`` says and return the owners whose rows were not so before."""
        existing = self._existing(list(wanted))
        difference = _Difference()
        for owner, values in wanted.items():
            self._compare(owner, existing[owner], values, difference)
        for start in range(0, len(difference.delete), BATCH):
            self.model._default_manager.filter(pk__in=difference.delete[start : start + BATCH]).delete()
        if difference.update:
            self.model._default_manager.bulk_update(difference.update, list(self.fields), batch_size=BATCH // 4)
        self.model._default_manager.bulk_create(difference.create, batch_size=BATCH)
        return difference.changed

    def _existing(self, owners: list[int]) -> dict[int, list[Model]]:
        found: dict[int, list[Model]] = defaultdict(list)
        for start in range(0, len(owners), BATCH):
            part = {f"{self.owner}__in": owners[start : start + BATCH], **dict(self.fixed)}
            for row in self.model._default_manager.filter(**part).order_by(*self.order):
                found[getattr(row, self.owner)].append(row)
        return found

    def _compare(
        self, owner: int, rows: list[Model], values: Sequence[Mapping[str, object]], difference: _Difference
    ) -> None:
        paired, surplus = self._pair(rows, values)
        difference.delete += [row.pk for row in surplus]
        same = not surplus
        for row, value in paired:
            if row is None:
                difference.create.append(self.model(**{self.owner: owner}, **dict(self.fixed), **value))
                same = False
            elif any(getattr(row, name) != entry for name, entry in value.items()):
                for name, entry in value.items():
                    setattr(row, name, entry)
                difference.update.append(row)
                same = False
        if not same:
            difference.changed.add(owner)

    def _pair(
        self, rows: list[Model], values: Sequence[Mapping[str, object]]
    ) -> tuple[list[tuple[Model | None, Mapping[str, object]]], list[Model]]:
        if not self.key:
            padded = [*rows[: len(values)], *([None] * (len(values) - len(rows)))]
            return list(zip(padded, values, strict=True)), rows[len(values) :]
        left = {getattr(row, self.key): row for row in rows}
        paired = [(left.pop(value[self.key], None), value) for value in values]
        return paired, list(left.values())
