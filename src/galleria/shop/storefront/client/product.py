from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import PriceTypeEnum, ProductStockStatus
from .fragments import (
    CategoryPlace,
    CategoryPlaceBreadcrumbs,  # noqa: F401
    Facts,
    GalleryEntry,
    Html,
    Picture,
    Price,
    Reviews,
    Tier,
)


class Product(BaseModel):
    products: Optional["ProductProducts"]


class ProductProducts(BaseModel):
    items: Optional[
        list[
            Optional[
                Annotated[
                    Union[
                        "ProductProductsItemsProductInterface",
                        "ProductProductsItemsBundleProduct",
                        "ProductProductsItemsConfigurableProduct",
                        "ProductProductsItemsDownloadableProduct",
                        "ProductProductsItemsGroupedProduct",
                    ],
                    Field(discriminator="typename__"),
                ]
            ]
        ]
    ]


class ProductProductsItemsProductInterface(BaseModel):
    typename__: Literal["ProductInterface", "SimpleProduct", "VirtualProduct"] = Field(
        alias="__typename"
    )
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
    stock_status: Optional[ProductStockStatus]
    only_x_left_in_stock: Optional[float]
    rating_summary: float
    review_count: int
    description: Optional["ProductProductsItemsProductInterfaceDescription"]
    short_description: Optional["ProductProductsItemsProductInterfaceShortDescription"]
    image: Optional["ProductProductsItemsProductInterfaceImage"]
    media_gallery: Optional[
        list[Optional["ProductProductsItemsProductInterfaceMediaGallery"]]
    ]
    price_range: "ProductProductsItemsProductInterfacePriceRange"
    price_tiers: Optional[
        list[Optional["ProductProductsItemsProductInterfacePriceTiers"]]
    ]
    categories: Optional[
        list[Optional["ProductProductsItemsProductInterfaceCategories"]]
    ]
    custom_attributes_v_2: Optional[
        "ProductProductsItemsProductInterfaceCustomAttributesV2"
    ] = Field(alias="custom_attributesV2")
    reviews: "ProductProductsItemsProductInterfaceReviews"


ProductProductsItemsProductInterfaceDescription = Html
ProductProductsItemsProductInterfaceShortDescription = Html
ProductProductsItemsProductInterfaceImage = Picture


class ProductProductsItemsProductInterfaceMediaGallery(GalleryEntry):
    typename__: Literal["MediaGalleryInterface", "ProductImage", "ProductVideo"] = (
        Field(alias="__typename")
    )


ProductProductsItemsProductInterfacePriceRange = Price
ProductProductsItemsProductInterfacePriceTiers = Tier


class ProductProductsItemsProductInterfaceCategories(CategoryPlace):
    typename__: Literal["CategoryInterface", "CategoryTree"] = Field(alias="__typename")


ProductProductsItemsProductInterfaceCustomAttributesV2 = Facts
ProductProductsItemsProductInterfaceReviews = Reviews


class ProductProductsItemsBundleProduct(BaseModel):
    typename__: Literal["BundleProduct"] = Field(alias="__typename")
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
    stock_status: Optional[ProductStockStatus]
    only_x_left_in_stock: Optional[float]
    rating_summary: float
    review_count: int
    description: Optional["ProductProductsItemsBundleProductDescription"]
    short_description: Optional["ProductProductsItemsBundleProductShortDescription"]
    image: Optional["ProductProductsItemsBundleProductImage"]
    media_gallery: Optional[
        list[Optional["ProductProductsItemsBundleProductMediaGallery"]]
    ]
    price_range: "ProductProductsItemsBundleProductPriceRange"
    price_tiers: Optional[list[Optional["ProductProductsItemsBundleProductPriceTiers"]]]
    categories: Optional[list[Optional["ProductProductsItemsBundleProductCategories"]]]
    custom_attributes_v_2: Optional[
        "ProductProductsItemsBundleProductCustomAttributesV2"
    ] = Field(alias="custom_attributesV2")
    reviews: "ProductProductsItemsBundleProductReviews"
    dynamic_price: Optional[bool]
    items: Optional[list[Optional["ProductProductsItemsBundleProductItems"]]]


