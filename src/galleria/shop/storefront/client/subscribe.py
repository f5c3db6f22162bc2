from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import SubscriptionStatusesEnum


class Subscribe(BaseModel):
    subscribe_email_to_newsletter: Optional["SubscribeSubscribeEmailToNewsletter"] = (
        Field(alias="subscribeEmailToNewsletter")
    )


class SubscribeSubscribeEmailToNewsletter(BaseModel):
    status: Optional[SubscriptionStatusesEnum]
