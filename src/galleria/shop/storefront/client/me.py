from typing import Optional

from .base_model import BaseModel
from .fragments import Person


class Me(BaseModel):
    customer: Optional["MeCustomer"]


MeCustomer = Person
