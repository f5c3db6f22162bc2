from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ProductStockStatus
from .fragments import Picture


class VariantPictures(BaseModel):
    products: Optional["VariantPicturesProducts"]


class VariantPicturesProducts(BaseModel):
    items: Optional[
        list[
            Optional[
                Annotated[
                    Union[
                        "VariantPicturesProductsItemsProductInterface",
                        "VariantPicturesProductsItemsConfigurableProduct",
                    ],
                    Field(discriminator="typename__"),
                ]
            ]
        ]
    ]


class VariantPicturesProductsItemsProductInterface(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "ProductInterface",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    sku: Optional[str]


class VariantPicturesProductsItemsConfigurableProduct(BaseModel):
    typename__: Literal["ConfigurableProduct"] = Field(alias="__typename")
    sku: Optional[str]
    variants: Optional[
        list[Optional["VariantPicturesProductsItemsConfigurableProductVariants"]]
    ]


class VariantPicturesProductsItemsConfigurableProductVariants(BaseModel):
    attributes: Optional[
        list[
            Optional[
                "VariantPicturesProductsItemsConfigurableProductVariantsAttributes"
            ]
        ]
    ]
    product: Optional["VariantPicturesProductsItemsConfigurableProductVariantsProduct"]


class VariantPicturesProductsItemsConfigurableProductVariantsAttributes(BaseModel):
    code: Optional[str]
    label: Optional[str]


class VariantPicturesProductsItemsConfigurableProductVariantsProduct(BaseModel):
    stock_status: Optional[ProductStockStatus]
    small_image: Optional[
        "VariantPicturesProductsItemsConfigurableProductVariantsProductSmallImage"
    ]


VariantPicturesProductsItemsConfigurableProductVariantsProductSmallImage = Picture
