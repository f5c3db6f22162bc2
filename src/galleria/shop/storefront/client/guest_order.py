from pydantic import Field

from .base_model import BaseModel
from .fragments import OrderParts


class GuestOrder(BaseModel):
    guest_order_by_token: "GuestOrderGuestOrderByToken" = Field(
        alias="guestOrderByToken"
    )


GuestOrderGuestOrderByToken = OrderParts
