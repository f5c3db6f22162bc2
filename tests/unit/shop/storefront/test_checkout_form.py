"""What an address can't do without, country by country, said in the form's order."""

from __future__ import annotations

from galleria.shop.storefront.data.purchases import Country, Region
from galleria.shop.storefront.pages.forms import check_address
from galleria.shop.storefront.routes.visit import Services
from tests.unit.shop.storefront.conftest import StandIn

TEXAS = (Region(57, "TX", "Texas"),)
COUNTRIES = (
    Country("US", "United States", TEXAS, needs_region=True),
    Country("DE", "Germany", (Region(81, "BAY", "Bayern"),)),
    Country("IE", "Ireland", needs_postcode=False),
)
ADDRESS = {
    "firstname": "Ada",
    "lastname": "Byron",
    "street": "1 Test Street",
    "postcode": "78701",
    "city": "Austin",
    "country": "US",
    "region": "Texas",
    "telephone": "555",
}


def wrong(**changes: str) -> list[str]:
    return list(check_address({**ADDRESS, **changes}, COUNTRIES))


def test_everything_that_is_missing_is_said_in_the_forms_order() -> None:
    nothing = check_address({"country": "US"}, COUNTRIES)
    assert list(nothing) == ["firstname", "lastname", "street", "postcode", "city", "region", "telephone"]
    assert wrong() == []
    assert wrong(country="") == ["country"]
    assert wrong(country="XX") == ["country"]


def test_a_region_is_needed_where_the_shop_says_so() -> None:
    assert wrong(region="") == ["region"]
    assert wrong(region="Bayern") == ["region"]
    assert wrong(region="tx") == []
    assert wrong(country="DE", region="") == []
    assert wrong(country="DE", region="Upper Bavaria") == []


def test_a_postcode_is_needed_where_the_shop_does_not_say_otherwise() -> None:
    assert wrong(postcode="") == ["postcode"]
    assert wrong(country="IE", region="", postcode="") == []


async def test_the_shops_configuration_says_what_each_country_needs(stand_in: StandIn, made: Services) -> None:
    regions = [{"id": 57, "code": "TX", "name": "Texas"}]
    both = {"full_name_english": None, "available_regions": regions}
    stand_in.answers["Countries"] = {
        "storeConfig": {"optional_zip_countries": "IE, HK", "countries_with_required_region": "US,IE"},
        "countries": [
            {"id": "US", "full_name_locale": "United States", **both},
            {"id": "DE", "full_name_locale": "Germany", **both},
            {"id": "IE", "full_name_locale": "Ireland", "full_name_english": None, "available_regions": None},
        ],
    }
    found = {one.code: (one.needs_region, one.needs_postcode) for one in await made.checkouts.countries()}
    assert found == {"US": (True, True), "DE": (False, True), "IE": (False, False)}


async def test_where_nothing_is_told_what_there_is_is_needed(stand_in: StandIn, made: Services) -> None:
    regions = [{"id": 57, "code": "TX", "name": "Texas"}]
    country = {"id": "US", "full_name_locale": "United States", "full_name_english": None, "available_regions": regions}
    stand_in.answers["Countries"] = {
        "storeConfig": {"optional_zip_countries": None, "countries_with_required_region": None},
        "countries": [country],
    }
    found = (await made.checkouts.countries())[0]
    assert (found.needs_region, found.needs_postcode) == (True, True)
