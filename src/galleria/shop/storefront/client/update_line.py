from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import CartParts


class UpdateLine(BaseModel):
    update_cart_items: Optional["UpdateLineUpdateCartItems"] = Field(
        alias="updateCartItems"
    )


class UpdateLineUpdateCartItems(BaseModel):
    cart: "UpdateLineUpdateCartItemsCart"


UpdateLineUpdateCartItemsCart = CartParts
