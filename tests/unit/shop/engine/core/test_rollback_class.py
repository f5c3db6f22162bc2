"""Which migrations leave a way back: those that add what an old engine need not know of, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader

from galleria.shop.engine.commands import rollback_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.migrations.operations.base import Operation

    from galleria.shop.engine.project import Project

NEW = operations.CreateModel("Extra", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])
TITLE = "title"


def nothing(*_: object) -> None:
    """What a migration may run."""


GROWS: list[Operation] = [
    NEW,
    operations.AddField("cmsblock", "note", models.TextField(null=True)),
    operations.AddField("cmsblock", "rank", models.IntegerField(db_default=0)),
    operations.AddField("cmsblock", "stores", models.ManyToManyField("sites.Site", db_constraint=False)),
    operations.AddField(
        "cmsblock", "store", models.ForeignKey("sites.Site", models.CASCADE, null=True, db_constraint=False)
    ),
    operations.AddIndex("cmsblock", models.Index(fields=[TITLE], name="by_title")),
    operations.AlterField("cmsblock", TITLE, models.CharField(max_length=300, help_text="longer")),
    operations.AlterModelOptions("cmsblock", {"ordering": [TITLE]}),
    operations.SeparateDatabaseAndState(state_operations=[operations.RemoveField("cmsblock", TITLE)]),
]
POINTS: list[Operation] = [
    operations.AddField("cmsblock", "stores", models.ManyToManyField("sites.Site")),
    operations.AddField("cmsblock", "store", models.ForeignKey("sites.Site", models.CASCADE, null=True)),
    operations.AddField("cmsblock", "parent", models.ForeignKey("self", models.CASCADE, null=True)),
    operations.CreateModel(
        "Side",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("block", models.OneToOneField("records.CmsBlock", models.CASCADE)),
        ],
    ),
]
LOSES: list[Operation] = [
    *POINTS,
    operations.RemoveField("cmsblock", TITLE),
    operations.DeleteModel("contactmessage"),
    operations.RenameModel("cmsblock", "Block"),
    operations.RenameField("cmsblock", TITLE, "name"),
    operations.AlterModelTable("cmsblock", "blocks"),
    operations.AddField("cmsblock", "note", models.TextField(default="")),
    operations.AddField("cmsblock", "code", models.TextField(null=True, unique=True)),
    operations.AddConstraint("cmsblock", models.UniqueConstraint(fields=[TITLE], name="one_title")),
    operations.AlterField("cmsblock", TITLE, models.CharField(max_length=20)),
    operations.AlterField("cmsblock", TITLE, models.CharField(max_length=255, null=True)),
    operations.AlterField("cmsblock", TITLE, models.IntegerField()),
    operations.AlterField("cmsblock", "content", models.CharField(max_length=10)),
    operations.RunPython(nothing),
    operations.RunSQL("SELECT 1"),
    operations.SeparateDatabaseAndState([operations.RunSQL("SELECT 1")]),
]


def judged(store: Project, *chosen: Sequence[Operation], says: str | None = None) -> rollback_class.Judged:
    """Judge pending migrations of these operations, one each."""
    from django.db import connection

    pending = []
    for number, each in enumerate(chosen, start=90):
        migration = Migration(f"{number:04}_next", "records")
        vars(migration).update(operations=list(each), **({rollback_class.SAYS_SO: says} if says else {}))
        pending.append(migration)
    return rollback_class.judge(pending, MigrationLoader(connection))


def test_nothing_pending_is_a(store: Project) -> None:
    assert judged(store) == rollback_class.Judged("A", [])


@pytest.mark.parametrize("operation", GROWS, ids=lambda each: each.describe())
def test_what_only_adds_is_b(store: Project, operation: Operation) -> None:
    found = judged(store, [operation])
    assert found == rollback_class.Judged("B", ["records.0090_next only adds."])


@pytest.mark.parametrize("operation", LOSES, ids=lambda each: each.describe())
def test_all_else_is_c(store: Project, operation: Operation) -> None:
    found = judged(store, [NEW], [operation])
    assert found.rollback_class == "C"
    (reason,) = found.reasons
    assert reason.startswith("records.0091_next can't be taken back: ")


def test_what_is_done_to_a_table_that_no_old_engine_knows_is_b(store: Project) -> None:
    later = [
        operations.AddField("extra", "must", models.TextField(default="")),
        operations.RemoveField("extra", "name"),
    ]
    assert judged(store, [NEW], later).rollback_class == "B"


def test_new_tables_may_point_at_each_other(store: Project) -> None:
    of: models.ForeignKey[object, object] = models.ForeignKey("records.Extra", models.CASCADE)
    child = operations.CreateModel("Child", [("id", models.BigAutoField(primary_key=True)), ("of", of)])
    assert judged(store, [NEW, child]).rollback_class == "B"


@pytest.mark.parametrize("operation", POINTS, ids=lambda each: each.describe())
def test_what_keeps_the_old_engine_from_deleting_is_c_unless_its_author_has_looked(
    store: Project, operation: Operation
) -> None:
    found = judged(store, [operation])
    assert found.rollback_class == "C"
    assert "keeps the old engine from deleting a " in found.reasons[0]
    assert judged(store, [operation], says="B").rollback_class == "B"


@pytest.mark.parametrize(("says", "expected"), [("B", "B"), ("A", "C"), ("", "C"), (None, "C")])
def test_the_author_of_code_or_sql_may_say_that_it_only_adds(store: Project, says: str | None, expected: str) -> None:
    code = [operations.RunPython(nothing), operations.RunSQL("SELECT 1")]
    assert judged(store, code, says=says).rollback_class == expected
    assert judged(store, [operations.DeleteModel("contactmessage")], says=says).rollback_class == "C", (
        "what is lost is lost"
    )
