from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SetBillingAddress(BaseModel):
    set_billing_address_on_cart: Optional[
        "SetBillingAddressSetBillingAddressOnCart"
    ] = Field(alias="setBillingAddressOnCart")


class SetBillingAddressSetBillingAddressOnCart(BaseModel):
    cart: "SetBillingAddressSetBillingAddressOnCartCart"


class SetBillingAddressSetBillingAddressOnCartCart(BaseModel):
    id: str