ProductProductsItemsBundleProductDescription = Html
ProductProductsItemsBundleProductShortDescription = Html
ProductProductsItemsBundleProductImage = Picture


class ProductProductsItemsBundleProductMediaGallery(GalleryEntry):
    typename__: Literal["MediaGalleryInterface", "ProductImage", "ProductVideo"] = (
        Field(alias="__typename")
    )


ProductProductsItemsBundleProductPriceRange = Price
ProductProductsItemsBundleProductPriceTiers = Tier


class ProductProductsItemsBundleProductCategories(CategoryPlace):
    typename__: Literal["CategoryInterface", "CategoryTree"] = Field(alias="__typename")


ProductProductsItemsBundleProductCustomAttributesV2 = Facts
ProductProductsItemsBundleProductReviews = Reviews


class ProductProductsItemsBundleProductItems(BaseModel):
    uid: Optional[str]
    title: Optional[str]
    required: Optional[bool]
    type_: Optional[str] = Field(alias="type")
    position: Optional[int]
    options: Optional[list[Optional["ProductProductsItemsBundleProductItemsOptions"]]]


class ProductProductsItemsBundleProductItemsOptions(BaseModel):
    uid: str
    label: Optional[str]
    quantity: Optional[float]
    is_default: Optional[bool]
    position: Optional[int]
    price: Optional[float]
    price_type: Optional[PriceTypeEnum]
    product: Optional["ProductProductsItemsBundleProductItemsOptionsProduct"]


