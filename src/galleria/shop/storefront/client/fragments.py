from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import CountryCodeEnum, CurrencyEnum


class Amount(BaseModel):
    value: Optional[float]
    currency: Optional[CurrencyEnum]


class Picture(BaseModel):
    url: Optional[str]
    label: Optional[str]


class CartParts(BaseModel):
    id: str
    email: Optional[str]
    is_virtual: bool
    total_quantity: float
    applied_coupons: Optional[list[Optional["CartPartsAppliedCoupons"]]]
    prices: Optional["CartPartsPrices"]
    items_v_2: Optional["CartPartsItemsV2"] = Field(alias="itemsV2")


class CartPartsAppliedCoupons(BaseModel):
    code: str


class CartPartsPrices(BaseModel):
    grand_total: Optional["CartPartsPricesGrandTotal"]
    subtotal_excluding_tax: Optional["CartPartsPricesSubtotalExcludingTax"]
    subtotal_including_tax: Optional["CartPartsPricesSubtotalIncludingTax"]
    discounts: Optional[list[Optional["CartPartsPricesDiscounts"]]]
    applied_taxes: Optional[list[Optional["CartPartsPricesAppliedTaxes"]]]


class CartPartsPricesGrandTotal(Amount):
    pass


class CartPartsPricesSubtotalExcludingTax(Amount):
    pass


class CartPartsPricesSubtotalIncludingTax(Amount):
    pass


class CartPartsPricesDiscounts(BaseModel):
    amount: "CartPartsPricesDiscountsAmount"
    label: str


class CartPartsPricesDiscountsAmount(Amount):
    pass


class CartPartsPricesAppliedTaxes(BaseModel):
    amount: "CartPartsPricesAppliedTaxesAmount"
    label: str


class CartPartsPricesAppliedTaxesAmount(Amount):
    pass


