from pydantic import Field

from .base_model import BaseModel


class MergeCarts(BaseModel):
    merge_carts: "MergeCartsMergeCarts" = Field(alias="mergeCarts")


class MergeCartsMergeCarts(BaseModel):
    id: str
