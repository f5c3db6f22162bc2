from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class ChangePassword(BaseModel):
    change_customer_password: Optional["ChangePasswordChangeCustomerPassword"] = Field(
        alias="changeCustomerPassword"
    )


class ChangePasswordChangeCustomerPassword(BaseModel):
    email: Optional[str]
