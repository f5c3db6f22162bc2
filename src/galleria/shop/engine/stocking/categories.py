"""The category tree: paths of names in, Oscar's categories out, under one root as in Magento."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.utils.text import slugify
from oscar.core.loading import get_model

from galleria.shop.engine.shelf.models import CategoryRecord
from galleria.shop.engine.stocking.specs import CategorySpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oscar.apps.catalogue.abstract_models import AbstractCategory

Category = get_model("catalogue", "Category")

ROOT_ID: Final = 2
ROOT_NAME: Final = "Default Category"


def root() -> AbstractCategory:
    """Return the store's root category, made when it is missing. Its id is 2, as everywhere in Magento's world."""
    found = Category.objects.filter(pk=ROOT_ID).first()
    if found is None:
        found = Category.add_root(id=ROOT_ID, name=ROOT_NAME, slug="default-category")
        CategoryRecord.objects.create(category=found)
        _continue_ids_after(ROOT_ID)
    return found


@dataclass(slots=True)
class CategoryBook:
    """The category tree while a catalogue is written."""

    ids: dict[str, int] = field(default_factory=dict)
    created: int = 0

    @classmethod
    def read(cls) -> CategoryBook:
        """Return the book of what is there, by path of names below the root."""
        book = cls()
        top = root()
        book.ids[""] = top.pk
        names: dict[str, str] = {top.path: ""}
        for category in top.get_descendants().order_by("path"):
            above = names[category.path[: -category.steplen]]
            path = f"{above}/{category.name}" if above else category.name
            names[category.path] = path
            book.ids.setdefault(path, category.pk)
        return book

    def ensure(self, spec: CategorySpec) -> int:
        """Return the id of the category, made with all above it when it is missing. What is there stays as it is."""
        known = self.ids.get(spec.path)
        if known is not None:
            return known
        above, _, name = spec.path.rpartition("/")
        parent = Category.objects.get(pk=self.ensure(CategorySpec(above)))
        made = parent.add_child(
            name=name,
            slug=self._free_key(parent, spec.url_key or slugify(name) or "category"),
            description=spec.description,
            image=spec.image,
            meta_title=spec.meta_title or None,
            meta_description=spec.meta_description or None,
            exclude_from_menu=not spec.include_in_menu,
        )
        parent_path = CategoryRecord.objects.values_list("url_path", flat=True).get(category=parent)
        CategoryRecord.objects.create(
            category=made,
            url_path=f"{parent_path}/{made.slug}" if parent_path else made.slug,
            is_anchor=spec.is_anchor,
            include_in_menu=spec.include_in_menu,
            display_mode=spec.display_mode,
            position=spec.position or parent.get_children_count() + 1,
        )
        self.ids[spec.path] = made.pk
        self.created += 1
        return int(made.pk)

    def ensure_all(self, paths: Iterable[str]) -> None:
        """Make every category that is missing, in the order first named."""
        for path in dict.fromkeys(paths):
            self.ensure(CategorySpec(path))

    def _free_key(self, parent: AbstractCategory, wanted: str) -> str:
        taken = set(parent.get_children().values_list("slug", flat=True))
        key, number = wanted, 1
        while key in taken:
            key, number = f"{wanted}-{number}", number + 1
        return key


def refresh_url_paths() -> int:
    """Make every category's url path follow its place in the tree and return how many had changed."""
    paths: dict[str, str] = {}
    changed = []
    for category in Category.objects.order_by("path"):
        above = paths.get(category.path[: -category.steplen])
        paths[category.path] = "" if above is None else f"{above}/{category.slug}".strip("/")
        record, _ = CategoryRecord.objects.get_or_create(category=category)
        if record.url_path != paths[category.path]:
            record.url_path = paths[category.path]
            changed.append(record)
    CategoryRecord.objects.bulk_update(changed, ["url_path"])
    return len(changed)


def _continue_ids_after(number: int) -> None:
    """PostgreSQL counts for itself: an id given by hand must be told to it."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [Category._meta.db_table, number])
