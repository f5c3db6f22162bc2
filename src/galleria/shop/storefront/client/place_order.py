from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import PlaceOrderErrorCodes


class PlaceOrder(BaseModel):
    place_order: Optional["PlaceOrderPlaceOrder"] = Field(alias="placeOrder")


class PlaceOrderPlaceOrder(BaseModel):
    order_v_2: Optional["PlaceOrderPlaceOrderOrderV2"] = Field(alias="orderV2")
    errors: list[Optional["PlaceOrderPlaceOrderErrors"]]


class PlaceOrderPlaceOrderOrderV2(BaseModel):
    number: str
    token: str


class PlaceOrderPlaceOrderErrors(BaseModel):
    code: PlaceOrderErrorCodes
    message: str
