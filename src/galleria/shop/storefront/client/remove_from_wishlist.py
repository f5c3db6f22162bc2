from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class RemoveFromWishlist(BaseModel):
    remove_products_from_wishlist: Optional[
        "RemoveFromWishlistRemoveProductsFromWishlist"
    ] = Field(alias="removeProductsFromWishlist")


class RemoveFromWishlistRemoveProductsFromWishlist(BaseModel):
    user_errors: list[
        Optional["RemoveFromWishlistRemoveProductsFromWishlistUserErrors"]
    ]


class RemoveFromWishlistRemoveProductsFromWishlistUserErrors(BaseModel):
    message: str
