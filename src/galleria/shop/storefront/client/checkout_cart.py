from typing import Optional

from .base_model import BaseModel
from .fragments import (  # noqa: F401
    Amount,
    CartParts,
    CartPartsAppliedCoupons,
    CartPartsItemsV2,
    CartPartsPrices,
)


class CheckoutCart(BaseModel):
    cart: Optional["CheckoutCartCart"]


class CheckoutCartCart(CartParts):
    billing_address: Optional["CheckoutCartCartBillingAddress"]
    shipping_addresses: list[Optional["CheckoutCartCartShippingAddresses"]]
    available_payment_methods: Optional[
        list[Optional["CheckoutCartCartAvailablePaymentMethods"]]
    ]
    selected_payment_method: Optional["CheckoutCartCartSelectedPaymentMethod"]


class CheckoutCartCartBillingAddress(BaseModel):
    firstname: str
    lastname: str
    company: Optional[str]
    street: list[Optional[str]]
    city: str
    postcode: Optional[str]
    telephone: Optional[str]
    region: Optional["CheckoutCartCartBillingAddressRegion"]
    country: "CheckoutCartCartBillingAddressCountry"


class CheckoutCartCartBillingAddressRegion(BaseModel):
    code: Optional[str]
    label: Optional[str]
    region_id: Optional[int]


class CheckoutCartCartBillingAddressCountry(BaseModel):
    code: str
    label: str


class CheckoutCartCartShippingAddresses(BaseModel):
    firstname: str
    lastname: str
    company: Optional[str]
    street: list[Optional[str]]
    city: str
    postcode: Optional[str]
    telephone: Optional[str]
    region: Optional["CheckoutCartCartShippingAddressesRegion"]
    country: "CheckoutCartCartShippingAddressesCountry"
    available_shipping_methods: Optional[
        list[Optional["CheckoutCartCartShippingAddressesAvailableShippingMethods"]]
    ]
    selected_shipping_method: Optional[
        "CheckoutCartCartShippingAddressesSelectedShippingMethod"
    ]


class CheckoutCartCartShippingAddressesRegion(BaseModel):
    code: Optional[str]
    label: Optional[str]
    region_id: Optional[int]


class CheckoutCartCartShippingAddressesCountry(BaseModel):
    code: str
    label: str


class CheckoutCartCartShippingAddressesAvailableShippingMethods(BaseModel):
    carrier_code: str
    carrier_title: str
    method_code: Optional[str]
    method_title: Optional[str]
    available: bool
    error_message: Optional[str]
    amount: "CheckoutCartCartShippingAddressesAvailableShippingMethodsAmount"


CheckoutCartCartShippingAddressesAvailableShippingMethodsAmount = Amount


class CheckoutCartCartShippingAddressesSelectedShippingMethod(BaseModel):
    carrier_code: str
    method_code: str
    carrier_title: str
    method_title: str
    amount: "CheckoutCartCartShippingAddressesSelectedShippingMethodAmount"


CheckoutCartCartShippingAddressesSelectedShippingMethodAmount = Amount


class CheckoutCartCartAvailablePaymentMethods(BaseModel):
    code: str
    title: str


class CheckoutCartCartSelectedPaymentMethod(BaseModel):
    code: str
    title: str
