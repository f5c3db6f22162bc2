"""Wish lists: Oscar's, with what Magento knows beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ariadne import MutationType, ObjectType, QueryType
from django.db import transaction
from oscar.core.loading import get_model

from galleria.shop.engine.graphql import adding, carts, goods
from galleria.shop.engine.graphql.accounts import require_customer
from galleria.shop.engine.graphql.adding import LineRefused, Wish
from galleria.shop.engine.graphql.customers import timestamp
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.graphql.paging import page_info
from galleria.shop.engine.graphql.records.models import WishlistLineRecord, WishlistRecord
from galleria.shop.engine.graphql.wishlist_items import item_values, old_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AbstractUser
    from graphql import GraphQLResolveInfo
    from oscar.apps.wishlists.abstract_models import AbstractLine, AbstractWishList

query = QueryType()
mutation = MutationType()
customer_type = ObjectType("Customer")
wishlist_type = ObjectType("Wishlist")

WishList = get_model("wishlists", "WishList")
Line = get_model("wishlists", "Line")

_NOT_SIGNED_IN: Final = "The current user cannot perform operations on wishlist"
_DEFAULT_NAME: Final = "Wish List"


def default_list(user: AbstractUser) -> AbstractWishList:
    """Return a customer's first wish list, made when there is none."""
    found = WishList.objects.filter(owner=user).order_by("pk").first()
    return found if found is not None else _create(user, _DEFAULT_NAME, "PRIVATE")


def _create(user: AbstractUser, name: str, visibility: str) -> AbstractWishList:
    with transaction.atomic():
        made = WishList.objects.create(owner=user, name=name, visibility=_kept_visibility(visibility))
        WishlistRecord.objects.create(wishlist=made, sharing_code=carts.new_masked_id())
    return made


def _record(wishlist: AbstractWishList) -> WishlistRecord:
    record, _ = WishlistRecord.objects.get_or_create(
        wishlist=wishlist, defaults={"sharing_code": carts.new_masked_id()}
    )
    return record


def _kept_visibility(given: str) -> str:
    return str(WishList.PUBLIC if given == "PUBLIC" else WishList.PRIVATE)


def _own(user: AbstractUser, number: object) -> AbstractWishList:
    """Return a customer's wish list. Raises InvalidInput when there is none of this number, or it is another's."""
    text = str(number)
    found = WishList.objects.filter(owner=user, pk=int(text)).first() if text.isdigit() else None
    if found is None and text in ("", "0"):
        return default_list(user)
    if found is None:
        raise InvalidInput("The wishlist was not found.")
    return found


def _lines(wishlist: AbstractWishList) -> list[AbstractLine]:
    return list(Line.objects.filter(wishlist=wishlist).select_related("record", "product").order_by("pk"))


def wishlist_value(wishlist: AbstractWishList) -> dict[str, object]:
    """Return the contract's ``Wishlist``."""
    record = _record(wishlist)
    return {
        "wishlist": wishlist,
        "id": str(wishlist.pk),
        "name": wishlist.name,
        "visibility": "PUBLIC" if wishlist.visibility == WishList.PUBLIC else "PRIVATE",
        "sharing_code": record.sharing_code,
        "updated_at": timestamp(record.updated_at),
    }


