"""Whether there is a way back from migrations: the old engine must go on working on the database that they leave.

A: there are none. B: they only add what the old engine need not know of. C: all else, and whatever can't be told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.utils import resolve_relation
from django.db.models.fields import NOT_PROVIDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.migrations import Migration
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations.base import Operation
    from django.db.migrations.state import ProjectState

SAYS_SO: Final = "galleria_rollback_class"
"""A migration that runs code or SQL, or points at a table of before, may say ``galleria_rollback_class = "B"`` of
itself: its author has looked."""

_BY_AUTHOR: Final = (ops.RunPython, ops.RunSQL)
_HARMLESS: Final = (
    ops.AlterModelOptions,
    ops.AlterModelManagers,
    ops.RemoveIndex,  # slower at worst
    ops.RenameIndex,
    ops.AlterModelTableComment,
)


@dataclass(frozen=True)
class Judged:
    """A rollback class, and why it is not A, a sentence each."""

    rollback_class: str
    reasons: list[str]


@dataclass
class _Judge:
    """Judges operations in their order; remembers which tables are new, for those no old engine knows."""

    new_models: set[tuple[str, str]] = field(default_factory=set)
    trusting: bool = False
    """Whether the author has looked."""

    def objection(self, app: str, operation: Operation, before: ProjectState) -> str:
        """Return what an operation takes from the old engine, as words; empty if nothing."""
        if isinstance(operation, ops.SeparateDatabaseAndState):
            found = [self.objection(app, each, before) for each in operation.database_operations]
            return next((each for each in found if each), "")
        if isinstance(operation, ops.CreateModel):
            self.new_models.add((app, operation.name_lower))
            all_held = [self._held(app, operation.name_lower, each) for _, each in operation.fields]
            return next((f"{operation.describe()}, which {held}" for held in all_held if held), "")
        if isinstance(operation, _BY_AUTHOR) and self.trusting:
            return ""
        model = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", "")
        if (app, model) in self.new_models or isinstance(operation, _HARMLESS):
            return ""
        if isinstance(operation, ops.AddField):
            held = self._held(app, operation.model_name_lower, operation.field)
            return f"{operation.describe()}, which {held}" if held else _added(operation)
        if isinstance(operation, ops.AlterField):
            return _altered(app, operation, before)
        if isinstance(operation, ops.AddIndex) and not getattr(operation.index, "unique", False):
            return ""
        return operation.describe()

    def _held(self, app: str, model: str, new: models.Field[object, object]) -> str:
        """Say what a new field keeps the old engine from deleting: rows that something points at which it does not know
        of, and so never takes away."""
        relation = getattr(new, "remote_field", None)
        if (
            self.trusting
            or relation is None
            or not getattr(relation, "db_constraint", getattr(new, "db_constraint", False))
        ):
            return ""
        ends = [resolve_relation(relation.model, app, model)]
        if isinstance(new, models.ManyToManyField):
            ends = [*ends, (app, model)] if relation.through is None else []
        held = [".".join(each) for each in ends if each not in self.new_models]
        return f"keeps the old engine from deleting a {held[0]}" if held else ""


def judge(pending: Sequence[Migration], loader: MigrationLoader) -> Judged:
    """Judge migrations that would run in this order."""
    if not pending:
        return Judged("A", [])
    state = loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes])
    judge, lost, added = _Judge(), [], []
    for migration in pending:
        name = f"{migration.app_label}.{migration.name}"
        found, judge.trusting = [], getattr(migration, SAYS_SO, "") == "B"
        for operation in migration.operations:
            found.append(judge.objection(migration.app_label, operation, state))
            operation.state_forwards(migration.app_label, state)
        lost += [_sentence(name, each) for each in found if each]
        if not any(found):
            added.append(f"{name} only adds.")
    return Judged("C", lost) if lost else Judged("B", added)


def _sentence(name: str, objection: str) -> str:
    return f"{name} can't be taken back: {' '.join(objection.split())[:180]}."


def _added(operation: ops.AddField) -> str:
    new = operation.field
    has_default = getattr(new, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    if isinstance(new, models.ManyToManyField) or ((new.null or has_default) and not new.unique):
        return ""
    return f"{operation.describe()}, which the old engine leaves empty"


def _altered(app: str, operation: ops.AlterField, before: ProjectState) -> str:
    """A field may get other words and more room, and nothing else: the old engine reads and writes it as before."""
    old = before.models[app, operation.model_name_lower].fields.get(operation.name)
    if old is not None:
        (was, had), (is_now, has) = _essence(old), _essence(operation.field)
        if was == is_now and had <= has:
            return ""
    return operation.describe()


def _essence(of: models.Field[object, object]) -> tuple[list[str], float]:
    """Tell what a field is in the database, and how much room is in it."""
    _, path, positional, named = of.deconstruct()
    rest = sorted(f"{key}={value!r}" for key, value in named.items() if key not in _WORDS and key != _ROOM)
    return [path, *map(repr, positional), *rest], named.get(_ROOM) or float("inf")


_WORDS: Final = frozenset(
    {"verbose_name", "help_text", "choices", "blank", "editable", "default", "validators", "error_messages"}
)
"""What of a field only the code knows of."""

_ROOM: Final = "max_length"
