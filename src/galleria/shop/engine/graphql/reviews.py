"""Reviews: Oscar's, with one rating of one to five stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ariadne import MutationType, ObjectType, QueryType
from django.db import transaction
from oscar.core.loading import get_model

from galleria.shop.engine.graphql import configuration, goods, uids
from galleria.shop.engine.graphql.accounts import current_customer
from galleria.shop.engine.graphql.catalogue import product_values
from galleria.shop.engine.graphql.customers import timestamp
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity, NotAuthorized
from galleria.shop.engine.graphql.paging import page_info
from galleria.shop.engine.graphql.records.models import ReviewRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from graphql import GraphQLResolveInfo
    from oscar.apps.catalogue.reviews.abstract_models import AbstractProductReview

query = QueryType()
mutation = MutationType()
customer_type = ObjectType("Customer")

Review = get_model("reviews", "ProductReview")

RATING_NAME: Final = "Rating"
RATING_UID: Final = uids.encode(4)
"""The one rating. Magento's stock data has it as number 4, with the values 16 to 20."""

_STARS: Final = {uids.encode(15 + stars): stars for stars in range(1, 6)}


@query.field("productReviewRatingsMetadata")
def resolve_metadata(_parent: object, _info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer what a product can be rated by."""
    values = [{"value_id": uid, "value": str(stars)} for uid, stars in _STARS.items()]
    return {"items": [{"id": RATING_UID, "name": RATING_NAME, "values": values}]}


def review_value(review: AbstractProductReview) -> dict[str, object]:
    """Return the contract's ``ProductReview``. A score of nothing means no rating was given."""
    breakdown = [{"name": RATING_NAME, "value": str(review.score)}] if review.score else []
    product_id = review.product_id
    return {
        "nickname": review.name or "Guest",
        "summary": review.title,
        "text": review.body,
        "average_rating": review.score * 20,
        "ratings_breakdown": breakdown,
        "created_at": timestamp(review.date_created),
        "product": lambda info: product_values(info.context, {product_id})[product_id],
    }


def reviews_page(found: QuerySet[AbstractProductReview], page_size: int, current_page: int) -> dict[str, object]:
    """Return the contract's ``ProductReviews``. Raises InvalidInput for a page or size below one."""
    if current_page < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if page_size < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    start = (current_page - 1) * page_size
    return {
        "items": [review_value(review) for review in found[start : start + page_size]],
        "page_info": page_info(current_page, page_size, found.count()),
    }


def product_reviews(product_id: int, page_size: int, current_page: int) -> dict[str, object]:
    """Return the published reviews of a product, the newest first."""
    found = Review.objects.filter(product_id=product_id, status=Review.APPROVED).order_by("-date_created", "pk")
    return reviews_page(found, page_size, current_page)


@customer_type.field("reviews")
def resolve_customer_reviews(
    customer: dict[str, object],
    _info: GraphQLResolveInfo,
    pageSize: int = 20,
    currentPage: int = 1,
) -> dict[str, object]:
    """Answer what a customer wrote, published or not."""
    found = Review.objects.filter(record__user=customer["user"]).order_by("-date_created", "-pk")
    return reviews_page(found, pageSize, currentPage)


@mutation.field("createProductReview")
def resolve_create(
    _parent: object,
    info: GraphQLResolveInfo,
    input: dict[str, object],
) -> dict[str, object]:
    """Take a review. It waits for the merchant."""
    customer = current_customer(info.context)
    if customer is None and configuration.setting(info.context, "allow_guests_to_write_product_reviews") != "1":
        raise NotAuthorized("Guest customers aren't allowed to add product reviews.")
    product = goods.by_sku(str(input["sku"]))
    if product is None:
        raise NoSuchEntity(f'Could not find a product with SKU "{input["sku"]}"')
    nickname, summary, body = (str(input[key]).strip() for key in ("nickname", "summary", "text"))
    for label, value in (("Nickname", nickname), ("Summary", summary), ("Text", body)):
        if not value:
            raise InvalidInput(f"{label} is required. Enter and try again.")
    written = customer is not None and Review.objects.filter(product_id=product.id, user=customer).exists()
    review = Review(
        product_id=product.id,
        user=None if written else customer,
        email=customer.email if customer is not None else "",
        name=nickname[:255],
        title=summary[:255],
        body=body[:10_000],
        score=_score(input["ratings"]),  # type: ignore[arg-type]
        status=Review.FOR_MODERATION,
    )
    with transaction.atomic():
        review.save()
        if customer is not None:
            ReviewRecord.objects.create(review=review, user=customer)
    return {"review": review_value(review)}


def _score(ratings: list[Mapping[str, object]]) -> int:
    score = 0
    for rating in ratings:
        stars = _STARS.get(str(rating["value_id"]))
        if str(rating["id"]) != RATING_UID or stars is None:
            raise InvalidInput("Rating option ID or value ID is incorrect.")
        score = stars
    return score


BINDABLES = (query, mutation, customer_type)
