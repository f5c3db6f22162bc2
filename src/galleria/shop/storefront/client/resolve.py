from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import UrlRewriteEntityTypeEnum


class Resolve(BaseModel):
    route: Optional[
        Annotated[
            Union[
                "ResolveRouteRoutableInterface",
                "ResolveRouteCategoryTree",
                "ResolveRouteCmsPage",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class ResolveRouteRoutableInterface(BaseModel):
    typename__: Literal[
        "BundleProduct",
        "ConfigurableProduct",
        "DownloadableProduct",
        "GroupedProduct",
        "RoutableInterface",
        "RoutableUrl",
        "SimpleProduct",
        "VirtualProduct",
    ] = Field(alias="__typename")
    relative_url: Optional[str]
    redirect_code: int
    type_: Optional[UrlRewriteEntityTypeEnum] = Field(alias="type")


class ResolveRouteCategoryTree(BaseModel):
    typename__: Literal["CategoryTree"] = Field(alias="__typename")
    relative_url: Optional[str]
    redirect_code: int
    type_: Optional[UrlRewriteEntityTypeEnum] = Field(alias="type")
    uid: str
    url_path: Optional[str]


class ResolveRouteCmsPage(BaseModel):
    typename__: Literal["CmsPage"] = Field(alias="__typename")
    relative_url: Optional[str]
    redirect_code: int
    type_: Optional[UrlRewriteEntityTypeEnum] = Field(alias="type")
    identifier: Optional[str]
