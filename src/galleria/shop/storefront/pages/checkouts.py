"""The checkout on one page: what is known, what is still to be chosen, what the button will do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from galleria.shop.storefront.pages import forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galleria.shop.storefront.data.purchases import Checkout, Country, Person, Region, SavedAddress
    from galleria.shop.storefront.pages.forms import Filled


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """Everything that the checkout shows."""

    checkout: Checkout
    form: Filled
    countries: tuple[Country, ...]
    regions: tuple[Region, ...]
    saved: tuple[SavedAddress, ...]
    person: Person | None

    @property
    def ready(self) -> bool:
        """Whether all that is left is to place the order."""
        return self.checkout.addressed and not self.stuck

    @property
    def stuck(self) -> bool:
        """Whether nothing can be sent to this address."""
        return self.checkout.addressed and not self.checkout.cart.virtual and not self.checkout.shipping_choices


def known_values(checkout: Checkout, person: Person | None, country: str) -> dict[str, str]:
    """Return what the form holds before anything is typed."""
    values = {"country": country, "email": checkout.cart.email or ""}
    if person is not None:
        values |= {"firstname": person.firstname, "lastname": person.lastname, "email": person.email}
    address = checkout.billing_address if checkout.cart.virtual else checkout.shipping_address
    return values | forms.write_address(address)


def check(values: Mapping[str, str], countries: tuple[Country, ...], person: Person | None) -> dict[str, str]:
    """Return what is wrong with what was typed, by field, in the page's order."""
    errors = {} if person else forms.check_email(values.get("email", ""))
    errors |= forms.check_address(values, countries)
    if values.get("other_billing"):
        billing = forms.check_address(billing_values(values), countries)
        errors |= {f"billing_{name}": message for name, message in billing.items()}
    return errors


def billing_values(values: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the other address, named as those of the first."""
    return {name.removeprefix("billing_"): value for name, value in values.items() if name.startswith("billing_")}


def regions(countries: tuple[Country, ...], code: str) -> tuple[Region, ...]:
    """Return the regions that addresses of a country name."""
    return next((country.regions for country in countries if country.code == code), ())
