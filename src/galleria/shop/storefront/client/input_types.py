from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import CountryCodeEnum, FilterMatchTypeEnum, SortEnum


class AttributeInput(BaseModel):
    attribute_code: Optional[str] = None
    entity_type: Optional[str] = None


class AttributeInputSelectedOption(BaseModel):
    value: str


class AttributeValueInput(BaseModel):
    attribute_code: str
    selected_options: Optional[list[Optional["AttributeInputSelectedOption"]]] = None
    value: Optional[str] = None


class BillingAddressInput(BaseModel):
    address: Optional["CartAddressInput"] = None
    customer_address_id: Optional[int] = None
    same_as_shipping: Optional[bool] = None
    use_for_shipping: Optional[bool] = None


class CartAddressInput(BaseModel):
    city: str
    company: Optional[str] = None
    country_code: str
    fax: Optional[str] = None
    firstname: str
    lastname: str
    middlename: Optional[str] = None
    postcode: Optional[str] = None
    prefix: Optional[str] = None
    region: Optional[str] = None
    region_id: Optional[int] = None
    save_in_address_book: Optional[bool] = None
    street: list[Optional[str]]
    suffix: Optional[str] = None
    telephone: Optional[str] = None
    vat_id: Optional[str] = None


class CartItemInput(BaseModel):
    entered_options: Optional[list[Optional["EnteredOptionInput"]]] = None
    parent_sku: Optional[str] = None
    quantity: float
    selected_options: Optional[list[Optional[str]]] = None
    sku: str


class ContactUsInput(BaseModel):
    comment: str
    email: str
    name: str
    telephone: Optional[str] = None


class CreateProductReviewInput(BaseModel):
    nickname: str
    ratings: list[Optional["ProductReviewRatingInput"]]
    sku: str
    summary: str
    text: str


class CustomerAddressAttributeInput(BaseModel):
    attribute_code: str
    value: str


class CustomerAddressInput(BaseModel):
    city: Optional[str] = None
    company: Optional[str] = None
    country_code: Optional[CountryCodeEnum] = None
    country_id: Optional[CountryCodeEnum] = None
    custom_attributes: Optional[list[Optional["CustomerAddressAttributeInput"]]] = None
    custom_attributes_v_2: Optional[list[Optional["AttributeValueInput"]]] = Field(
        alias="custom_attributesV2", default=None
    )
    default_billing: Optional[bool] = None
    default_shipping: Optional[bool] = None
    fax: Optional[str] = None
    firstname: Optional[str] = None
    lastname: Optional[str] = None
    middlename: Optional[str] = None
    postcode: Optional[str] = None
    prefix: Optional[str] = None
    region: Optional["CustomerAddressRegionInput"] = None
    street: Optional[list[Optional[str]]] = None
    suffix: Optional[str] = None
    telephone: Optional[str] = None
    vat_id: Optional[str] = None


class CustomerAddressRegionInput(BaseModel):
    region: Optional[str] = None
    region_code: Optional[str] = None
    region_id: Optional[int] = None


class CustomerCreateInput(BaseModel):
    allow_remote_shopping_assistance: Optional[bool] = None
    custom_attributes: Optional[list[Optional["AttributeValueInput"]]] = None
    date_of_birth: Optional[str] = None
    dob: Optional[str] = None
    email: str
    firstname: str
    gender: Optional[int] = None
    is_subscribed: Optional[bool] = None
    lastname: str
    middlename: Optional[str] = None
    password: Optional[str] = None
    prefix: Optional[str] = None
    suffix: Optional[str] = None
    taxvat: Optional[str] = None


class CustomerUpdateInput(BaseModel):
    allow_remote_shopping_assistance: Optional[bool] = None
    custom_attributes: Optional[list[Optional["AttributeValueInput"]]] = None
    date_of_birth: Optional[str] = None
    dob: Optional[str] = None
    firstname: Optional[str] = None
    gender: Optional[int] = None
    is_subscribed: Optional[bool] = None
    lastname: Optional[str] = None
    middlename: Optional[str] = None
    prefix: Optional[str] = None
    suffix: Optional[str] = None
    taxvat: Optional[str] = None


class EnteredOptionInput(BaseModel):
    uid: str
    value: str


class FilterEqualTypeInput(BaseModel):
    eq: Optional[str] = None
    in_: Optional[list[Optional[str]]] = Field(alias="in", default=None)


class FilterMatchTypeInput(BaseModel):
    match: Optional[str] = None
    match_type: Optional[FilterMatchTypeEnum] = None


class FilterRangeTypeInput(BaseModel):
    from_: Optional[str] = Field(alias="from", default=None)
    to: Optional[str] = None


class ProductAttributeFilterInput(BaseModel):
    activity: Optional["FilterEqualTypeInput"] = None
    category_gear: Optional["FilterEqualTypeInput"] = None
    category_id: Optional["FilterEqualTypeInput"] = None
    category_uid: Optional["FilterEqualTypeInput"] = None
    category_url_path: Optional["FilterEqualTypeInput"] = None
    climate: Optional["FilterEqualTypeInput"] = None
    collar: Optional["FilterEqualTypeInput"] = None
    color: Optional["FilterEqualTypeInput"] = None
    description: Optional["FilterMatchTypeInput"] = None
    eco_collection: Optional["FilterEqualTypeInput"] = None
    erin_recommends: Optional["FilterEqualTypeInput"] = None
    features_bags: Optional["FilterEqualTypeInput"] = None
    format: Optional["FilterEqualTypeInput"] = None
    gender: Optional["FilterEqualTypeInput"] = None
    material: Optional["FilterEqualTypeInput"] = None
    name: Optional["FilterMatchTypeInput"] = None
    new: Optional["FilterEqualTypeInput"] = None
    pattern: Optional["FilterEqualTypeInput"] = None
    performance_fabric: Optional["FilterEqualTypeInput"] = None
    price: Optional["FilterRangeTypeInput"] = None
    sale: Optional["FilterEqualTypeInput"] = None
    short_description: Optional["FilterMatchTypeInput"] = None
    size: Optional["FilterEqualTypeInput"] = None
    sku: Optional["FilterEqualTypeInput"] = None
    sleeve: Optional["FilterEqualTypeInput"] = None
    strap_bags: Optional["FilterEqualTypeInput"] = None
    style_bags: Optional["FilterEqualTypeInput"] = None
    style_bottom: Optional["FilterEqualTypeInput"] = None
    style_general: Optional["FilterEqualTypeInput"] = None
    url_key: Optional["FilterEqualTypeInput"] = None


class ProductAttributeSortInput(BaseModel):
    name: Optional[SortEnum] = None
    position: Optional[SortEnum] = None
    price: Optional[SortEnum] = None
    relevance: Optional[SortEnum] = None


class ProductReviewRatingInput(BaseModel):
    id: str
    value_id: str


class WishlistItemInput(BaseModel):
    entered_options: Optional[list[Optional["EnteredOptionInput"]]] = None
    parent_sku: Optional[str] = None
    quantity: float
    selected_options: Optional[list[Optional[str]]] = None
    sku: str
