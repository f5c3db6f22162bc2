from typing import Optional

from .base_model import BaseModel
from .fragments import OrderParts


class Orders(BaseModel):
    customer: Optional["OrdersCustomer"]


class OrdersCustomer(BaseModel):
    orders: Optional["OrdersCustomerOrders"]


class OrdersCustomerOrders(BaseModel):
    total_count: Optional[int]
    page_info: Optional["OrdersCustomerOrdersPageInfo"]
    items: list[Optional["OrdersCustomerOrdersItems"]]


class OrdersCustomerOrdersPageInfo(BaseModel):
    total_pages: Optional[int]


OrdersCustomerOrdersItems = OrderParts
