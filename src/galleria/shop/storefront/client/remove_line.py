from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import CartParts


class RemoveLine(BaseModel):
    remove_item_from_cart: Optional["RemoveLineRemoveItemFromCart"] = Field(
        alias="removeItemFromCart"
    )


class RemoveLineRemoveItemFromCart(BaseModel):
    cart: "RemoveLineRemoveItemFromCartCart"


RemoveLineRemoveItemFromCartCart = CartParts
