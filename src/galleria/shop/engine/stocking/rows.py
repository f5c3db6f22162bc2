"""Makes the rows that belong to an owner what they should be: in place, so that ids stay; in few statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Model

BATCH: Final = 400
"""Rows a statement: below SQLite's limit of variables in every version we meet."""


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
        existing: dict[int, list[Model]] = defaultdict(list)
        fixed = dict(self.fixed)
        owners = list(wanted)
        for start in range(0, len(owners), BATCH):
            rows = self.model._default_manager.filter(
                **{f"{self.owner}__in": owners[start : start + BATCH]}, **fixed
            ).order_by(*self.order)
            for row in rows:
                existing[getattr(row, self.owner)].append(row)
        create: list[Model] = []
        update: list[Model] = []
        delete: list[object] = []
        changed: set[int] = set()
        for owner, values in wanted.items():
            paired, surplus = self._pair(existing[owner], values)
            delete += [row.pk for row in surplus]
            before = len(create) + len(update) + len(surplus)
            for row, value in paired:
                if row is None:
                    create.append(self.model(**{self.owner: owner}, **fixed, **value))
                elif self._differs(row, value):
                    for name, entry in value.items():
                        setattr(row, name, entry)
                    update.append(row)
            if len(create) + len(update) > before - len(surplus) or surplus:
                changed.add(owner)
        for start in range(0, len(delete), BATCH):
            self.model._default_manager.filter(pk__in=delete[start : start + BATCH]).delete()
        if update:
            self.model._default_manager.bulk_update(update, list(self.fields), batch_size=BATCH // 4)
        self.model._default_manager.bulk_create(create, batch_size=BATCH)
        return changed

    def _pair(
        self, rows: list[Model], values: Sequence[Mapping[str, object]]
    ) -> tuple[list[tuple[Model | None, Mapping[str, object]]], list[Model]]:
        if not self.key:
            padded = [*rows[: len(values)], *([None] * (len(values) - len(rows)))]
            return list(zip(padded, values, strict=True)), rows[len(values) :]
        left = {getattr(row, self.key): row for row in rows}
        paired = [(left.pop(value[self.key], None), value) for value in values]
        return paired, list(left.values())

    def _differs(self, row: Model, value: Mapping[str, object]) -> bool:
        return any(getattr(row, name) != entry for name, entry in value.items())
