from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class ForgotPassword(BaseModel):
    request_password_reset_email: Optional[bool] = Field(
        alias="requestPasswordResetEmail"
    )
