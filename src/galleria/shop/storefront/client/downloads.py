from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Downloads(BaseModel):
    customer_downloadable_products: Optional[
        "DownloadsCustomerDownloadableProducts"
    ] = Field(alias="customerDownloadableProducts")


class DownloadsCustomerDownloadableProducts(BaseModel):
    items: Optional[list[Optional["DownloadsCustomerDownloadableProductsItems"]]]


class DownloadsCustomerDownloadableProductsItems(BaseModel):
    date: Optional[str]
    download_url: Optional[str]
    order_increment_id: Optional[str]
    remaining_downloads: Optional[str]
    status: Optional[str]
