from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import CartParts


class ApplyCoupon(BaseModel):
    apply_coupon_to_cart: Optional["ApplyCouponApplyCouponToCart"] = Field(
        alias="applyCouponToCart"
    )


class ApplyCouponApplyCouponToCart(BaseModel):
    cart: "ApplyCouponApplyCouponToCartCart"


ApplyCouponApplyCouponToCartCart = CartParts
