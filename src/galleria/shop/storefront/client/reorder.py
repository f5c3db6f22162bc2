from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Reorder(BaseModel):
    reorder_items: Optional["ReorderReorderItems"] = Field(alias="reorderItems")


class ReorderReorderItems(BaseModel):
    cart: "ReorderReorderItemsCart"
    user_input_errors: list[Optional["ReorderReorderItemsUserInputErrors"]] = Field(
        alias="userInputErrors"
    )


class ReorderReorderItemsCart(BaseModel):
    id: str
    total_quantity: float


class ReorderReorderItemsUserInputErrors(BaseModel):
    message: str
