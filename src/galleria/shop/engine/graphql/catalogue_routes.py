"""Addresses of the shop: what a path leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.contrib.flatpages.models import FlatPage

from galleria.shop.engine.graphql import configuration, uids
from galleria.shop.engine.graphql.catalogue_categories import CategoryValue
from galleria.shop.engine.graphql.catalogue_products import ProductValue
from galleria.shop.engine.graphql.catalogue_shelf import URL_SUFFIX
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.graphql.pages import page_by_identifier, page_value
from galleria.shop.engine.shelf.models import Visibility
from galleria.shop.engine.shelf.reading import Batch, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from galleria.shop.engine.graphql.catalogue_shelf import Node, Shelf
    from galleria.shop.engine.shelf.reading import Row

_LONGEST_NUMBER: Final = 18


@dataclass(frozen=True, slots=True)
class Destination:
    """What an address leads to. ``code`` is 301 when the address is spelt differently, else 0."""

    id: int
    type: str
    relative_url: str
    canonical: str
    code: int
    value: object


def follow(shelf: Shelf, url: str) -> Destination | None:
    """Return what ``url`` leads to, None when nothing is there. Raises InvalidInput for an empty one."""
    if not url.strip():
        raise InvalidInput('"url" argument should be specified and not empty')
    path, query = _parts(url)
    wanted = path.strip("/")
    if not wanted:
        return _page(shelf, str(configuration.setting(shelf.context, "cms_home_page")))
    found = _entity(shelf, wanted)
    moved = path.endswith("/")
    if found is None:
        found, moved = _entity(shelf, wanted.lower()), True
    if found is None:
        found, moved = _internal(shelf, wanted), False
    if found is None:
        return None
    return _addressed(found, f"{found.canonical}{f'?{query}' if query else ''}", 301 if moved else 0)


def _parts(url: str) -> tuple[str, str]:
    """Return path and query of an address, whole or not."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    return parts.path, parts.query


def _internal(shelf: Shelf, path: str) -> Destination | None:
    """Return what an address without a name leads to: the number of a product, a category or a page stands in it."""
    start, _, number = path.rpartition("/")
    if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        return None
    match start:
        case "catalog/product/view/id":
            return _shown_product(shelf, read_rows(pk=int(number), is_public=True))
        case "catalog/category/view/id":
            node = shelf.tree.nodes.get(int(number))
            return None if node is None or node.level < 2 else _category(shelf, node)
        case "cms/page/view/page_id":
            page = FlatPage.objects.filter(pk=int(number)).first()
            return None if page is None else _page(shelf, page.url.strip("/"))
        case _:
            return None


def _addressed(found: Destination, relative_url: str, code: int) -> Destination:
    value = found.value
    if isinstance(value, dict):
        value = {**value, "relative_url": relative_url, "redirect_code": code}
    else:
        value.relative_url, value.redirect_code = relative_url, code  # type: ignore[attr-defined]
    return Destination(found.id, found.type, relative_url, found.canonical, code, value)


def _entity(shelf: Shelf, path: str) -> Destination | None:
    if not path.endswith(URL_SUFFIX):
        return _page(shelf, path)
    bare = path.removesuffix(URL_SUFFIX)
    node = shelf.tree.by_url_path(bare)
    if node is not None:
        return _category(shelf, node)
    above, _, key = bare.rpartition("/")
    found = _shown_product(shelf, [row for row in read_rows(slug=key, is_public=True) if row.url_key == key])
    if found is None or not above:
        return found
    category = shelf.tree.by_url_path(above)
    if category is None or not _lists(shelf, category, found.value.batch.categories.get(found.id, ())):  # type: ignore[attr-defined]
        return None
    return Destination(found.id, "PRODUCT", path, path, 0, found.value)


def _category(shelf: Shelf, node: Node) -> Destination:
    path = f"{node.url_path}{URL_SUFFIX}"
    return Destination(node.id, "CATEGORY", path, path, 0, CategoryValue(shelf, node))


def _lists(shelf: Shelf, category: Node, own: Iterable[int]) -> bool:
    """Say whether a product of these categories has an address below ``category``: it is one, or shows one's goods."""
    nodes = [node for pk in own if (node := shelf.tree.nodes.get(pk)) is not None]
    return any(node.id == category.id or (category.is_anchor and category.id in node.above) for node in nodes)


def _shown_product(shelf: Shelf, rows: list[Row]) -> Destination | None:
    shown = [row for row in rows if row.visibility != Visibility.NOWHERE]
    if not shown:
        return None
    value = ProductValue(shelf, Batch(shown[:1]), shown[0])
    path = f"{shown[0].url_key}{URL_SUFFIX}"
    return Destination(shown[0].id, "PRODUCT", path, path, 0, value)


def _page(shelf: Shelf, identifier: str) -> Destination | None:
    shelf.context.tag("pages")
    page = page_by_identifier(identifier)
    if page is None or page.url.strip("/") != identifier:
        return None
    value = page_value(page)
    return Destination(int(page.pk), "CMS_PAGE", identifier, identifier, 0, value)


def entity_url(found: Destination) -> dict[str, object]:
    """Return the contract's ``EntityUrl``."""
    return {
        "id": found.id,
        "entity_uid": uids.encode(found.id),
        "type": found.type,
        "relative_url": found.relative_url,
        "canonical_url": found.relative_url,  # with the query string, as Magento has it
        "redirectCode": found.code,
    }
