from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class ResetPassword(BaseModel):
    reset_password: Optional[bool] = Field(alias="resetPassword")
