from typing import Optional

from .base_model import BaseModel


class Countries(BaseModel):
    countries: Optional[list[Optional["CountriesCountries"]]]


class CountriesCountries(BaseModel):
    id: Optional[str]
    full_name_locale: Optional[str]
    full_name_english: Optional[str]
    available_regions: Optional[list[Optional["CountriesCountriesAvailableRegions"]]]


class CountriesCountriesAvailableRegions(BaseModel):
    id: Optional[int]
    code: Optional[str]
    name: Optional[str]
