from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel


class AttributeLabels(BaseModel):
    custom_attribute_metadata_v_2: "AttributeLabelsCustomAttributeMetadataV2" = Field(
        alias="customAttributeMetadataV2"
    )


class AttributeLabelsCustomAttributeMetadataV2(BaseModel):
    items: list[Optional["AttributeLabelsCustomAttributeMetadataV2Items"]]


class AttributeLabelsCustomAttributeMetadataV2Items(BaseModel):
    typename__: Literal[
        "AttributeMetadata",
        "CatalogAttributeMetadata",
        "CustomAttributeMetadataInterface",
        "CustomerAttributeMetadata",
    ] = Field(alias="__typename")
    code: str
    label: Optional[str]
