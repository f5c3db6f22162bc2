from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ProductStockStatus
from .fragments import Picture, Price


class Related(BaseModel):
    products: Optional["RelatedProducts"]


class RelatedProducts(BaseModel):
    items: Optional[list[Optional["RelatedProductsItems"]]]


class RelatedProductsItems(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "ConfigurableProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "ProductInterface",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    related_products: Optional[
        list[
            Optional[
                Annotated[
                    Union[
                        "RelatedProductsItemsRelatedProductsProductInterface",
                        "RelatedProductsItemsRelatedProductsConfigurableProduct",
                    ],
                    Field(discriminator="typename__"),
                ]
            ]
        ]
    ]
    upsell_products: Optional[
        list[
            Optional[
                Annotated[
                    Union[
                        "RelatedProductsItemsUpsellProductsProductInterface",
                        "RelatedProductsItemsUpsellProductsConfigurableProduct",
                    ],
                    Field(discriminator="typename__"),
                ]
            ]
        ]
    ]


class RelatedProductsItemsRelatedProductsProductInterface(BaseModel):
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
        "RelatedProductsItemsRelatedProductsProductInterfaceSmallImage"
    ]
    price_range: "RelatedProductsItemsRelatedProductsProductInterfacePriceRange"


RelatedProductsItemsRelatedProductsProductInterfaceSmallImage = Picture
RelatedProductsItemsRelatedProductsProductInterfacePriceRange = Price


class RelatedProductsItemsRelatedProductsConfigurableProduct(BaseModel):
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
        "RelatedProductsItemsRelatedProductsConfigurableProductSmallImage"
    ]
    price_range: "RelatedProductsItemsRelatedProductsConfigurableProductPriceRange"
    configurable_options: Optional[
        list[
            Optional[
                "RelatedProductsItemsRelatedProductsConfigurableProductConfigurableOptions"
            ]
        ]
    ]


RelatedProductsItemsRelatedProductsConfigurableProductSmallImage = Picture
RelatedProductsItemsRelatedProductsConfigurableProductPriceRange = Price


class RelatedProductsItemsRelatedProductsConfigurableProductConfigurableOptions(
    BaseModel
):
    attribute_code: Optional[str]
    values: Optional[
        list[
            Optional[
                "RelatedProductsItemsRelatedProductsConfigurableProductConfigurableOptionsValues"
            ]
        ]
    ]


class RelatedProductsItemsRelatedProductsConfigurableProductConfigurableOptionsValues(
    BaseModel
):
    label: Optional[str]
    swatch_data: Optional[
        "RelatedProductsItemsRelatedProductsConfigurableProductConfigurableOptionsValuesSwatchData"
    ]


class RelatedProductsItemsRelatedProductsConfigurableProductConfigurableOptionsValuesSwatchData(
    BaseModel
):
    typename__: Literal[
        "ColorSwatchData", "ImageSwatchData", "SwatchDataInterface", "TextSwatchData"
    ] = Field(alias="__typename")
    value: Optional[str]


class RelatedProductsItemsUpsellProductsProductInterface(BaseModel):
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
        "RelatedProductsItemsUpsellProductsProductInterfaceSmallImage"
    ]
    price_range: "RelatedProductsItemsUpsellProductsProductInterfacePriceRange"


RelatedProductsItemsUpsellProductsProductInterfaceSmallImage = Picture
RelatedProductsItemsUpsellProductsProductInterfacePriceRange = Price


class RelatedProductsItemsUpsellProductsConfigurableProduct(BaseModel):
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
        "RelatedProductsItemsUpsellProductsConfigurableProductSmallImage"
    ]
    price_range: "RelatedProductsItemsUpsellProductsConfigurableProductPriceRange"
    configurable_options: Optional[
        list[
            Optional[
                "RelatedProductsItemsUpsellProductsConfigurableProductConfigurableOptions"
            ]
        ]
    ]


RelatedProductsItemsUpsellProductsConfigurableProductSmallImage = Picture
RelatedProductsItemsUpsellProductsConfigurableProductPriceRange = Price


class RelatedProductsItemsUpsellProductsConfigurableProductConfigurableOptions(
    BaseModel
):
    attribute_code: Optional[str]
    values: Optional[
        list[
            Optional[
                "RelatedProductsItemsUpsellProductsConfigurableProductConfigurableOptionsValues"
            ]
        ]
    ]


class RelatedProductsItemsUpsellProductsConfigurableProductConfigurableOptionsValues(
    BaseModel
):
    label: Optional[str]
    swatch_data: Optional[
        "RelatedProductsItemsUpsellProductsConfigurableProductConfigurableOptionsValuesSwatchData"
    ]


class RelatedProductsItemsUpsellProductsConfigurableProductConfigurableOptionsValuesSwatchData(
    BaseModel
):
    typename__: Literal[
        "ColorSwatchData", "ImageSwatchData", "SwatchDataInterface", "TextSwatchData"
    ] = Field(alias="__typename")
    value: Optional[str]
