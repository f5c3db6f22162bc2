from typing import Optional

from .base_model import BaseModel


class CartCount(BaseModel):
    cart: Optional["CartCountCart"]


class CartCountCart(BaseModel):
    total_quantity: float