@query.field("wishlist")
def resolve_wishlist(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer the older ``wishlist``."""
    found = default_list(require_customer(info.context, _NOT_SIGNED_IN))
    lines = _lines(found)
    return {
        **wishlist_value(found),
        "items_count": len(lines),
        "items": lambda _info: old_items(lines, info),
    }


@customer_type.field("wishlist")
def resolve_customer_wishlist(customer: dict[str, AbstractUser], _info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer a customer's wish list."""
    return wishlist_value(default_list(customer["user"]))


@customer_type.field("wishlist_v2")
def resolve_wishlist_v2(
    customer: dict[str, AbstractUser],
    _info: GraphQLResolveInfo,
    id: str,
) -> dict[str, object] | None:
    """Answer one of a customer's wish lists."""
    found = WishList.objects.filter(owner=customer["user"], pk=int(id)).first() if str(id).isdigit() else None
    return None if found is None else wishlist_value(found)


@customer_type.field("wishlists")
def resolve_wishlists(
    customer: dict[str, AbstractUser],
    _info: GraphQLResolveInfo,
    pageSize: int = 20,
    currentPage: int = 1,
) -> list[dict[str, object]]:
    """Answer a page of a customer's wish lists."""
    default_list(customer["user"])
    start = (max(currentPage, 1) - 1) * max(pageSize, 1)
    found = WishList.objects.filter(owner=customer["user"]).order_by("pk")[start : start + max(pageSize, 1)]
    return [wishlist_value(wishlist) for wishlist in found]


@wishlist_type.field("items_count")
def resolve_items_count(value: dict[str, object], _info: GraphQLResolveInfo) -> int:
    """Answer how many wishes there are."""
    return int(Line.objects.filter(wishlist=value["wishlist"]).count())


@wishlist_type.field("items_v2")
def resolve_items(
    value: dict[str, AbstractWishList],
    info: GraphQLResolveInfo,
    currentPage: int = 1,
    pageSize: int = 20,
) -> dict[str, object]:
    """Answer a page of the wishes."""
    if currentPage < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if pageSize < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    lines = _lines(value["wishlist"])
    start = (currentPage - 1) * pageSize
    return {
        "items": item_values(lines[start : start + pageSize], info),
        "page_info": page_info(currentPage, pageSize, len(lines), least=1),
    }


@wishlist_type.field("items")
def resolveold_items(value: dict[str, AbstractWishList], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer the wishes, the older way."""
    return old_items(_lines(value["wishlist"]), info)


# Changing


@mutation.field("addProductsToWishlist")
def resolve_add(
    _parent: object,
    info: GraphQLResolveInfo,
    wishlistId: str,
    wishlistItems: list[dict[str, object]],
) -> dict[str, object]:
    """Add wishes. The same product again sets its quantity, as in Magento."""
    wishlist = _own(require_customer(info.context, _NOT_SIGNED_IN), wishlistId)
    problems = [p for p in (_add(wishlist, _wish(item)) for item in wishlistItems) if p is not None]
    _touch(wishlist)
    return {"wishlist": wishlist_value(wishlist), "user_errors": problems}


def _wish(item: Mapping[str, object]) -> Wish:
    """Return what is wished for: of a variant with its parent's sku the parent, as in Magento."""
    return Wish.of({**item, "sku": item.get("parent_sku") or item["sku"]})


def _add(wishlist: AbstractWishList, wish: Wish) -> dict[str, object] | None:
    named = goods.by_sku(wish.sku)
    if named is None:
        return _problem("PRODUCT_NOT_FOUND", f'Could not find a product with SKU "{wish.sku}"')
    if wish.quantity == 0:
        return _problem("UNDEFINED", "The quantity of a wish list item cannot be 0")
    with transaction.atomic():
        line, _ = Line.objects.update_or_create(
            wishlist=wishlist,
            product_id=named.id,
            defaults={"quantity": max(1, int(wish.quantity)), "title": named.name},
        )
        WishlistLineRecord.objects.update_or_create(line=line, defaults={"selected": list(wish.selected)})
    return None


def _problem(code: str, message: str) -> dict[str, object]:
    return {"code": code, "message": message}


def _touch(wishlist: AbstractWishList) -> None:
    _record(wishlist).save()


@mutation.field("removeProductsFromWishlist")
def resolve_remove(
    _parent: object,
    info: GraphQLResolveInfo,
    wishlistId: str,
    wishlistItemsIds: list[str],
) -> dict[str, object]:
    """Take wishes off."""
    wishlist = _own(require_customer(info.context, _NOT_SIGNED_IN), wishlistId)
    problems: list[dict[str, object]] = []
    for number in wishlistItemsIds:
        line = _line(wishlist, number)
        if line is None:
            problems.append(_foreign(number))
        else:
            line.delete()
    _touch(wishlist)
    return {"wishlist": wishlist_value(wishlist), "user_errors": problems}


def _line(wishlist: AbstractWishList, number: object) -> AbstractLine | None:
    text = str(number)
    return Line.objects.filter(wishlist=wishlist, pk=int(text)).first() if text.isdigit() else None


def _foreign(number: object) -> dict[str, object]:
    return _problem("UNDEFINED", f'The wishlist item with ID "{number}" does not belong to the wishlist')


@mutation.field("updateProductsInWishlist")
def resolve_update(
    _parent: object,
    info: GraphQLResolveInfo,
    wishlistId: str,
    wishlistItems: list[dict[str, object]],
) -> dict[str, object]:
    """Change quantity, words or options of wishes."""
    wishlist = _own(require_customer(info.context, _NOT_SIGNED_IN), wishlistId)
    problems: list[dict[str, object]] = []
    for item in wishlistItems:
        line = _line(wishlist, item["wishlist_item_id"])
        if line is None:
            problems.append(_foreign(item["wishlist_item_id"]))
            continue
        _change(line, item)
    _touch(wishlist)
    return {"wishlist": wishlist_value(wishlist), "user_errors": problems}


def _change(line: AbstractLine, item: Mapping[str, object]) -> None:
    record, _ = WishlistLineRecord.objects.get_or_create(line=line)
    if item.get("quantity") is not None:
        line.quantity = max(1, int(float(str(item["quantity"]))))
        line.save(update_fields=["quantity"])
    if item.get("description") is not None:
        record.description = str(item["description"])[:2000]
    if item.get("selected_options"):
        record.selected = [str(uid) for uid in item["selected_options"] if uid]  # type: ignore[attr-defined]
    record.save()


@mutation.field("addWishlistItemsToCart")
def resolve_add_to_cart(
    _parent: object,
    info: GraphQLResolveInfo,
    wishlistId: str,
    wishlistItemIds: list[str] | None = None,
) -> dict[str, object]:
    """Put wishes (all without ids) into the customer's cart; what went in leaves the list."""
    customer = require_customer(info.context, _NOT_SIGNED_IN)
    if not wishlistId:
        raise InvalidInput('"wishlistId" value should be specified')
    wishlist = _own(customer, wishlistId)
    wanted = [str(number) for number in wishlistItemIds or ()]
    lines = [line for line in _lines(wishlist) if not wanted or str(line.pk) in wanted]
    unknown = [number for number in wanted if number not in {str(line.pk) for line in lines}]
    if unknown:
        raise InvalidInput(f'The wishlist item ids "{",".join(unknown)}" were not found.')
    cart = carts.create(customer)
    problems: list[dict[str, object]] = []
    with transaction.atomic():
        carts.lock(cart)
        for line in lines:
            selected = tuple(getattr(getattr(line, "record", None), "selected", ()))
            try:
                adding.add(cart, Wish(str(line.product.upc), line.quantity, selected))
            except LineRefused as refusal:
                problem = _problem(refusal.problem.value, refusal.message)
                problems.append({**problem, "wishlistId": str(wishlist.pk), "wishlistItemId": str(line.pk)})
            else:
                line.delete()
    _touch(wishlist)
    return {
        "wishlist": wishlist_value(wishlist),
        "status": not problems,
        "add_wishlist_items_to_cart_user_errors": problems,
    }


# Lists


@mutation.field("createWishlist")
def resolve_create(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Make another wish list."""
    user = require_customer(info.context, _NOT_SIGNED_IN)
    name = str(input["name"]).strip()[:255]
    if not name:
        raise InvalidInput("Wish list name is required.")
    if WishList.objects.filter(owner=user, name=name).exists():
        raise InvalidInput(f'Wish list "{name}" already exists.')
    return {"wishlist": wishlist_value(_create(user, name, str(input["visibility"])))}


@mutation.field("updateWishlist")
def resolve_update_list(
    _parent: object,
    info: GraphQLResolveInfo,
    wishlistId: str,
    name: str | None = None,
    visibility: str | None = None,
) -> dict[str, object]:
    """Rename a wish list or show it to others."""
    wishlist = _own(require_customer(info.context, _NOT_SIGNED_IN), wishlistId)
    if name is not None and name.strip():
        wishlist.name = name.strip()[:255]
    if visibility is not None:
        wishlist.visibility = _kept_visibility(visibility)
    wishlist.save()
    value = wishlist_value(wishlist)
    return {"uid": value["id"], "name": value["name"], "visibility": value["visibility"]}


@mutation.field("deleteWishlist")
def resolve_delete(
    _parent: object,
    info: GraphQLResolveInfo,
    wishlistId: str,
) -> dict[str, object]:
    """Delete a wish list, but not the first."""
    user = require_customer(info.context, _NOT_SIGNED_IN)
    wishlist = _own(user, wishlistId)
    if wishlist.pk == default_list(user).pk:
        raise InvalidInput("The default wish list can't be deleted.")
    wishlist.delete()
    return {
        "status": True,
        "wishlists": [wishlist_value(w) for w in WishList.objects.filter(owner=user).order_by("pk")],
    }


BINDABLES = (query, mutation, customer_type, wishlist_type)
