from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class ContactUs(BaseModel):
    contact_us: Optional["ContactUsContactUs"] = Field(alias="contactUs")


class ContactUsContactUs(BaseModel):
    status: bool
