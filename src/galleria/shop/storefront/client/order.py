from typing import Optional

from .base_model import BaseModel
from .fragments import OrderParts


class Order(BaseModel):
    customer: Optional["OrderCustomer"]


class OrderCustomer(BaseModel):
    orders: Optional["OrderCustomerOrders"]


class OrderCustomerOrders(BaseModel):
    items: list[Optional["OrderCustomerOrdersItems"]]


OrderCustomerOrdersItems = OrderParts