class ProductProductsItemsBundleProductItemsOptionsProduct(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "ConfigurableProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "ProductInterface",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    name: Optional[str]
    stock_status: Optional[ProductStockStatus]
    price_range: "ProductProductsItemsBundleProductItemsOptionsProductPriceRange"


ProductProductsItemsBundleProductItemsOptionsProductPriceRange = Price


class ProductProductsItemsConfigurableProduct(BaseModel):
    typename__: Literal["ConfigurableProduct"] = Field(alias="__typename")
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
    stock_status: Optional[ProductStockStatus]
    only_x_left_in_stock: Optional[float]
    rating_summary: float
    review_count: int
    description: Optional["ProductProductsItemsConfigurableProductDescription"]
    short_description: Optional[
        "ProductProductsItemsConfigurableProductShortDescription"
    ]
    image: Optional["ProductProductsItemsConfigurableProductImage"]
    media_gallery: Optional[
        list[Optional["ProductProductsItemsConfigurableProductMediaGallery"]]
    ]
    price_range: "ProductProductsItemsConfigurableProductPriceRange"
    price_tiers: Optional[
        list[Optional["ProductProductsItemsConfigurableProductPriceTiers"]]
    ]
    categories: Optional[
        list[Optional["ProductProductsItemsConfigurableProductCategories"]]
    ]
    custom_attributes_v_2: Optional[
        "ProductProductsItemsConfigurableProductCustomAttributesV2"
    ] = Field(alias="custom_attributesV2")
    reviews: "ProductProductsItemsConfigurableProductReviews"
    configurable_options: Optional[
        list[Optional["ProductProductsItemsConfigurableProductConfigurableOptions"]]
    ]
    variants: Optional[
        list[Optional["ProductProductsItemsConfigurableProductVariants"]]
    ]


ProductProductsItemsConfigurableProductDescription = Html
ProductProductsItemsConfigurableProductShortDescription = Html
ProductProductsItemsConfigurableProductImage = Picture


class ProductProductsItemsConfigurableProductMediaGallery(GalleryEntry):
    typename__: Literal["MediaGalleryInterface", "ProductImage", "ProductVideo"] = (
        Field(alias="__typename")
    )


ProductProductsItemsConfigurableProductPriceRange = Price
ProductProductsItemsConfigurableProductPriceTiers = Tier


class ProductProductsItemsConfigurableProductCategories(CategoryPlace):
    typename__: Literal["CategoryInterface", "CategoryTree"] = Field(alias="__typename")


ProductProductsItemsConfigurableProductCustomAttributesV2 = Facts
ProductProductsItemsConfigurableProductReviews = Reviews


class ProductProductsItemsConfigurableProductConfigurableOptions(BaseModel):
    attribute_code: Optional[str]
    label: Optional[str]
    position: Optional[int]
    values: Optional[
        list[
            Optional["ProductProductsItemsConfigurableProductConfigurableOptionsValues"]
        ]
    ]


class ProductProductsItemsConfigurableProductConfigurableOptionsValues(BaseModel):
    uid: Optional[str]
    label: Optional[str]
    swatch_data: Optional[
        "ProductProductsItemsConfigurableProductConfigurableOptionsValuesSwatchData"
    ]


class ProductProductsItemsConfigurableProductConfigurableOptionsValuesSwatchData(
    BaseModel
):
    typename__: Literal[
        "ColorSwatchData", "ImageSwatchData", "SwatchDataInterface", "TextSwatchData"
    ] = Field(alias="__typename")
    value: Optional[str]


class ProductProductsItemsConfigurableProductVariants(BaseModel):
    attributes: Optional[
        list[Optional["ProductProductsItemsConfigurableProductVariantsAttributes"]]
    ]
    product: Optional["ProductProductsItemsConfigurableProductVariantsProduct"]


class ProductProductsItemsConfigurableProductVariantsAttributes(BaseModel):
    code: Optional[str]
    uid: str
    label: Optional[str]


class ProductProductsItemsConfigurableProductVariantsProduct(BaseModel):
    uid: str
    sku: Optional[str]
    stock_status: Optional[ProductStockStatus]
    only_x_left_in_stock: Optional[float]
    image: Optional["ProductProductsItemsConfigurableProductVariantsProductImage"]
    media_gallery: Optional[
        list[
            Optional[
                "ProductProductsItemsConfigurableProductVariantsProductMediaGallery"
            ]
        ]
    ]
    price_range: "ProductProductsItemsConfigurableProductVariantsProductPriceRange"


ProductProductsItemsConfigurableProductVariantsProductImage = Picture


class ProductProductsItemsConfigurableProductVariantsProductMediaGallery(GalleryEntry):
    typename__: Literal["MediaGalleryInterface", "ProductImage", "ProductVideo"] = (
        Field(alias="__typename")
    )


ProductProductsItemsConfigurableProductVariantsProductPriceRange = Price


class ProductProductsItemsDownloadableProduct(BaseModel):
    typename__: Literal["DownloadableProduct"] = Field(alias="__typename")
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
    stock_status: Optional[ProductStockStatus]
    only_x_left_in_stock: Optional[float]
    rating_summary: float
    review_count: int
    description: Optional["ProductProductsItemsDownloadableProductDescription"]
    short_description: Optional[
        "ProductProductsItemsDownloadableProductShortDescription"
    ]
    image: Optional["ProductProductsItemsDownloadableProductImage"]
    media_gallery: Optional[
        list[Optional["ProductProductsItemsDownloadableProductMediaGallery"]]
    ]
    price_range: "ProductProductsItemsDownloadableProductPriceRange"
    price_tiers: Optional[
        list[Optional["ProductProductsItemsDownloadableProductPriceTiers"]]
    ]
    categories: Optional[
        list[Optional["ProductProductsItemsDownloadableProductCategories"]]
    ]
    custom_attributes_v_2: Optional[
        "ProductProductsItemsDownloadableProductCustomAttributesV2"
    ] = Field(alias="custom_attributesV2")
    reviews: "ProductProductsItemsDownloadableProductReviews"
    links_title: Optional[str]
    links_purchased_separately: Optional[int]
    downloadable_product_links: Optional[
        list[
            Optional["ProductProductsItemsDownloadableProductDownloadableProductLinks"]
        ]
    ]
    downloadable_product_samples: Optional[
        list[
            Optional[
                "ProductProductsItemsDownloadableProductDownloadableProductSamples"
            ]
        ]
    ]


ProductProductsItemsDownloadableProductDescription = Html
ProductProductsItemsDownloadableProductShortDescription = Html
ProductProductsItemsDownloadableProductImage = Picture


class ProductProductsItemsDownloadableProductMediaGallery(GalleryEntry):
    typename__: Literal["MediaGalleryInterface", "ProductImage", "ProductVideo"] = (
        Field(alias="__typename")
    )


ProductProductsItemsDownloadableProductPriceRange = Price
ProductProductsItemsDownloadableProductPriceTiers = Tier


class ProductProductsItemsDownloadableProductCategories(CategoryPlace):
    typename__: Literal["CategoryInterface", "CategoryTree"] = Field(alias="__typename")


ProductProductsItemsDownloadableProductCustomAttributesV2 = Facts
ProductProductsItemsDownloadableProductReviews = Reviews


class ProductProductsItemsDownloadableProductDownloadableProductLinks(BaseModel):
    uid: str
    title: Optional[str]
    price: Optional[float]
    sort_order: Optional[int]
    sample_url: Optional[str]


class ProductProductsItemsDownloadableProductDownloadableProductSamples(BaseModel):
    title: Optional[str]
    sample_url: Optional[str]
    sort_order: Optional[int]


class ProductProductsItemsGroupedProduct(BaseModel):
    typename__: Literal["GroupedProduct"] = Field(alias="__typename")
    uid: str
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
    stock_status: Optional[ProductStockStatus]
    only_x_left_in_stock: Optional[float]
    rating_summary: float
    review_count: int
    description: Optional["ProductProductsItemsGroupedProductDescription"]
    short_description: Optional["ProductProductsItemsGroupedProductShortDescription"]
    image: Optional["ProductProductsItemsGroupedProductImage"]
    media_gallery: Optional[
        list[Optional["ProductProductsItemsGroupedProductMediaGallery"]]
    ]
    price_range: "ProductProductsItemsGroupedProductPriceRange"
    price_tiers: Optional[
        list[Optional["ProductProductsItemsGroupedProductPriceTiers"]]
    ]
    categories: Optional[list[Optional["ProductProductsItemsGroupedProductCategories"]]]
    custom_attributes_v_2: Optional[
        "ProductProductsItemsGroupedProductCustomAttributesV2"
    ] = Field(alias="custom_attributesV2")
    reviews: "ProductProductsItemsGroupedProductReviews"
    items: Optional[list[Optional["ProductProductsItemsGroupedProductItems"]]]


ProductProductsItemsGroupedProductDescription = Html
ProductProductsItemsGroupedProductShortDescription = Html
ProductProductsItemsGroupedProductImage = Picture


class ProductProductsItemsGroupedProductMediaGallery(GalleryEntry):
    typename__: Literal["MediaGalleryInterface", "ProductImage", "ProductVideo"] = (
        Field(alias="__typename")
    )


ProductProductsItemsGroupedProductPriceRange = Price
ProductProductsItemsGroupedProductPriceTiers = Tier


class ProductProductsItemsGroupedProductCategories(CategoryPlace):
    typename__: Literal["CategoryInterface", "CategoryTree"] = Field(alias="__typename")


ProductProductsItemsGroupedProductCustomAttributesV2 = Facts
ProductProductsItemsGroupedProductReviews = Reviews


class ProductProductsItemsGroupedProductItems(BaseModel):
    position: Optional[int]
    qty: Optional[float]
    product: Optional["ProductProductsItemsGroupedProductItemsProduct"]


class ProductProductsItemsGroupedProductItemsProduct(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "ConfigurableProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "ProductInterface",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    sku: Optional[str]
    name: Optional[str]
    url_key: Optional[str]
    url_suffix: Optional[str]
    stock_status: Optional[ProductStockStatus]
    small_image: Optional["ProductProductsItemsGroupedProductItemsProductSmallImage"]
    price_range: "ProductProductsItemsGroupedProductItemsProductPriceRange"


ProductProductsItemsGroupedProductItemsProductSmallImage = Picture
ProductProductsItemsGroupedProductItemsProductPriceRange = Price