class CartPartsItemsV2(BaseModel):
    total_count: int
    items: list[
        Optional[
            Annotated[
                Union[
                    "CartPartsItemsV2ItemsCartItemInterface",
                    "CartPartsItemsV2ItemsBundleCartItem",
                    "CartPartsItemsV2ItemsConfigurableCartItem",
                    "CartPartsItemsV2ItemsDownloadableCartItem",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ]


class CartPartsItemsV2ItemsCartItemInterface(BaseModel):
    typename__: Literal["CartItemInterface", "SimpleCartItem", "VirtualCartItem"] = (
        Field(alias="__typename")
    )
    uid: str
    quantity: float
    is_available: bool
    errors: Optional[list[Optional["CartPartsItemsV2ItemsCartItemInterfaceErrors"]]]
    prices: Optional["CartPartsItemsV2ItemsCartItemInterfacePrices"]
    product: "CartPartsItemsV2ItemsCartItemInterfaceProduct"


class CartPartsItemsV2ItemsCartItemInterfaceErrors(BaseModel):
    message: str


class CartPartsItemsV2ItemsCartItemInterfacePrices(BaseModel):
    price: "CartPartsItemsV2ItemsCartItemInterfacePricesPrice"
    row_total: "CartPartsItemsV2ItemsCartItemInterfacePricesRowTotal"
    row_total_including_tax: (
        "CartPartsItemsV2ItemsCartItemInterfacePricesRowTotalIncludingTax"
    )


class CartPartsItemsV2ItemsCartItemInterfacePricesPrice(Amount):
    pass


class CartPartsItemsV2ItemsCartItemInterfacePricesRowTotal(Amount):
    pass


class CartPartsItemsV2ItemsCartItemInterfacePricesRowTotalIncludingTax(Amount):
    pass


class CartPartsItemsV2ItemsCartItemInterfaceProduct(BaseModel):
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
    small_image: Optional["CartPartsItemsV2ItemsCartItemInterfaceProductSmallImage"]


class CartPartsItemsV2ItemsCartItemInterfaceProductSmallImage(Picture):
    pass


class CartPartsItemsV2ItemsBundleCartItem(BaseModel):
    typename__: Literal["BundleCartItem"] = Field(alias="__typename")
    uid: str
    quantity: float
    is_available: bool
    errors: Optional[list[Optional["CartPartsItemsV2ItemsBundleCartItemErrors"]]]
    prices: Optional["CartPartsItemsV2ItemsBundleCartItemPrices"]
    product: "CartPartsItemsV2ItemsBundleCartItemProduct"
    bundle_options: list[Optional["CartPartsItemsV2ItemsBundleCartItemBundleOptions"]]


class CartPartsItemsV2ItemsBundleCartItemErrors(BaseModel):
    message: str


class CartPartsItemsV2ItemsBundleCartItemPrices(BaseModel):
    price: "CartPartsItemsV2ItemsBundleCartItemPricesPrice"
    row_total: "CartPartsItemsV2ItemsBundleCartItemPricesRowTotal"
    row_total_including_tax: (
        "CartPartsItemsV2ItemsBundleCartItemPricesRowTotalIncludingTax"
    )


class CartPartsItemsV2ItemsBundleCartItemPricesPrice(Amount):
    pass


class CartPartsItemsV2ItemsBundleCartItemPricesRowTotal(Amount):
    pass


class CartPartsItemsV2ItemsBundleCartItemPricesRowTotalIncludingTax(Amount):
    pass


class CartPartsItemsV2ItemsBundleCartItemProduct(BaseModel):
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
    small_image: Optional["CartPartsItemsV2ItemsBundleCartItemProductSmallImage"]


class CartPartsItemsV2ItemsBundleCartItemProductSmallImage(Picture):
    pass


class CartPartsItemsV2ItemsBundleCartItemBundleOptions(BaseModel):
    label: str
    values: list[Optional["CartPartsItemsV2ItemsBundleCartItemBundleOptionsValues"]]


class CartPartsItemsV2ItemsBundleCartItemBundleOptionsValues(BaseModel):
    label: str
    quantity: float


class CartPartsItemsV2ItemsConfigurableCartItem(BaseModel):
    typename__: Literal["ConfigurableCartItem"] = Field(alias="__typename")
    uid: str
    quantity: float
    is_available: bool
    errors: Optional[list[Optional["CartPartsItemsV2ItemsConfigurableCartItemErrors"]]]
    prices: Optional["CartPartsItemsV2ItemsConfigurableCartItemPrices"]
    product: "CartPartsItemsV2ItemsConfigurableCartItemProduct"
    configurable_options: list[
        Optional["CartPartsItemsV2ItemsConfigurableCartItemConfigurableOptions"]
    ]
    configured_variant: "CartPartsItemsV2ItemsConfigurableCartItemConfiguredVariant"


class CartPartsItemsV2ItemsConfigurableCartItemErrors(BaseModel):
    message: str


class CartPartsItemsV2ItemsConfigurableCartItemPrices(BaseModel):
    price: "CartPartsItemsV2ItemsConfigurableCartItemPricesPrice"
    row_total: "CartPartsItemsV2ItemsConfigurableCartItemPricesRowTotal"
    row_total_including_tax: (
        "CartPartsItemsV2ItemsConfigurableCartItemPricesRowTotalIncludingTax"
    )


class CartPartsItemsV2ItemsConfigurableCartItemPricesPrice(Amount):
    pass


class CartPartsItemsV2ItemsConfigurableCartItemPricesRowTotal(Amount):
    pass


class CartPartsItemsV2ItemsConfigurableCartItemPricesRowTotalIncludingTax(Amount):
    pass


class CartPartsItemsV2ItemsConfigurableCartItemProduct(BaseModel):
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
    small_image: Optional["CartPartsItemsV2ItemsConfigurableCartItemProductSmallImage"]


class CartPartsItemsV2ItemsConfigurableCartItemProductSmallImage(Picture):
    pass


class CartPartsItemsV2ItemsConfigurableCartItemConfigurableOptions(BaseModel):
    configurable_product_option_value_uid: str
    option_label: str
    value_label: str


class CartPartsItemsV2ItemsConfigurableCartItemConfiguredVariant(BaseModel):
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
    small_image: Optional[
        "CartPartsItemsV2ItemsConfigurableCartItemConfiguredVariantSmallImage"
    ]


class CartPartsItemsV2ItemsConfigurableCartItemConfiguredVariantSmallImage(Picture):
    pass


class CartPartsItemsV2ItemsDownloadableCartItem(BaseModel):
    typename__: Literal["DownloadableCartItem"] = Field(alias="__typename")
    uid: str
    quantity: float
    is_available: bool
    errors: Optional[list[Optional["CartPartsItemsV2ItemsDownloadableCartItemErrors"]]]
    prices: Optional["CartPartsItemsV2ItemsDownloadableCartItemPrices"]
    product: "CartPartsItemsV2ItemsDownloadableCartItemProduct"
    links: Optional[list[Optional["CartPartsItemsV2ItemsDownloadableCartItemLinks"]]]


class CartPartsItemsV2ItemsDownloadableCartItemErrors(BaseModel):
    message: str


class CartPartsItemsV2ItemsDownloadableCartItemPrices(BaseModel):
    price: "CartPartsItemsV2ItemsDownloadableCartItemPricesPrice"
    row_total: "CartPartsItemsV2ItemsDownloadableCartItemPricesRowTotal"
    row_total_including_tax: (
        "CartPartsItemsV2ItemsDownloadableCartItemPricesRowTotalIncludingTax"
    )


class CartPartsItemsV2ItemsDownloadableCartItemPricesPrice(Amount):
    pass


class CartPartsItemsV2ItemsDownloadableCartItemPricesRowTotal(Amount):
    pass


class CartPartsItemsV2ItemsDownloadableCartItemPricesRowTotalIncludingTax(Amount):
    pass


class CartPartsItemsV2ItemsDownloadableCartItemProduct(BaseModel):
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
    small_image: Optional["CartPartsItemsV2ItemsDownloadableCartItemProductSmallImage"]


class CartPartsItemsV2ItemsDownloadableCartItemProductSmallImage(Picture):
    pass


class CartPartsItemsV2ItemsDownloadableCartItemLinks(BaseModel):
    title: Optional[str]


class Crumb(BaseModel):
    category_name: Optional[str]
    category_url_path: Optional[str]


class CategoryPlace(BaseModel):
    typename__: str = Field(alias="__typename")
    uid: str
    name: Optional[str]
    url_path: Optional[str]
    level: Optional[int]
    breadcrumbs: Optional[list[Optional["CategoryPlaceBreadcrumbs"]]]


class CategoryPlaceBreadcrumbs(Crumb):
    pass


class Facts(BaseModel):
    items: list[
        Optional[
            Annotated[
                Union[
                    "FactsItemsAttributeValueInterface",
                    "FactsItemsAttributeSelectedOptions",
                    "FactsItemsAttributeValue",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ]


class FactsItemsAttributeValueInterface(BaseModel):
    typename__: Literal["AttributeValueInterface"] = Field(alias="__typename")
    code: str


class FactsItemsAttributeSelectedOptions(BaseModel):
    typename__: Literal["AttributeSelectedOptions"] = Field(alias="__typename")
    code: str
    selected_options: list[
        Optional["FactsItemsAttributeSelectedOptionsSelectedOptions"]
    ]


class FactsItemsAttributeSelectedOptionsSelectedOptions(BaseModel):
    typename__: Literal[
        "AttributeSelectedOption", "AttributeSelectedOptionInterface"
    ] = Field(alias="__typename")
    label: str
    value: str


class FactsItemsAttributeValue(BaseModel):
    typename__: Literal["AttributeValue"] = Field(alias="__typename")
    code: str
    value: str


class GalleryEntry(BaseModel):
    typename__: str = Field(alias="__typename")
    url: Optional[str]
    label: Optional[str]
    disabled: Optional[bool]
    position: Optional[int]


class Html(BaseModel):
    html: str


class Menu(BaseModel):
    uid: str
    name: Optional[str]
    url_path: Optional[str]
    url_suffix: Optional[str]
    include_in_menu: Optional[int]
    product_count: Optional[int]
    position: Optional[int]
    image: Optional[str]


class OrderedAddress(BaseModel):
    firstname: str
    lastname: str
    company: Optional[str]
    street: list[Optional[str]]
    city: str
    postcode: Optional[str]
    region: Optional[str]
    country_code: Optional[CountryCodeEnum]
    telephone: Optional[str]


class OrderParts(BaseModel):
    number: str
    order_date: str
    status: str
    shipping_method: Optional[str]
    payment_methods: Optional[list[Optional["OrderPartsPaymentMethods"]]]
    shipping_address: Optional["OrderPartsShippingAddress"]
    billing_address: Optional["OrderPartsBillingAddress"]
    items: Optional[list[Optional["OrderPartsItems"]]]
    total: Optional["OrderPartsTotal"]


class OrderPartsPaymentMethods(BaseModel):
    name: str


class OrderPartsShippingAddress(OrderedAddress):
    pass


class OrderPartsBillingAddress(OrderedAddress):
    pass


class OrderPartsItems(BaseModel):
    typename__: Literal[
        "BundleOrderItem", "DownloadableOrderItem", "OrderItem", "OrderItemInterface"
    ] = Field(alias="__typename")
    product_name: Optional[str]
    product_sku: str
    product_url_key: Optional[str]
    quantity_ordered: Optional[float]
    product_sale_price: "OrderPartsItemsProductSalePrice"
    selected_options: Optional[list[Optional["OrderPartsItemsSelectedOptions"]]]


class OrderPartsItemsProductSalePrice(Amount):
    pass


class OrderPartsItemsSelectedOptions(BaseModel):
    label: str
    value: str


class OrderPartsTotal(BaseModel):
    subtotal: "OrderPartsTotalSubtotal"
    total_shipping: "OrderPartsTotalTotalShipping"
    total_tax: "OrderPartsTotalTotalTax"
    grand_total: "OrderPartsTotalGrandTotal"
    discounts: Optional[list[Optional["OrderPartsTotalDiscounts"]]]


class OrderPartsTotalSubtotal(Amount):
    pass


class OrderPartsTotalTotalShipping(Amount):
    pass


class OrderPartsTotalTotalTax(Amount):
    pass


class OrderPartsTotalGrandTotal(Amount):
    pass


class OrderPartsTotalDiscounts(BaseModel):
    label: str
    amount: "OrderPartsTotalDiscountsAmount"


class OrderPartsTotalDiscountsAmount(Amount):
    pass


class PagePlace(BaseModel):
    identifier: Optional[str]
    title: Optional[str]


class Person(BaseModel):
    email: Optional[str]
    firstname: Optional[str]
    lastname: Optional[str]
    is_subscribed: Optional[bool]


class Price(BaseModel):
    minimum_price: "PriceMinimumPrice"
    maximum_price: Optional["PriceMaximumPrice"]


class PriceMinimumPrice(BaseModel):
    final_price: "PriceMinimumPriceFinalPrice"
    regular_price: "PriceMinimumPriceRegularPrice"


class PriceMinimumPriceFinalPrice(Amount):
    pass


class PriceMinimumPriceRegularPrice(Amount):
    pass


class PriceMaximumPrice(BaseModel):
    final_price: "PriceMaximumPriceFinalPrice"


class PriceMaximumPriceFinalPrice(Amount):
    pass


class Reviews(BaseModel):
    items: list[Optional["ReviewsItems"]]
    page_info: "ReviewsPageInfo"


class ReviewsItems(BaseModel):
    average_rating: float
    created_at: str
    nickname: str
    summary: str
    text: str


class ReviewsPageInfo(BaseModel):
    total_pages: Optional[int]


class SavedAddress(BaseModel):
    id: Optional[int]
    firstname: Optional[str]
    lastname: Optional[str]
    company: Optional[str]
    street: Optional[list[Optional[str]]]
    city: Optional[str]
    postcode: Optional[str]
    telephone: Optional[str]
    country_code: Optional[CountryCodeEnum]
    region: Optional["SavedAddressRegion"]
    default_billing: Optional[bool]
    default_shipping: Optional[bool]


class SavedAddressRegion(BaseModel):
    region: Optional[str]
    region_code: Optional[str]
    region_id: Optional[int]


class Tier(BaseModel):
    quantity: Optional[float]
    final_price: Optional["TierFinalPrice"]


class TierFinalPrice(Amount):
    pass
