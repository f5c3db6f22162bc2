from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Register(BaseModel):
    create_customer_v_2: Optional["RegisterCreateCustomerV2"] = Field(
        alias="createCustomerV2"
    )


class RegisterCreateCustomerV2(BaseModel):
    customer: "RegisterCreateCustomerV2Customer"


class RegisterCreateCustomerV2Customer(BaseModel):
    email: Optional[str]
