"""Store, currency and countries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ariadne import QueryType

from galleria.shop.engine.graphql import configuration
from galleria.shop.engine.graphql.countries import Country, all_countries
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity, RequestRefused
from galleria.shop.engine.graphql.paging import page_info

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.context import Caller

query = QueryType()

_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "CHF", "CAD": "CA$", "AUD": "A$"}


def check_caller(caller: Caller) -> None:
    """Refuse a store or currency that there is not, before anything runs.

    Raises RequestRefused (400): Magento answers 500 here.
    """
    if caller.store_code is not None and caller.store_code != configuration.STORE_CODE:
        raise RequestRefused(f"Requested store is not found ({caller.store_code[:64]})")
    if caller.currency is not None and caller.currency not in configuration.currencies().available:
        raise RequestRefused("Please correct the target currency")


@query.field("storeConfig")
def resolve_store_config(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer ``storeConfig``."""
    return configuration.store_config(info.context)


@query.field("availableStores")
def resolve_available_stores(
    _parent: object,
    info: GraphQLResolveInfo,
    useCurrentGroup: bool | None = None,
) -> list[dict[str, object]]:
    """Answer ``availableStores``: an instance is one store, so one."""
    return [configuration.store_config(info.context)]


@query.field("currency")
def resolve_currency(_parent: object, info: GraphQLResolveInfo) -> dict[str, object]:
    """Answer ``currency``: what prices are in."""
    info.context.tag("store")
    base = configuration.currencies().base
    symbol = _SYMBOLS.get(base, base)
    return {
        "available_currency_codes": list(configuration.currencies().available),
        "base_currency_code": base,
        "base_currency_symbol": symbol,
        "default_display_currecy_code": base,
        "default_display_currecy_symbol": symbol,
        "default_display_currency_code": base,
        "default_display_currency_symbol": symbol,
        "exchange_rates": [{"currency_to": code, "rate": 1} for code in configuration.currencies().available],
    }


@query.field("countries")
def resolve_countries(_parent: object, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer ``countries``, by code."""
    return [_country(country) for country in all_countries().values()]


@query.field("country")
def resolve_country(_parent: object, _info: GraphQLResolveInfo, id: str | None = None) -> dict[str, object]:
    """Answer ``country(id:)``."""
    if not id:
        raise InvalidInput('Country "id" value should be specified')
    country = all_countries().get(id)
    if country is None:
        raise NoSuchEntity("The country isn't available.")
    return _country(country)


@query.field("pickupLocations")
def resolve_pickup_locations(
    _parent: object, _info: GraphQLResolveInfo, pageSize: int = 20, currentPage: int = 1, **_where: object
) -> dict[str, object]:
    """Answer ``pickupLocations``: everything is sent, nothing is fetched."""
    if currentPage < 1:
        raise InvalidInput("currentPage value must be greater than 0.")
    if pageSize < 1:
        raise InvalidInput("pageSize value must be greater than 0.")
    return {"items": [], "page_info": page_info(currentPage, pageSize, 0), "total_count": 0}


@query.field("checkoutAgreements")
def resolve_agreements(_parent: object, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Answer ``checkoutAgreements``: this store asks for none."""
    return []


@query.field("recaptchaV3Config")
def resolve_recaptcha(_parent: object, _info: GraphQLResolveInfo) -> None:
    """Answer ``recaptchaV3Config``: none is used, which Magento says by null."""


def _country(country: Country) -> dict[str, object]:
    regions = [{"id": r.id, "code": r.code, "name": r.name} for r in country.regions]
    return {
        "id": country.code,
        "two_letter_abbreviation": country.code,
        "three_letter_abbreviation": country.three,
        "full_name_locale": country.name,
        "full_name_english": country.name,
        "available_regions": regions or None,
    }


BINDABLES = (query,)
