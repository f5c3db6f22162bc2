from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import CartParts


class RemoveCoupon(BaseModel):
    remove_coupon_from_cart: Optional["RemoveCouponRemoveCouponFromCart"] = Field(
        alias="removeCouponFromCart"
    )


class RemoveCouponRemoveCouponFromCart(BaseModel):
    cart: Optional["RemoveCouponRemoveCouponFromCartCart"]


RemoveCouponRemoveCouponFromCartCart = CartParts
