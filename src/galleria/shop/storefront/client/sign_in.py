from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SignIn(BaseModel):
    generate_customer_token: Optional["SignInGenerateCustomerToken"] = Field(
        alias="generateCustomerToken"
    )


class SignInGenerateCustomerToken(BaseModel):
    token: Optional[str]
