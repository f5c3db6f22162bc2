from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class RatingKinds(BaseModel):
    product_review_ratings_metadata: "RatingKindsProductReviewRatingsMetadata" = Field(
        alias="productReviewRatingsMetadata"
    )


class RatingKindsProductReviewRatingsMetadata(BaseModel):
    items: list[Optional["RatingKindsProductReviewRatingsMetadataItems"]]


class RatingKindsProductReviewRatingsMetadataItems(BaseModel):
    id: str
    name: str
    values: list[Optional["RatingKindsProductReviewRatingsMetadataItemsValues"]]


class RatingKindsProductReviewRatingsMetadataItemsValues(BaseModel):
    value: str
    value_id: str
