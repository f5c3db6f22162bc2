from pydantic import Field

from .base_model import BaseModel


class CustomerCart(BaseModel):
    customer_cart: "CustomerCartCustomerCart" = Field(alias="customerCart")


class CustomerCartCustomerCart(BaseModel):
    id: str
