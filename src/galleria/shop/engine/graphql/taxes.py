"""Which taxes hold at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.engine.graphql.records.models import TaxRate
from galleria.shop.engine.graphql.totals import Tax

if TYPE_CHECKING:
    from galleria.shop.engine.graphql.addresses import Place


def taxes_for(place: Place | None) -> tuple[Tax, ...]:
    """Return the tax of a place: that of its postcode, else its region, else its country; none without a place."""
    if place is None or not place.country:
        return ()
    rates = TaxRate.objects.filter(
        country=place.country, region_code__in=("", place.region_code), postcode__in=("", place.postcode)
    )
    ranked = sorted(rates, key=lambda r: (bool(r.postcode), bool(r.region_code)), reverse=True)
    return tuple(Tax(r.code, r.percent) for r in ranked[:1] if r.percent)
