from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Countries(BaseModel):
    store_config: Optional["CountriesStoreConfig"] = Field(alias="storeConfig")
    countries: Optional[list[Optional["CountriesCountries"]]]


class CountriesStoreConfig(BaseModel):
    optional_zip_countries: Optional[str]
    countries_with_required_region: Optional[str]


class CountriesCountries(BaseModel):
    id: Optional[str]
    full_name_locale: Optional[str]
    full_name_english: Optional[str]
    available_regions: Optional[list[Optional["CountriesCountriesAvailableRegions"]]]


class CountriesCountriesAvailableRegions(BaseModel):
    id: Optional[int]
    code: Optional[str]
    name: Optional[str]
