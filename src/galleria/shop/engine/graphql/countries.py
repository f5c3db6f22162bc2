"""Countries and regions: which there are, and which region an address means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

POSTCODE_OPTIONAL: Final = frozenset({"HK", "IE", "MO", "PA"})
"""Countries without postcodes (Magento's stock setting ``optional_zip_countries``)."""

# fmt: off
REGION_REQUIRED: Final = frozenset({
    "AL", "AR", "BO", "BR", "BG", "BY", "CA", "CH", "CL", "CN", "CO", "CR", "DK", "EC", "EE", "ES", "GR", "GY",
    "HR", "IN", "IS", "IT", "LT", "LV", "MX", "PE", "PL", "PT", "PY", "RO", "SE", "SR", "US", "UY", "VE", "AU",
})
# fmt: on
"""Countries whose addresses name a region (Magento's stock setting ``countries_with_required_region``)."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a country. ``id`` is Magento's number for it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ``code`` has two letters, ``three`` has three."""

    code: str
    three: str
    name: str
    regions: tuple[Region, ...]

    def region(self, *, region_id: int | None = None, text: str = "") -> Region | None:
        """Return the region with this id, else the one with this code or name, None when there is none."""
        if region_id is not None:
            return next((r for r in self.regions if r.id == region_id), None)
        wanted = text.strip().casefold()
        by_code = next((r for r in self.regions if r.code.casefold() == wanted), None)
        return by_code or next((r for r in self.regions if r.name.casefold() == wanted), None)


@cache
def all_countries() -> dict[str, Country]:
    """Return every country by its two-letter code, in the order of codes."""
    rows = json.loads(files("galleria.shop.engine.graphql.data").joinpath("countries.json").read_text("utf-8"))
    return {
        code: Country(code, three, name, tuple(Region(*region) for region in regions))
        for code, three, name, regions in rows
    }
