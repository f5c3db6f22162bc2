from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SetShippingAddress(BaseModel):
    set_shipping_addresses_on_cart: Optional[
        "SetShippingAddressSetShippingAddressesOnCart"
    ] = Field(alias="setShippingAddressesOnCart")


class SetShippingAddressSetShippingAddressesOnCart(BaseModel):
    cart: "SetShippingAddressSetShippingAddressesOnCartCart"


class SetShippingAddressSetShippingAddressesOnCartCart(BaseModel):
    id: str
