from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SetShippingMethod(BaseModel):
    set_shipping_methods_on_cart: Optional[
        "SetShippingMethodSetShippingMethodsOnCart"
    ] = Field(alias="setShippingMethodsOnCart")


class SetShippingMethodSetShippingMethodsOnCart(BaseModel):
    cart: "SetShippingMethodSetShippingMethodsOnCartCart"


class SetShippingMethodSetShippingMethodsOnCartCart(BaseModel):
    id: str
