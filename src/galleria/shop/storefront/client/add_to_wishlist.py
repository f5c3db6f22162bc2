from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class AddToWishlist(BaseModel):
    add_products_to_wishlist: Optional["AddToWishlistAddProductsToWishlist"] = Field(
        alias="addProductsToWishlist"
    )


class AddToWishlistAddProductsToWishlist(BaseModel):
    user_errors: list[Optional["AddToWishlistAddProductsToWishlistUserErrors"]]


class AddToWishlistAddProductsToWishlistUserErrors(BaseModel):
    message: str
