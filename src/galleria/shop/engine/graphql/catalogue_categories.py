"""Categories as the contract shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql import uids
from galleria.shop.engine.graphql.catalogue_shelf import URL_SUFFIX
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.index.catalogue_index import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.catalogue_shelf import Node, Shelf

_SHORTEST_MATCH: Final = 3


class CategoryValue:
    """One category. ``redirect_code`` and ``relative_url`` are those of the address it was asked by."""

    typename: Final = "CategoryTree"

    def __init__(self, shelf: Shelf, node: Node) -> None:
        self.shelf = shelf
        self.node = node
        root = node.level == 1
        self.id = node.id
        self.uid = uids.encode(node.id)
        self.name = node.name
        self.level = node.level
        self.path = "/".join(["1", *(str(pk) for pk in node.above), str(node.id)])
        self.path_in_store = None
        self.position = node.position
        self.url_key = None if root else node.url_key
        self.url_path = None if root else node.url_path
        self.url_suffix = URL_SUFFIX
        self.description = node.description or None
        self.image = shelf.media(node.image) if node.image else None
        self.meta_title = node.meta_title or None
        self.meta_keywords = node.meta_keywords or None
        self.meta_description = node.meta_description or None
        self.display_mode = node.display_mode or None
        self.canonical_url = None  # Magento's stock setting: no canonical links for categories
        self.default_sort_by = None  # the store's own
        self.available_sort_by = None  # all there are
        self.filter_price_range = None  # buckets are made from the prices
        self.landing_page = None
        self.include_in_menu = int(node.include_in_menu)
        self.is_anchor = int(node.is_anchor)
        self.type = "CATEGORY"
        self.redirect_code = 0
        self.relative_url = None if root else f"{node.url_path}{URL_SUFFIX}"

    def children(self, _info: GraphQLResolveInfo) -> list[CategoryValue]:
        """The categories of the menu right below, in their order."""
        return [CategoryValue(self.shelf, child) for child in self._in_menu()]

    def _in_menu(self) -> list[Node]:
        return [child for child in self.shelf.tree.children.get(self.node.id, ()) if child.include_in_menu]

    def children_count(self, _info: GraphQLResolveInfo) -> str:
        """How many categories of the menu are right below; a text, as Magento writes it."""
        return str(len(self._in_menu()))

    def product_count(self, _info: GraphQLResolveInfo) -> int:
        """How many products it lists."""
        return self.shelf.category_counts.get(self.node.id, 0)

    def breadcrumbs(self, _info: GraphQLResolveInfo) -> list[dict[str, object]] | None:
        """The categories above, from the top, without the root."""
        nodes = [self.shelf.tree.nodes[pk] for pk in self.node.above[1:]]
        return [
            {
                "category_id": node.id,
                "category_uid": uids.encode(node.id),
                "category_name": node.name,
                "category_level": node.level,
                "category_url_key": node.url_key,
                "category_url_path": node.url_path,
            }
            for node in nodes
        ] or None

    def cms_block(self, info: GraphQLResolveInfo) -> object:
        """The block that a landing category shows."""
        from galleria.shop.engine.graphql.pages import block_by_identifier

        if not self.node.landing_block:
            return None
        info.context.tag("pages")
        return block_by_identifier(self.node.landing_block)

    def products(
        self,
        info: GraphQLResolveInfo,
        pageSize: int = 20,
        currentPage: int = 1,
        sort: Mapping[str, str] | None = None,
    ) -> dict[str, object]:
        """One page of what it lists."""
        from galleria.shop.engine.graphql.catalogue_listing import Asked, products_page

        wanted = Wanted(categories=((self.node.id,),))
        asked = Asked(wanted, sort, pageSize, currentPage, in_category=self.node.id)
        return products_page(self.shelf, asked, below_category=True)


def filtered(shelf: Shelf, filters: Mapping[str, Mapping[str, object]] | None) -> list[CategoryValue]:
    """Return the categories that fit every filter: all when there is none in them, the store's root without them.

    Raises InvalidInput for a name of less than three letters.
    """
    if filters is None:
        return [CategoryValue(shelf, shelf.tree.root)] if shelf.tree.root else []
    nodes = list(shelf.tree.nodes.values())
    for name, condition in filters.items():
        if condition is not None:
            accepts = _condition(name, condition)
            nodes = [node for node in nodes if accepts(node)]
    nodes.sort(key=lambda node: (node.level, node.path))
    return [CategoryValue(shelf, node) for node in nodes]


def _condition(name: str, condition: Mapping[str, object]) -> Callable[[Node], bool]:
    if name == "name":
        return _name_condition(str(condition.get("match") or ""))
    wanted = {str(value) for value in (condition.get("in") or [])}  # type: ignore[attr-defined]
    if condition.get("eq") is not None:
        wanted = {str(condition["eq"])}
    elif "in" not in condition:
        return lambda _node: True
    readers: dict[str, Callable[[Node], str]] = {
        "ids": lambda node: str(node.id),
        "category_uid": lambda node: uids.encode(node.id),
        "parent_id": lambda node: str(node.above[-1]) if node.above else "",
        "parent_category_uid": lambda node: uids.encode(node.above[-1]) if node.above else "",
        "url_key": lambda node: node.url_key,
        "url_path": lambda node: node.url_path,
    }
    read = readers[name]
    return lambda node: read(node) in wanted


def _name_condition(match: str) -> Callable[[Node], bool]:
    wanted = match.strip().casefold()
    if len(wanted) < _SHORTEST_MATCH:
        raise InvalidInput("Invalid match filter. Minimum length is 3.")
    return lambda node: wanted in node.name.casefold()
