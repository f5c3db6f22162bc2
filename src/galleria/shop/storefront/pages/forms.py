"""What shoppers fill in: read, and checked before the engine is asked. Nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data.purchases import Address

if TYPE_CHECKING:
    from galleria.shop.storefront.data.purchases import Country

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_FIELDS: Final = (
    ("firstname", "Enter a first name."),
    ("lastname", "Enter a last name."),
    ("street", "Enter street and house number."),
    ("postcode", "Enter a postcode."),
    ("city", "Enter a city."),
    ("country", "Choose a country."),
    ("region", "Enter a state or region."),
    ("telephone", "Enter a phone number, for the carrier."),
)
"""What an address needs, in the form's order; region and postcode not in every country."""
LONGEST: Final = 255


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in: values by field, what is wrong by field, what is wrong with the whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors and self.trouble is None

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return self.values.get(name, "")


def read_address(values: Mapping[str, str]) -> Address:
    """Return the address that was typed."""
    lines = (values.get("street", ""), values.get("street2", ""))
    return Address(
        firstname=values.get("firstname", "")[:LONGEST],
        lastname=values.get("lastname", "")[:LONGEST],
        company=values.get("company", "")[:LONGEST],
        street=tuple(line[:LONGEST] for line in lines if line),
        city=values.get("city", "")[:LONGEST],
        region=values.get("region", "")[:LONGEST],
        postcode=values.get("postcode", "")[:40],
        country=values.get("country", "")[:2],
        telephone=values.get("telephone", "")[:40],
    )


def write_address(address: Address | None) -> dict[str, str]:
    """Return an address as the fields of a form."""
    if address is None:
        return {}
    lines = (*address.street, "", "")
    return {
        "firstname": address.firstname,
        "lastname": address.lastname,
        "company": address.company,
        "street": lines[0],
        "street2": lines[1],
        "city": address.city,
        "region": address.region,
        "postcode": address.postcode,
        "country": address.country,
        "telephone": address.telephone,
    }


def check_address(values: Mapping[str, str], countries: tuple[Country, ...]) -> dict[str, str]:
    """Return what is wrong with an address, by field."""
    country = next((one for one in countries if one.code == values.get("country")), None)
    given = {**values, "country": country.code if country else ""}
    optional = {"region"}
    if country is not None and not country.needs_postcode:
        optional.add("postcode")
    errors = {name: message for name, message in _FIELDS if not given.get(name) and name not in optional}
    if country is not None and country.needs_region and not _names(country, given.get("region", "")):
        errors["region"] = f"Enter a state or region of {country.name}."
    return {name: errors[name] for name, _ in _FIELDS if name in errors}


def check_email(email: str) -> dict[str, str]:
    """Return what is wrong with an e-mail address."""
    if not email:
        return {"email": "Enter your e-mail address."}
    return (
        {} if _EMAIL.fullmatch(email) else {"email": "This is not an e-mail address. One looks like name@example.com."}
    )


def check_password(password: str, least: int) -> dict[str, str]:
    """Return what is wrong with a new password. What else it must have, the engine says."""
    return {} if len(password) >= least else {"password": f"Choose a password of at least {least} characters."}


def required(values: Mapping[str, str], **fields: str) -> dict[str, str]:
    """Return what is missing: the message of each of ``fields`` that is empty."""
    return {name: message for name, message in fields.items() if not values.get(name)}


def _names(country: Country, written: str) -> bool:
    wanted = written.strip().casefold()
    return any(wanted in (region.name.casefold(), region.code.casefold()) for region in country.regions)
