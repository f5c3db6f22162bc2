"""The records that a merchant keeps in plain lists: CMS blocks, tax rates, shipping methods."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from django import forms
from oscar.core.loading import get_model

from galleria.contracts.themes import THEME_BLOCK
from galleria.shop.engine.graphql import address_book
from galleria.shop.engine.graphql.countries import all_countries
from galleria.shop.engine.graphql.records.models import CmsBlock, TaxRate
from galleria.shop.engine.merchant.records import Section

if TYPE_CHECKING:
    from oscar.apps.shipping.abstract_models import AbstractOrderAndItemCharges

Charges = get_model("shipping", "OrderAndItemCharges")

_CODE: Final = re.compile(r"[a-z][a-z0-9]*_[a-z0-9]+")


class BlockForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A piece of content."""

    identifier = forms.SlugField(max_length=255, help_text="By this name pages and the storefront ask for the block.")

    class Meta:
        model = CmsBlock
        fields = ("identifier", "title", "content")
        widgets: ClassVar = {"content": forms.Textarea({"rows": 12, "spellcheck": "true"})}
        help_texts: ClassVar = {"content": "HTML. The storefront shows what is safe of it."}

    def clean_identifier(self) -> str:
        """Leave the choice of a theme to its own page, where only themes that exist can be chosen."""
        identifier: str = self.cleaned_data["identifier"]
        if identifier == THEME_BLOCK:
            raise forms.ValidationError("This block holds the theme: choose it under Content, Theme.")
        return identifier


class TaxForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A tax on what is sent to a place."""

    country = forms.ChoiceField()

    class Meta:
        model = TaxRate
        fields = ("code", "country", "region_code", "postcode", "percent")
        help_texts: ClassVar = {
            "code": "How the cart names it, such as US-CA-Rate 1.",
            "region_code": "Such as CA. Empty: the whole country.",
            "postcode": "Empty: everywhere in the country or region. The most exact place wins.",
        }

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.fields["country"].choices = _country_choices()  # type: ignore[attr-defined]

    def clean_percent(self) -> Decimal:
        """Refuse what is no share."""
        percent: Decimal = self.cleaned_data["percent"]
        if not 0 <= percent <= 100:
            raise forms.ValidationError("A rate is between 0 and 100.")
        return percent

    def clean(self) -> dict[str, object]:
        """Refuse a region that the country has not: the rate would never hold."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        country, region = self.cleaned_data.get("country"), self.cleaned_data.get("region_code")
        known = all_countries().get(str(country))
        if region and known is not None and region not in {r.code for r in known.regions}:
            self.add_error("region_code", f"{known.name} has no region with the code {region}.")
        return cleaned


class ShippingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A way of sending, and what it costs."""

    code = forms.CharField(max_length=128, help_text="Carrier and method as the contract names them: dhl_express.")
    where = forms.MultipleChoiceField(required=False, label="Countries", help_text="None chosen: everywhere.")
    field_order = ("name", "code")

    class Meta:
        model = Charges
        fields = ("name", "price_per_order", "price_per_item", "free_shipping_threshold")
        labels: ClassVar = {"free_shipping_threshold": "Free from"}
        help_texts: ClassVar = {
            "name": "Carrier and method as shoppers read them: DHL - Express.",
            "free_shipping_threshold": "Value of the goods from which sending is free. Empty: never.",
        }

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.fields["where"].choices = _country_choices()  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            self.fields["code"].initial = self.instance.code
            self.fields["where"].initial = [country.pk for country in self.instance.countries.all()]

    def clean_code(self) -> str:
        """Refuse a code that could not be split into carrier and method, and one that is another's."""
        code: str = self.cleaned_data["code"]
        if not _CODE.fullmatch(code):
            raise forms.ValidationError("Two words of small letters and digits with a _ between them: dhl_express.")
        if Charges.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another shipping method has this code.")
        return code

    def clean(self) -> dict[str, object]:
        """Refuse to pay for who orders."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        for name in ("price_per_order", "price_per_item", "free_shipping_threshold"):
            if (self.cleaned_data.get(name) or 0) < 0:
                self.add_error(name, "A price is not below nothing.")
        return cleaned

    def save(self, commit: bool = True) -> AbstractOrderAndItemCharges:
        """Keep the method with the merchant's own code, not one made of its name."""
        self.instance.code = self.cleaned_data["code"]
        method = super().save(commit)
        method.countries.set([address_book.country_row(code) for code in self.cleaned_data["where"]])
        return method


def _country_choices() -> list[tuple[str, str]]:
    return [(country.code, country.name) for country in all_countries().values()]


def _where(method: AbstractOrderAndItemCharges) -> str:
    return ", ".join(country.printable_name for country in method.countries.all()[:5]) or "everywhere"


SECTIONS: Final = (
    Section(
        "blocks",
        "Blocks",
        "block",
        "Pieces of content that pages, categories and the storefront show.",
        CmsBlock,
        BlockForm,
        (("Title", lambda block: block.title), ("Identifier", lambda block: block.identifier)),
        ("title",),
    ),
    Section(
        "taxes",
        "Taxes",
        "tax rate",
        "What is added to orders by where they are sent. Without a rate for a place nothing is added.",
        TaxRate,
        TaxForm,
        (
            ("Name", lambda rate: rate.code),
            ("Place", lambda rate: " ".join(p for p in (rate.country, rate.region_code, rate.postcode) if p)),
            ("Percent", lambda rate: f"{rate.percent.normalize():f}"),
        ),
        ("country", "region_code", "postcode"),
    ),
    Section(
        "shipping-methods",
        "Shipping methods",
        "shipping method",
        "Ways of sending that shoppers can choose. While there is none, a flat rate of 5 a piece is offered.",
        Charges,
        ShippingForm,
        (
            ("Name", lambda method: method.name),
            ("Per order", lambda method: method.price_per_order),
            ("Per piece", lambda method: method.price_per_item),
            ("Free from", lambda method: method.free_shipping_threshold or ""),
            ("Where", _where),
        ),
        ("name",),
    ),
)
