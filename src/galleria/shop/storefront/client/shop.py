from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Shop(BaseModel):
    cms_blocks: Optional["ShopCmsBlocks"] = Field(alias="cmsBlocks")
    store_config: Optional["ShopStoreConfig"] = Field(alias="storeConfig")


class ShopCmsBlocks(BaseModel):
    items: Optional[list[Optional["ShopCmsBlocksItems"]]]


class ShopCmsBlocksItems(BaseModel):
    identifier: Optional[str]
    content: Optional[str]


class ShopStoreConfig(BaseModel):
    store_name: Optional[str]
    locale: Optional[str]
    base_url: Optional[str]
    base_media_url: Optional[str]
    base_currency_code: Optional[str]
    default_display_currency_code: Optional[str]
    product_url_suffix: Optional[str]
    category_url_suffix: Optional[str]
    root_category_uid: Optional[str]
    default_title: Optional[str]
    default_description: Optional[str]
    welcome: Optional[str]
    copyright: Optional[str]
    cms_home_page: Optional[str]
    grid_per_page: Optional[int]
    contact_enabled: bool
    newsletter_enabled: bool
    default_country: Optional[str]
    minimum_password_length: Optional[str]
    product_reviews_enabled: Optional[str]
    allow_guests_to_write_product_reviews: Optional[str]
    magento_wishlist_general_is_enabled: Optional[str]
    is_guest_checkout_enabled: Optional[bool]
