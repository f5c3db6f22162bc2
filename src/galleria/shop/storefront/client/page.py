from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Page(BaseModel):
    cms_page: Optional["PageCmsPage"] = Field(alias="cmsPage")


class PageCmsPage(BaseModel):
    identifier: Optional[str]
    title: Optional[str]
    content: Optional[str]
    content_heading: Optional[str]
    meta_title: Optional[str]
    meta_description: Optional[str]
