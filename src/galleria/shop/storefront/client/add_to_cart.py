from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import CartParts


class AddToCart(BaseModel):
    add_products_to_cart: Optional["AddToCartAddProductsToCart"] = Field(
        alias="addProductsToCart"
    )


class AddToCartAddProductsToCart(BaseModel):
    cart: "AddToCartAddProductsToCartCart"
    user_errors: list[Optional["AddToCartAddProductsToCartUserErrors"]]


AddToCartAddProductsToCartCart = CartParts


class AddToCartAddProductsToCartUserErrors(BaseModel):
    typename__: Literal["CartUserInputError", "Error", "InsufficientStockError"] = (
        Field(alias="__typename")
    )
    message: str
