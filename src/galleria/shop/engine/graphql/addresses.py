"""What an address must say. One set of rules for carts and address books; only the wording differs, as in Magento."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql.countries import POSTCODE_OPTIONAL, REGION_REQUIRED, Country, all_countries
from galleria.shop.engine.graphql.errors import InvalidInput, InvalidValues

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_STREET_LINES: Final = 2
_MAX_LENGTH: Final = 255


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as plain values. ``region`` is its name, ``region_id`` Magento's number for it."""

    firstname: str = ""
    lastname: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    country: str = ""
    region: str = ""
    region_code: str = ""
    region_id: int | None = None
    postcode: str = ""
    telephone: str = ""
    company: str = ""
    prefix: str = ""
    middlename: str = ""
    suffix: str = ""
    fax: str = ""
    vat_id: str = ""
    customer_notes: str = ""
    customer_address_id: int | None = None

    def plain(self) -> dict[str, object]:
        """Return what a JSON column keeps."""
        return asdict(self) | {"street": list(self.street)}

    @classmethod
    def of(cls, value: Mapping[str, object]) -> Address:
        """Return what ``plain`` made a dict of."""
        known = {key: value[key] for key in cls.__slots__ if key in value}
        return cls(**(known | {"street": tuple(value.get("street") or ())}))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Place:
    """The part of an address that shipping and taxes go by."""

    country: str = ""
    region_id: int | None = None
    region_code: str = ""
    postcode: str = ""


def place_of(address: Address) -> Place:
    """Return where an address is."""
    return Place(address.country, address.region_id, address.region_code, address.postcode)


@dataclass(frozen=True, slots=True)
class GivenRegion:
    """How a client names a region."""

    region_id: int | None = None
    text: str = field(default="")


def text(values: Mapping[str, object], key: str) -> str:
    """Return a given text without outer blanks, '' when it is absent."""
    return str(values.get(key) or "").strip()[:_MAX_LENGTH]


def cart_address(values: Mapping[str, object]) -> Address:
    """Return the address in a ``CartAddressInput``.

    Raises InvalidInput for what the resolver refuses, InvalidValues for what the model does.
    """
    street = _street(values)
    country = all_countries().get(text(values, "country_code").upper())
    if country is None:
        raise InvalidInput("Country is not available")
    region_id = values.get("region_id")
    given = GivenRegion(region_id if isinstance(region_id, int) else None, text(values, "region"))
    if country.regions and country.code in REGION_REQUIRED and given == GivenRegion():
        raise InvalidInput("Region is required.")
    address = _assembled(values, street, country, given)
    problems = missing(address)
    if problems:
        raise InvalidValues(problems)
    return address


def missing(address: Address) -> list[str]:
    """Return what an address lacks, one sentence each, in Magento's order."""
    required = [
        ("firstname", address.firstname),
        ("lastname", address.lastname),
        ("street", "".join(address.street)),
        ("city", address.city),
        ("telephone", address.telephone),
    ]
    if address.country not in POSTCODE_OPTIONAL:
        required.append(("postcode", address.postcode))
    required.append(("countryId", address.country))
    problems = [f'"{name}" is required. Enter and try again.' for name, value in required if not value]
    return problems + _region_problems(address)


def _region_problems(address: Address) -> list[str]:
    country = all_countries().get(address.country)
    if country is None or not country.regions:
        return []
    if address.region_id is None:
        return ['"regionId" is required. Enter and try again.'] if country.code in REGION_REQUIRED else []
    if country.region(region_id=address.region_id) is None:
        return [f'Invalid value of "{address.region_id}" provided for the regionId field.']
    return []


def book_address(values: Mapping[str, object]) -> Address:
    """Return the address in a ``CustomerAddressInput``.

    Raises InvalidInput, in the words of Magento's address book.
    """
    street = _street(values)
    code = text(values, "country_code") or text(values, "country_id")
    wanted = {
        "firstname": text(values, "firstname"),
        "lastname": text(values, "lastname"),
        "street": "".join(street),
        "city": text(values, "city"),
        "country_id": code,
        "telephone": text(values, "telephone"),
    }
    if code not in POSTCODE_OPTIONAL:
        wanted = {"postcode": text(values, "postcode"), **wanted}
    absent = [key for key, value in wanted.items() if not value]
    if absent:
        raise InvalidInput(f"Required parameters are missing: {', '.join(absent)}")
    country = all_countries().get(code)
    if country is None:
        raise InvalidInput("Country is not available")
    return _assembled(values, street, country, _book_region(values, country))


def _book_region(values: Mapping[str, object], country: Country) -> GivenRegion:
    stated = values.get("region")
    parts: Mapping[str, object] = stated if isinstance(stated, dict) else {}
    region_id = parts.get("region_id")
    given = GivenRegion(
        region_id if isinstance(region_id, int) else None, text(parts, "region_code") or text(parts, "region")
    )
    if not country.regions:
        return given
    if given.region_id is not None:
        if country.region(region_id=given.region_id) is None:
            raise InvalidInput("The region_id does not belong to the selected country or region")
    elif country.region(text=given.text) is None and country.code in REGION_REQUIRED:
        raise InvalidInput("A region_id is required for the specified country code")
    return given


def _street(values: Mapping[str, object]) -> tuple[str, ...]:
    given = values.get("street")
    lines = tuple(str(line or "").strip()[:_MAX_LENGTH] for line in given) if isinstance(given, list) else ()
    if len(lines) > MAX_STREET_LINES:
        raise InvalidInput(f'"Street Address" cannot contain more than {MAX_STREET_LINES} lines.')
    return lines


def _assembled(values: Mapping[str, object], street: tuple[str, ...], country: Country, given: GivenRegion) -> Address:
    region = country.region(region_id=given.region_id, text=given.text)
    plain = {key: text(values, key) for key in _PLAIN_FIELDS}
    return Address(
        street=street,
        country=country.code,
        region=region.name if region else ("" if country.regions else given.text),
        region_code=region.code if region else ("" if country.regions else given.text),
        region_id=region.id if region else given.region_id,
        **plain,  # type: ignore[arg-type]
    )


_PLAIN_FIELDS: Final = (
    "firstname",
    "lastname",
    "city",
    "postcode",
    "telephone",
    "company",
    "prefix",
    "middlename",
    "suffix",
    "fax",
    "vat_id",
)
