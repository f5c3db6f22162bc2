from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Person


class UpdatePerson(BaseModel):
    update_customer_v_2: Optional["UpdatePersonUpdateCustomerV2"] = Field(
        alias="updateCustomerV2"
    )


class UpdatePersonUpdateCustomerV2(BaseModel):
    customer: "UpdatePersonUpdateCustomerV2Customer"


UpdatePersonUpdateCustomerV2Customer = Person
