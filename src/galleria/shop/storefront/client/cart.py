from typing import Optional

from .base_model import BaseModel
from .fragments import CartParts


class Cart(BaseModel):
    cart: Optional["CartCart"]


CartCart = CartParts
