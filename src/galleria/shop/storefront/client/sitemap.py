from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel


class Sitemap(BaseModel):
    products: Optional["SitemapProducts"]


class SitemapProducts(BaseModel):
    total_count: Optional[int]
    page_info: Optional["SitemapProductsPageInfo"]
    items: Optional[list[Optional["SitemapProductsItems"]]]


class SitemapProductsPageInfo(BaseModel):
    total_pages: Optional[int]


class SitemapProductsItems(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "ConfigurableProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "ProductInterface",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    url_key: Optional[str]
    url_suffix: Optional[str]
    updated_at: Optional[str]
