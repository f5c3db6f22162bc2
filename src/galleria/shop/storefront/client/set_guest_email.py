from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SetGuestEmail(BaseModel):
    set_guest_email_on_cart: Optional["SetGuestEmailSetGuestEmailOnCart"] = Field(
        alias="setGuestEmailOnCart"
    )


class SetGuestEmailSetGuestEmailOnCart(BaseModel):
    cart: "SetGuestEmailSetGuestEmailOnCartCart"


class SetGuestEmailSetGuestEmailOnCartCart(BaseModel):
    id: str
