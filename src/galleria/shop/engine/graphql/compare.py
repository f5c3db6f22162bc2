"""Compare lists, of guests and customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ariadne import MutationType, ObjectType, QueryType

from galleria.shop.engine.graphql import carts
from galleria.shop.engine.graphql.accounts import current_customer
from galleria.shop.engine.graphql.catalogue import comparable, product_values
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.graphql.goods import by_ids
from galleria.shop.engine.graphql.records.models import CompareList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AbstractUser
    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.context import RequestContext

query = QueryType()
mutation = MutationType()
customer_type = ObjectType("Customer")
list_type = ObjectType("CompareList")

MAX_PRODUCTS = 100


def _find(context: RequestContext, uid: str) -> CompareList | None:
    """Return a list that the one who asks may see. Raises InvalidInput for another customer's, as Magento does."""
    found = CompareList.objects.filter(pk=uid).first()
    if found is not None and found.user_id is not None:
        customer = current_customer(context)
        if customer is None or customer.pk != found.user_id:
            raise InvalidInput("This customer is not authorized to access this list")
    return found


def _known(context: RequestContext, uid: str) -> CompareList:
    """Return a list to change. Raises InvalidInput when there is none."""
    if not uid:
        raise InvalidInput('"uid" value must be specified.')
    found = _find(context, uid)
    if found is None:
        raise InvalidInput('"uid" value does not exist')
    return found


def _numbers(products: Iterable[object]) -> list[int]:
    return [int(str(p)) for p in products if str(p).isdigit() and len(str(p)) < 19]


def _add(kept: CompareList, products: Iterable[object]) -> CompareList:
    """Add what there is; unknown products are passed over without a word, as in Magento."""
    wanted = _numbers(products)
    known = by_ids(set(wanted))
    fresh = [n for n in dict.fromkeys(wanted) if n in known and n not in kept.product_ids]
    kept.product_ids = [*kept.product_ids, *fresh][:MAX_PRODUCTS]
    kept.save()
    return kept


def compare_value(kept: CompareList) -> dict[str, object]:
    """Return the contract's ``CompareList``."""
    return {"kept": kept, "uid": kept.uid, "item_count": len(kept.product_ids)}


@query.field("compareList")
def resolve_compare_list(_parent: object, info: GraphQLResolveInfo, uid: str) -> dict[str, object] | None:
    """Answer a list, null when there is none."""
    if not uid:
        raise InvalidInput('"uid" value must be specified')
    found = _find(info.context, uid)
    return None if found is None else compare_value(found)


@customer_type.field("compare_list")
def resolve_customer_list(customer: dict[str, AbstractUser], _info: GraphQLResolveInfo) -> dict[str, object] | None:
    """Answer a customer's list, null when there is none."""
    found = CompareList.objects.filter(user=customer["user"]).first()
    return None if found is None else compare_value(found)


@mutation.field("createCompareList")
def resolve_create(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object] | None = None,
) -> dict[str, object]:
    """Make a list (a customer has one) and put products on it."""
    customer = current_customer(info.context)
    kept = CompareList.objects.filter(user=customer).first() if customer is not None else None
    if kept is None:
        kept = CompareList(uid=carts.new_masked_id(), user=customer)
    products: Iterable[object] = (input or {}).get("products") or ()  # type: ignore[assignment]
    return compare_value(_add(kept, products))


@mutation.field("addProductsToCompareList")
def resolve_add(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Put products on a list."""
    products: Iterable[object] = input["products"]  # type: ignore[assignment]
    return compare_value(_add(_known(info.context, str(input["uid"])), products))


@mutation.field("removeProductsFromCompareList")
def resolve_remove(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Take products off a list."""
    kept = _known(info.context, str(input["uid"]))
    gone = set(_numbers(input["products"]))  # type: ignore[arg-type]
    kept.product_ids = [n for n in kept.product_ids if n not in gone]
    kept.save()
    return compare_value(kept)


@mutation.field("deleteCompareList")
def resolve_delete(_parent: object, info: GraphQLResolveInfo, uid: str) -> dict[str, object]:
    """Delete a list."""
    if not uid:
        raise InvalidInput('"uid" value must be specified.')
    kept = _find(info.context, uid)
    if kept is not None:
        kept.delete()
    return {"result": kept is not None}


@mutation.field("assignCompareListToCustomer")
def resolve_assign(_parent: object, info: GraphQLResolveInfo, uid: str) -> dict[str, object]:
    """Make a guest's list the customer's; products of both stay."""
    if not uid:
        raise InvalidInput('"uid" value must be specified')
    customer = current_customer(info.context)
    if customer is None:
        raise InvalidInput("Customer must be logged")
    kept = _find(info.context, uid)
    if kept is None:
        return {"result": False, "compare_list": None}
    own = CompareList.objects.filter(user=customer).exclude(pk=kept.pk).first()
    if own is not None:
        _add(own, kept.product_ids)
        kept.delete()
        kept = own
    else:
        kept.user = customer
        kept.save()
    return {"result": True, "compare_list": compare_value(kept)}


@list_type.field("attributes")
def resolve_attributes(value: dict[str, CompareList], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer what the products are compared by."""
    numbers = value["kept"].product_ids
    return comparable(info.context, numbers).attributes if numbers else []


@list_type.field("items")
def resolve_items(value: dict[str, CompareList], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer the products with their values; the uid is the product's plain number, as in Magento."""
    numbers = value["kept"].product_ids
    products = product_values(info.context, set(numbers))
    values = comparable(info.context, numbers).values
    return [{"uid": str(n), "product": products[n], "attributes": values.get(n, [])} for n in numbers if n in products]


BINDABLES = (query, mutation, customer_type, list_type)
