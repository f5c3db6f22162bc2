"""The catalogue's part of the contract: products, categories, addresses, attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ariadne import ObjectType, QueryType

from galleria.shop.engine.graphql import catalogue_attributes as attributes
from galleria.shop.engine.graphql import catalogue_categories as categories
from galleria.shop.engine.graphql import catalogue_routes as routes
from galleria.shop.engine.graphql.catalogue_categories import CategoryValue
from galleria.shop.engine.graphql.catalogue_facets import aggregations, layer_filters
from galleria.shop.engine.graphql.catalogue_listing import Asked, products_page, read_wanted
from galleria.shop.engine.graphql.catalogue_products import ProductValue
from galleria.shop.engine.graphql.catalogue_shelf import shelf_of
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity
from galleria.shop.engine.graphql.paging import page_info, total_pages
from galleria.shop.engine.shelf.reading import Batch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.catalogue_listing import Filters
    from galleria.shop.engine.graphql.context import RequestContext

query = QueryType()
products_type = ObjectType("Products")

_SORTS: Final = (("Position", "position"), ("Product Name", "name"), ("Price", "price"))


def product_values(context: RequestContext, ids: Collection[int]) -> dict[int, ProductValue]:
    """Return products by their number as the contract shows them, all read together."""
    shelf = shelf_of(context)
    batch = Batch.of_ids(sorted(ids))
    return {row.id: ProductValue(shelf, batch, row) for row in batch.rows.values()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What products are compared by, and each product's values."""

    attributes: list[dict[str, object]]
    values: dict[int, list[dict[str, object]]]


def comparable(context: RequestContext, ids: Sequence[int]) -> Comparison:
    """Return the attributes that at least one of the products has, after sku and description."""
    shelf = shelf_of(context)
    batch = Batch.of_ids(list(ids))
    found: dict[int, dict[str, str]] = {}
    for row in batch.rows.values():
        texts = batch.texts[row.id]
        own = {"sku": row.sku, "description": texts.description}
        for item in attributes.custom_values(shelf, batch.values.get(row.id), None)["items"]:  # type: ignore[attr-defined]
            labels = ", ".join(option["label"] for option in item.get("selected_options", ()))
            own[item["code"]] = labels or str(item.get("value", ""))
        found[row.id] = own
    codes = ["sku", "description", *(c for c in shelf.attributes if any(c in own for own in found.values()))]
    names = {"sku": "SKU", "description": "Description", **{a.code: a.label for a in shelf.attributes.values()}}
    return Comparison(
        [{"code": code, "label": names[code]} for code in codes],
        {pk: [{"code": code, "value": own.get(code, "N/A")} for code in codes] for pk, own in found.items()},
    )


@query.field("products")
def resolve_products(
    _parent: object,
    info: GraphQLResolveInfo,
    search: str | None = None,
    filter: Filters | None = None,
    pageSize: int = 20,
    currentPage: int = 1,
    sort: dict[str, str] | None = None,
) -> dict[str, object]:
    """Answer a search or a filtered list."""
    if search is None and filter is None:
        raise InvalidInput("'search' or 'filter' input argument is required.")
    shelf = shelf_of(info.context)
    wanted, category = read_wanted(shelf, search, filter)
    page = products_page(shelf, Asked(wanted, sort, pageSize, currentPage, in_category=category))
    return {
        **page,
        "wanted": wanted,
        "category": category,
        "suggestions": [],
        "sort_fields": {
            "default": "position",
            "options": [{"label": label, "value": value} for label, value in _SORTS],
        },
    }


@products_type.field("aggregations")
def resolve_aggregations(
    products: dict[str, object],
    info: GraphQLResolveInfo,
    filter: dict[str, dict[str, bool]] | None = None,
) -> list[dict[str, object]]:
    """Answer how the list divides."""
    direct = ((filter or {}).get("category") or {}).get("includeDirectChildrenOnly")
    children_of = products["category"] if direct else None
    return aggregations(shelf_of(info.context), products["wanted"], children_of=children_of)  # type: ignore[arg-type]


@products_type.field("filters")
def resolve_filters(products: dict[str, object], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer how the list divides, in the contract's older words."""
    return layer_filters(aggregations(shelf_of(info.context), products["wanted"]))  # type: ignore[arg-type]


@query.field("categories")
def resolve_categories(
    _parent: object,
    info: GraphQLResolveInfo,
    filters: Filters | None = None,
    pageSize: int = 20,
    currentPage: int = 1,
) -> dict[str, object]:
    """Answer one page of categories."""
    found, page = _category_page(info, filters, pageSize, currentPage)
    return {"items": page, "total_count": len(found), "page_info": page_info(currentPage, pageSize, len(found))}


@query.field("categoryList")
def resolve_category_list(
    _parent: object,
    info: GraphQLResolveInfo,
    filters: Filters | None = None,
    pageSize: int = 20,
    currentPage: int = 1,
) -> list[CategoryValue]:
    """Answer one page of categories as a plain list."""
    return _category_page(info, filters, pageSize, currentPage)[1]


@query.field("category")
def resolve_category(_parent: object, info: GraphQLResolveInfo, id: int | None = None) -> CategoryValue:
    """Answer one category, the root without an id."""
    shelf = shelf_of(info.context)
    node = shelf.tree.nodes.get(id) if id else shelf.tree.root
    if node is None:
        raise NoSuchEntity("Category doesn't exist")
    return CategoryValue(shelf, node)


@query.field("route")
def resolve_route(_parent: object, info: GraphQLResolveInfo, url: str) -> object:
    """Answer what an address leads to."""
    found = routes.follow(shelf_of(info.context), url)
    return None if found is None else found.value


@query.field("urlResolver")
def resolve_url(_parent: object, info: GraphQLResolveInfo, url: str) -> dict[str, object] | None:
    """Answer what an address leads to, in the contract's older words."""
    found = routes.follow(shelf_of(info.context), url)
    return None if found is None else routes.entity_url(found)


@query.field("customAttributeMetadata")
def resolve_metadata(_parent: object, info: GraphQLResolveInfo, **given: object) -> dict[str, object]:
    """Answer what attributes are, in the contract's older words."""
    return attributes.metadata(shelf_of(info.context), given["attributes"])  # type: ignore[arg-type]


@query.field("customAttributeMetadataV2")
def resolve_metadata_v2(_parent: object, info: GraphQLResolveInfo, **given: object) -> dict[str, object]:
    """Answer what attributes are."""
    if not given.get("attributes"):
        raise InvalidInput('Required parameter "attributes" of type array.')
    return attributes.metadata_v2(shelf_of(info.context), given.get("attributes"))  # type: ignore[arg-type]


@query.field("attributesList")
def resolve_attributes_list(
    _parent: object, info: GraphQLResolveInfo, entityType: str, filters: dict[str, bool] | None = None
) -> dict[str, object]:
    """Answer every attribute of an entity type."""
    return attributes.listed(shelf_of(info.context), entityType, filters)


def _category_page(
    info: GraphQLResolveInfo, filters: Filters | None, page_size: int, current_page: int
) -> tuple[list[CategoryValue], list[CategoryValue]]:
    if current_page < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if page_size < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    found = categories.filtered(shelf_of(info.context), filters)
    pages = total_pages(page_size, len(found))
    if found and current_page > pages:
        raise InvalidInput(f"currentPage value {current_page} specified is greater than the {pages} page(s) available.")
    start = (current_page - 1) * page_size
    return found, found[start : start + page_size]


BINDABLES = (query, products_type)
