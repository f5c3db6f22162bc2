from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class CreateAddress(BaseModel):
    create_customer_address: Optional["CreateAddressCreateCustomerAddress"] = Field(
        alias="createCustomerAddress"
    )


class CreateAddressCreateCustomerAddress(BaseModel):
    id: Optional[int]
