"""Addresses of the shop: what a path leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from galleria.shop.engine.graphql import configuration, uids
from galleria.shop.engine.graphql.catalogue_categories import CategoryValue
from galleria.shop.engine.graphql.catalogue_products import ProductValue
from galleria.shop.engine.graphql.catalogue_shelf import URL_SUFFIX
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.graphql.pages import page_by_identifier, page_value
from galleria.shop.engine.shelf.models import Visibility
from galleria.shop.engine.shelf.reading import Batch, read_rows

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.catalogue_shelf import Shelf


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
    if not url:
        raise InvalidInput('"url" argument should be specified and not empty')
    path, mark, query = url.partition("?")
    wanted = path.strip("/")
    if not wanted:
        return _page(shelf, str(configuration.setting(shelf.context, "cms_home_page")))
    found = _entity(shelf, wanted)
    lowered = wanted.lower()
    moved = found is None and lowered != wanted
    if moved:
        found = _entity(shelf, lowered)
    if found is None:
        return None
    return _addressed(found, f"{found.canonical}{mark}{query}", 301 if moved else 0)


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
        return Destination(node.id, "CATEGORY", path, path, 0, CategoryValue(shelf, node))
    above, _, key = bare.rpartition("/")
    if above and shelf.tree.by_url_path(above) is None:
        return None
    return _product(shelf, key, path)


def _product(shelf: Shelf, key: str, path: str) -> Destination | None:
    rows = [r for r in read_rows(slug=key, is_public=True) if r.visibility != Visibility.NOWHERE and r.url_key == key]
    if not rows:
        return None
    value = ProductValue(shelf, Batch(rows[:1]), rows[0])
    return Destination(rows[0].id, "PRODUCT", path, path, 0, value)


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
