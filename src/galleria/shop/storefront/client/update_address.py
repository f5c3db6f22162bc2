from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class UpdateAddress(BaseModel):
    update_customer_address: Optional["UpdateAddressUpdateCustomerAddress"] = Field(
        alias="updateCustomerAddress"
    )


class UpdateAddressUpdateCustomerAddress(BaseModel):
    id: Optional[int]
