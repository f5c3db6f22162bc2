from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ProductStockStatus
from .fragments import Picture, Price


class Wishlists(BaseModel):
    customer: Optional["WishlistsCustomer"]


class WishlistsCustomer(BaseModel):
    wishlists: list[Optional["WishlistsCustomerWishlists"]]


class WishlistsCustomerWishlists(BaseModel):
    id: Optional[str]
    items_count: Optional[int]
    items_v_2: Optional["WishlistsCustomerWishlistsItemsV2"] = Field(alias="items_v2")


class WishlistsCustomerWishlistsItemsV2(BaseModel):
    items: list[Optional["WishlistsCustomerWishlistsItemsV2Items"]]


class WishlistsCustomerWishlistsItemsV2Items(BaseModel):
    typename__: Literal[
        "BundleWishlistItem",
        "ConfigurableWishlistItem",
        "DownloadableWishlistItem",
        "GroupedProductWishlistItem",
        "SimpleWishlistItem",
        "VirtualWishlistItem",
        "WishlistItemInterface",
    ] = Field(alias="__typename")
    id: str
    product: Optional[
        Annotated[
            Union[
                "WishlistsCustomerWishlistsItemsV2ItemsProductProductInterface",
                "WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProduct",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class WishlistsCustomerWishlistsItemsV2ItemsProductProductInterface(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "ProductInterface",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    stock_status: Optional[ProductStockStatus]
    rating_summary: float
    review_count: int
    new_from_date: Optional[str]
    new_to_date: Optional[str]
    small_image: Optional[
        "WishlistsCustomerWishlistsItemsV2ItemsProductProductInterfaceSmallImage"
    ]
    price_range: (
        "WishlistsCustomerWishlistsItemsV2ItemsProductProductInterfacePriceRange"
    )


WishlistsCustomerWishlistsItemsV2ItemsProductProductInterfaceSmallImage = Picture
WishlistsCustomerWishlistsItemsV2ItemsProductProductInterfacePriceRange = Price


class WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProduct(BaseModel):
    typename__: Literal["ConfigurableProduct"] = Field(alias="__typename")
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    stock_status: Optional[ProductStockStatus]
    rating_summary: float
    review_count: int
    new_from_date: Optional[str]
    new_to_date: Optional[str]
    small_image: Optional[
        "WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductSmallImage"
    ]
    price_range: (
        "WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductPriceRange"
    )
    configurable_options: Optional[
        list[
            Optional[
                "WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductConfigurableOptions"
            ]
        ]
    ]


WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductSmallImage = Picture
WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductPriceRange = Price


class WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductConfigurableOptions(
    BaseModel
):
    attribute_code: Optional[str]
    values: Optional[
        list[
            Optional[
                "WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductConfigurableOptionsValues"
            ]
        ]
    ]


class WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductConfigurableOptionsValues(
    BaseModel
):
    label: Optional[str]
    swatch_data: Optional[
        "WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductConfigurableOptionsValuesSwatchData"
    ]


class WishlistsCustomerWishlistsItemsV2ItemsProductConfigurableProductConfigurableOptionsValuesSwatchData(
    BaseModel
):
    typename__: Literal[
        "ColorSwatchData", "ImageSwatchData", "SwatchDataInterface", "TextSwatchData"
    ] = Field(alias="__typename")
    value: Optional[str]
