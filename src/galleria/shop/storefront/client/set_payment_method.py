from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SetPaymentMethod(BaseModel):
    set_payment_method_on_cart: Optional["SetPaymentMethodSetPaymentMethodOnCart"] = (
        Field(alias="setPaymentMethodOnCart")
    )


class SetPaymentMethodSetPaymentMethodOnCart(BaseModel):
    cart: "SetPaymentMethodSetPaymentMethodOnCartCart"


class SetPaymentMethodSetPaymentMethodOnCartCart(BaseModel):
    id: str
