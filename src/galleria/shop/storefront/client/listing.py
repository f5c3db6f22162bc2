from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ProductStockStatus
from .fragments import Picture, Price


class Listing(BaseModel):
    products: Optional["ListingProducts"]


class ListingProducts(BaseModel):
    total_count: Optional[int]
    page_info: Optional["ListingProductsPageInfo"]
    items: Optional[
        list[
            Optional[
                Annotated[
                    Union[
                        "ListingProductsItemsProductInterface",
                        "ListingProductsItemsConfigurableProduct",
                    ],
                    Field(discriminator="typename__"),
                ]
            ]
        ]
    ]
    aggregations: Optional[list[Optional["ListingProductsAggregations"]]]
    sort_fields: Optional["ListingProductsSortFields"]
    suggestions: Optional[list[Optional["ListingProductsSuggestions"]]]


class ListingProductsPageInfo(BaseModel):
    current_page: Optional[int]
    page_size: Optional[int]
    total_pages: Optional[int]


class ListingProductsItemsProductInterface(BaseModel):
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
    small_image: Optional["ListingProductsItemsProductInterfaceSmallImage"]
    price_range: "ListingProductsItemsProductInterfacePriceRange"


ListingProductsItemsProductInterfaceSmallImage = Picture
ListingProductsItemsProductInterfacePriceRange = Price


class ListingProductsItemsConfigurableProduct(BaseModel):
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
    small_image: Optional["ListingProductsItemsConfigurableProductSmallImage"]
    price_range: "ListingProductsItemsConfigurableProductPriceRange"
    configurable_options: Optional[
        list[Optional["ListingProductsItemsConfigurableProductConfigurableOptions"]]
    ]


ListingProductsItemsConfigurableProductSmallImage = Picture
ListingProductsItemsConfigurableProductPriceRange = Price


class ListingProductsItemsConfigurableProductConfigurableOptions(BaseModel):
    attribute_code: Optional[str]
    values: Optional[
        list[
            Optional["ListingProductsItemsConfigurableProductConfigurableOptionsValues"]
        ]
    ]


class ListingProductsItemsConfigurableProductConfigurableOptionsValues(BaseModel):
    label: Optional[str]
    swatch_data: Optional[
        "ListingProductsItemsConfigurableProductConfigurableOptionsValuesSwatchData"
    ]


class ListingProductsItemsConfigurableProductConfigurableOptionsValuesSwatchData(
    BaseModel
):
    typename__: Literal[
        "ColorSwatchData", "ImageSwatchData", "SwatchDataInterface", "TextSwatchData"
    ] = Field(alias="__typename")
    value: Optional[str]


class ListingProductsAggregations(BaseModel):
    attribute_code: str
    label: Optional[str]
    count: Optional[int]
    options: Optional[list[Optional["ListingProductsAggregationsOptions"]]]


class ListingProductsAggregationsOptions(BaseModel):
    label: Optional[str]
    value: str
    count: Optional[int]


class ListingProductsSortFields(BaseModel):
    default: Optional[str]
    options: Optional[list[Optional["ListingProductsSortFieldsOptions"]]]


class ListingProductsSortFieldsOptions(BaseModel):
    label: Optional[str]
    value: Optional[str]


class ListingProductsSuggestions(BaseModel):
    search: str
