from pydantic import Field

from .base_model import BaseModel


class WriteReview(BaseModel):
    create_product_review: "WriteReviewCreateProductReview" = Field(
        alias="createProductReview"
    )


class WriteReviewCreateProductReview(BaseModel):
    review: "WriteReviewCreateProductReviewReview"


class WriteReviewCreateProductReviewReview(BaseModel):
    summary: str
