from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class CreateGuestCart(BaseModel):
    create_guest_cart: Optional["CreateGuestCartCreateGuestCart"] = Field(
        alias="createGuestCart"
    )


class CreateGuestCartCreateGuestCart(BaseModel):
    cart: Optional["CreateGuestCartCreateGuestCartCart"]


class CreateGuestCartCreateGuestCartCart(BaseModel):
    id: str
