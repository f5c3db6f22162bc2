"""Home, search, and every address that the catalogue gives out: categories, products, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from galleria.shop.storefront.data.catalogue import Kind, Target
from galleria.shop.storefront.pages import lists
from galleria.shop.storefront.pages.addresses import ListAddress, read_narrowing, read_search, read_sort, split_page
from galleria.shop.storefront.pages.home import home_page
from galleria.shop.storefront.pages.products import product_page
from galleria.shop.storefront.routes import content
from galleria.shop.storefront.routes.answering import problem

if TYPE_CHECKING:
    from starlette.responses import Response

    from galleria.shop.storefront.routes.visit import Visit

_LONGEST_PATH: Final = 300
_MOST_PAGES: Final = 100_000


async def home(visit: Visit) -> Response:
    """The first page."""
    return await visit.draw("home.html", page=await home_page(visit.services.catalogue, visit.services.contents))


async def search(visit: Visit) -> Response:
    """What a search finds."""
    path, number = split_page(visit.path)
    if (moved := await _one_address(visit, path, number)) is not None:
        return moved
    address = _address(visit, "/search", "", number, read_search(visit.param("q")))
    page = await lists.search_page(visit.services.catalogue, address)
    return await visit.draw("list.html", page=page) if page else await problem(visit, 404)


async def anything(visit: Visit) -> Response:
    """Whatever the catalogue has under this address."""
    path, number = split_page(visit.path)
    if (moved := await _one_address(visit, path, number)) is not None:
        return moved
    target = await _resolve(visit, path.strip("/"), number)
    if target is None:
        return await problem(visit, 404)
    if target.kind is Kind.MOVED:
        query = visit.request.url.query
        return visit.go(target.name + (f"?{query}" if query else ""), 308)
    if target.kind is Kind.CATEGORY:
        return await _category(visit, target.name, number)
    if target.kind is Kind.PRODUCT and number == 1:
        return await _product(visit, target.name)
    if target.kind is Kind.PAGE and number == 1:
        return await content.page(visit, target.name)
    return await problem(visit, 404)


async def _resolve(visit: Visit, path: str, number: int) -> Target | None:
    """Find what an address means. ``/tops/page/2`` belongs to ``/tops`` with the suffix that categories have here."""
    if not path or len(path) > _LONGEST_PATH:
        return None
    if number > 1:
        path += (await visit.services.catalogue.shop()).category_suffix
    return await visit.services.catalogue.resolve(path)


async def _category(visit: Visit, uid: str, number: int) -> Response:
    catalogue = visit.services.catalogue
    category = await catalogue.category(uid)
    if category is None:
        return await problem(visit, 404)
    suffix = (await catalogue.shop()).category_suffix
    page = await lists.category_page(catalogue, category, _address(visit, category.path, suffix, number, None))
    return await visit.draw("list.html", page=page) if page else await problem(visit, 404)


async def _product(visit: Visit, key: str) -> Response:
    page = await product_page(visit.services.catalogue, key, visit.request.query_params)
    return await visit.draw("product.html", page=page) if page else await problem(visit, 404)


def _address(visit: Visit, path: str, suffix: str, number: int, search: str | None) -> ListAddress:
    return ListAddress(
        path=path,
        suffix=suffix,
        search=search,
        narrowed=read_narrowing(visit.request.query_params.multi_items()),
        sort=read_sort(visit.param("sort")),
        page=number,
    )


async def _one_address(visit: Visit, path: str, number: int) -> Response | None:
    """Every page of a list has one address: ``?page=2`` and ``/page/1`` are elsewhere."""
    asked = visit.param("page")
    if asked is None and not (visit.path.endswith("/page/1") and number == 1):
        return None
    rest = [(key, value) for key, value in visit.request.query_params.multi_items() if key != "page"]
    wanted = int(asked) if asked is not None and asked.isdecimal() and 1 < int(asked) < _MOST_PAGES else 1
    suffix = (await visit.services.catalogue.shop()).category_suffix
    if wanted == 1 and number == 1 and asked is None and path != "/search":
        path += suffix
    moved = ListAddress(path=path, suffix=suffix if path.endswith(suffix) else "", page=wanted).text()
    return visit.go(f"{moved}?{urlencode(rest)}" if rest else moved, 308)
