from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Menu


class Categories(BaseModel):
    category_list: Optional[list[Optional["CategoriesCategoryList"]]] = Field(
        alias="categoryList"
    )


class CategoriesCategoryList(BaseModel):
    uid: str
    children: Optional[list[Optional["CategoriesCategoryListChildren"]]]


class CategoriesCategoryListChildren(Menu):
    children: Optional[list[Optional["CategoriesCategoryListChildrenChildren"]]]


class CategoriesCategoryListChildrenChildren(Menu):
    children: Optional[list[Optional["CategoriesCategoryListChildrenChildrenChildren"]]]


CategoriesCategoryListChildrenChildrenChildren = Menu
