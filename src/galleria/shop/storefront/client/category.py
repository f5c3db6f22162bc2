from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Crumb, Menu


class Category(BaseModel):
    category_list: Optional[list[Optional["CategoryCategoryList"]]] = Field(
        alias="categoryList"
    )


class CategoryCategoryList(BaseModel):
    uid: str
    name: Optional[str]
    description: Optional[str]
    image: Optional[str]
    display_mode: Optional[str]
    url_path: Optional[str]
    url_suffix: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
    product_count: Optional[int]
    breadcrumbs: Optional[list[Optional["CategoryCategoryListBreadcrumbs"]]]
    cms_block: Optional["CategoryCategoryListCmsBlock"]
    children: Optional[list[Optional["CategoryCategoryListChildren"]]]


CategoryCategoryListBreadcrumbs = Crumb


class CategoryCategoryListCmsBlock(BaseModel):
    identifier: Optional[str]
    title: Optional[str]
    content: Optional[str]


CategoryCategoryListChildren = Menu
