from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class SignOut(BaseModel):
    revoke_customer_token: Optional["SignOutRevokeCustomerToken"] = Field(
        alias="revokeCustomerToken"
    )


class SignOutRevokeCustomerToken(BaseModel):
    result: bool
