"""A customer's addresses: Oscar's address book with Magento's further fields beside it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from oscar.apps.address.abstract_models import AbstractAddress
from oscar.core.loading import get_model

from galleria.shop.engine.graphql.addresses import Address, book_address
from galleria.shop.engine.graphql.countries import all_countries
from galleria.shop.engine.graphql.errors import InvalidInput, NoSuchEntity, NotAuthorized
from galleria.shop.engine.graphql.records.models import AddressRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AbstractUser
    from oscar.apps.address.abstract_models import AbstractUserAddress

UserAddress = get_model("address", "UserAddress")
Country = get_model("address", "Country")


def addresses_of(user: AbstractUser) -> list[AbstractUserAddress]:
    """Return a customer's addresses, the oldest first."""
    return list(UserAddress.objects.filter(user=user).select_related("record").order_by("pk"))


def address_of(user: AbstractUser, number: int) -> AbstractUserAddress:
    """Return one address of a customer. Raises NoSuchEntity, NotAuthorized for another person's."""
    found = UserAddress.objects.filter(pk=number).select_related("record").first()
    if found is None:
        raise NoSuchEntity(f'Could not find a address with ID "{number}"')
    if found.user_id != user.pk:
        raise NotAuthorized(f'Current customer does not have permission to address with ID "{number}"')
    return found


def as_address(kept: AbstractUserAddress) -> Address:
    """Return a kept address as plain values."""
    record = getattr(kept, "record", None) or AddressRecord(address=kept)
    return Address(
        firstname=kept.first_name,
        lastname=kept.last_name,
        street=tuple(line for line in (kept.line1, kept.line2) if line),
        city=kept.line4,
        country=kept.country_id,
        region=kept.state,
        region_code=record.region_code,
        region_id=record.region_id,
        postcode=kept.postcode,
        telephone=record.telephone,
        company=record.company,
        prefix=record.prefix,
        middlename=record.middlename,
        suffix=record.suffix,
        fax=record.fax,
        vat_id=record.vat_id,
        customer_address_id=kept.pk,
    )


def create(user: AbstractUser, values: Mapping[str, object]) -> AbstractUserAddress:
    """Add an address to a customer's book. Raises InvalidInput."""
    return _keep(UserAddress(user=user), book_address(values), values)


def update(user: AbstractUser, number: int, values: Mapping[str, object]) -> AbstractUserAddress:
    """Change the given fields of an address. Raises NoSuchEntity, NotAuthorized, InvalidInput."""
    kept = address_of(user, number)
    before = as_address(kept)
    merged: dict[str, object] = {
        **before.plain(),
        "country_code": before.country,
        "region": {"region_id": before.region_id, "region": before.region},
        **values,
    }
    if "country_id" in values and "country_code" not in values:
        merged["country_code"] = values["country_id"]
    return _keep(kept, book_address(merged), values)


def delete(user: AbstractUser, number: int) -> None:
    """Take an address out of a customer's book. Raises NoSuchEntity, NotAuthorized, InvalidInput for a default one."""
    kept = address_of(user, number)
    for is_default, kind in ((kept.is_default_for_billing, "billing"), (kept.is_default_for_shipping, "shipping")):
        if is_default:
            raise InvalidInput(f"Customer Address {number} is set as default {kind} address and can not be deleted")
    kept.delete()


def country_row(code: str) -> object:
    """Return Oscar's row of a country, made at its first use."""
    country = all_countries()[code]
    row, _ = Country.objects.get_or_create(
        iso_3166_1_a2=code,
        defaults={
            "iso_3166_1_a3": country.three,
            "printable_name": country.name,
            "name": country.name,
            "is_shipping_country": True,
        },
    )
    return row


def _keep(kept: AbstractUserAddress, address: Address, values: Mapping[str, object]) -> AbstractUserAddress:
    with transaction.atomic():
        kept.first_name, kept.last_name = address.firstname, address.lastname
        kept.line1, kept.line2 = (*address.street, "", "")[:2]
        kept.line4, kept.state, kept.postcode = address.city, address.region, address.postcode
        kept.country = country_row(address.country)
        for key, name in (("default_billing", "billing"), ("default_shipping", "shipping")):
            if values.get(key) is not None:
                setattr(kept, f"is_default_for_{name}", bool(values[key]))
        _save(kept)
        record, _ = AddressRecord.objects.update_or_create(
            address=kept,
            defaults={
                "prefix": address.prefix,
                "middlename": address.middlename,
                "suffix": address.suffix,
                "company": address.company,
                "telephone": address.telephone,
                "fax": address.fax,
                "vat_id": address.vat_id,
                "region_id": address.region_id,
                "region_code": address.region_code,
            },
        )
    kept.record = record
    return kept


def _save(kept: AbstractUserAddress) -> None:
    """Save an address. Oscar folds two that read alike into one; a customer of Magento's may keep both."""
    others = UserAddress.objects.filter(user=kept.user).exclude(pk=kept.pk)
    for name in ("is_default_for_billing", "is_default_for_shipping"):
        if getattr(kept, name):
            others.filter(**{name: True}).update(**{name: False})
    kept.hash = f"{kept.generate_hash()}-{secrets.token_hex(8)}"
    AbstractAddress.save(kept)  # not UserAddress.save, which makes the hash anew
