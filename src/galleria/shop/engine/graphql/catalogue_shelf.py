"""What catalogue resolvers share in one request: the category tree, attributes and their choices. Each is read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from oscar.core.loading import get_model

from galleria.shop.engine import project as projects
from galleria.shop.engine.graphql import uids
from galleria.shop.engine.index import keeping
from galleria.shop.engine.index.catalogue_index import Wanted
from galleria.shop.engine.shelf.models import Attribute, CategoryRecord
from galleria.shop.engine.stocking.categories import ROOT_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from galleria.shop.engine.graphql.context import RequestContext
    from galleria.shop.engine.index.catalogue_index import Counts

Category = get_model("catalogue", "Category")
AttributeOption = get_model("catalogue", "AttributeOption")

CATALOGUE_TAG: Final = "catalogue"
URL_SUFFIX: Final = ".html"
_STEP: Final = 4


class Node(NamedTuple):
    """A category. ``level`` 1 is the root; ``path`` is the tree's own key, ``above`` the ids from the root down."""

    id: int
    path: str
    name: str
    url_key: str
    url_path: str
    level: int
    above: tuple[int, ...]
    position: int
    is_anchor: bool
    include_in_menu: bool
    display_mode: str
    landing_block: str
    description: str
    image: str
    meta_title: str | None
    meta_keywords: str
    meta_description: str | None


class Option(NamedTuple):
    """A choice of an attribute."""

    id: int
    attribute_id: int
    label: str
    position: int
    swatch: str

    @property
    def uid(self) -> str:
        """The uid by which a configurable's variant is chosen."""
        return uids.encode(f"configurable/{self.attribute_id}/{self.id}")


@dataclass(slots=True)
class Tree:
    """The public categories of the store."""

    nodes: dict[int, Node] = field(default_factory=dict)
    children: dict[int, list[Node]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Tree:
        """Return the tree as it is."""
        tree = cls()
        records = {record.category_id: record for record in CategoryRecord.objects.all()}
        ids: dict[str, int] = {}
        for category in Category.objects.filter(is_public=True, ancestors_are_public=True).order_by("path"):
            ids[category.path] = category.pk
            above = tuple(
                ids[category.path[:n]] for n in range(_STEP, len(category.path), _STEP) if category.path[:n] in ids
            )
            node = _node(category, records.get(category.pk) or CategoryRecord(), above)
            tree.nodes[node.id] = node
            if above:
                tree.children.setdefault(above[-1], []).append(node)
        return tree

    def below(self, node: Node) -> Iterator[Node]:
        """Yield every category under ``node``."""
        for child in self.children.get(node.id, ()):
            yield child
            yield from self.below(child)

    def by_url_path(self, path: str) -> Node | None:
        """Return the category at this address, None when there is none."""
        return next((node for node in self.nodes.values() if node.url_path == path and path), None)

    @property
    def root(self) -> Node | None:
        """The store's root category."""
        return self.nodes.get(ROOT_ID)


class Shelf:
    """The shared facts of one request."""

    def __init__(self, context: RequestContext) -> None:
        self.context = context
        self.base_url = projects.current().public_url

    @cached_property
    def tree(self) -> Tree:
        """The categories."""
        return Tree.read()

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by code, in their order."""
        return {attribute.code: attribute for attribute in Attribute.objects.all()}

    @cached_property
    def options(self) -> dict[int, Option]:
        """The choices of attributes by id."""
        groups = {a.option_group_id: a.pk for a in self.attributes.values() if a.option_group_id}
        rows = AttributeOption.objects.filter(group_id__in=list(groups)).values_list(
            "pk", "group_id", "option", "choice__position", "choice__swatch"
        )
        return {
            pk: Option(pk, groups[group], text, place or 0, swatch or "") for pk, group, text, place, swatch in rows
        }

    @cached_property
    def category_counts(self) -> Mapping[int, int]:
        """How many products each category lists."""
        return self.counts_of(Wanted()).categories

    def counts_of(self, wanted: Wanted, step: int = 10) -> Counts:
        """Return how what is wanted divides."""
        return keeping.index().count(wanted, step)

    def media(self, name: str) -> str:
        """Return the address of a file of the media folder."""
        return f"{self.base_url}/media/{name}"


def shelf_of(context: RequestContext) -> Shelf:
    """Return the shared facts of this request, and note that its answer is made from the catalogue."""
    context.tag(CATALOGUE_TAG)
    return context.once("shelf", lambda: Shelf(context))


def _node(category: object, record: CategoryRecord, above: tuple[int, ...]) -> Node:
    values = vars(category)
    return Node(
        id=values["id"],
        path=values["path"],
        name=values["name"],
        url_key=values["slug"],
        url_path=record.url_path,
        level=len(above) + 1,
        above=above,
        position=record.position,
        is_anchor=record.is_anchor,
        include_in_menu=record.include_in_menu and not values["exclude_from_menu"],
        display_mode=record.display_mode,
        landing_block=record.landing_block,
        description=values["description"],
        image=str(values["image"] or ""),
        meta_title=values["meta_title"],
        meta_keywords=record.meta_keywords,
        meta_description=values["meta_description"],
    )
