from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class DeleteAddress(BaseModel):
    delete_customer_address: Optional[bool] = Field(alias="deleteCustomerAddress")
