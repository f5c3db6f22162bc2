from typing import Optional

from .base_model import BaseModel
from .fragments import SavedAddress


class Addresses(BaseModel):
    customer: Optional["AddressesCustomer"]


class AddressesCustomer(BaseModel):
    addresses: Optional[list[Optional["AddressesCustomerAddresses"]]]


AddressesCustomerAddresses = SavedAddress
