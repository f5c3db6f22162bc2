"""The settings of the shop that ``storeConfig`` shows: a merchant's own over the contract's defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render

from galleria.shop.engine.graphql import configuration
from galleria.shop.engine.graphql.records.models import StoreSetting
from galleria.shop.engine.merchant.access import staff_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

_FLAGS_IN_WORDS: Final = frozenset(
    {"allow_guests_to_write_product_reviews", "magento_wishlist_general_is_enabled", "product_reviews_enabled"}
)
"""What the contract writes as ``"1"`` and ``"0"``."""

_LONG: Final = 1000


class Settings(forms.Form):
    """Fields are named as in ``StoreConfig``."""

    welcome = forms.CharField(required=False, label="Welcome", max_length=255, help_text="Greets on top of every page.")
    default_title = forms.CharField(required=False, label="Title of pages without one of their own", max_length=255)
    default_description = forms.CharField(
        required=False, label="Description for search engines", max_length=_LONG, widget=forms.Textarea({"rows": 3})
    )
    copyright = forms.CharField(required=False, label="Line at the foot of every page", max_length=255)
    cms_home_page = forms.SlugField(label="Page shown at the front", max_length=100)
    grid_per_page = forms.IntegerField(label="Products on a page of a list", min_value=4, max_value=100)
    is_guest_checkout_enabled = forms.BooleanField(required=False, label="Guests may order without an account")
    contact_enabled = forms.BooleanField(required=False, label="Shoppers may write to you from the contact page")
    newsletter_enabled = forms.BooleanField(required=False, label="Shoppers may subscribe to the newsletter")
    product_reviews_enabled = forms.BooleanField(required=False, label="Products have reviews")
    allow_guests_to_write_product_reviews = forms.BooleanField(required=False, label="Guests may write reviews")
    magento_wishlist_general_is_enabled = forms.BooleanField(required=False, label="Customers have a wish list")


def current() -> dict[str, object]:
    """Return what holds now, as the form shows it."""
    kept = {**configuration.DEFAULTS, **_own_defaults(), **dict(StoreSetting.objects.values_list("key", "value"))}
    return {name: _to_form(name, kept[name]) for name in Settings.base_fields}


def keep(values: Mapping[str, object]) -> int:
    """Keep what differs from the defaults, forget what does not, and return how many values changed."""
    defaults = {**configuration.DEFAULTS, **_own_defaults()}
    before = dict(StoreSetting.objects.values_list("key", "value"))
    wanted = {name: _from_form(name, value) for name, value in values.items()}
    changed = [name for name, value in wanted.items() if value != before.get(name, defaults[name])]
    with transaction.atomic():
        for name in changed:
            if wanted[name] == defaults[name]:
                for setting in StoreSetting.objects.filter(key=name):
                    setting.delete()  # one by one: cached answers are dropped by what each says
            else:
                StoreSetting.objects.update_or_create(key=name, defaults={"value": wanted[name]})
    return len(changed)


def _own_defaults() -> dict[str, object]:
    return {"default_title": configuration.shop_name()}


def _to_form(name: str, value: object) -> object:
    return value == "1" if name in _FLAGS_IN_WORDS else value


def _from_form(name: str, value: object) -> object:
    if name in _FLAGS_IN_WORDS:
        return "1" if value else "0"
    return None if value == "" and configuration.DEFAULTS.get(name) is None else value


@staff_only
def store_settings(request: HttpRequest) -> HttpResponse:
    """Show and save the settings."""
    form = Settings(request.POST or None, initial=current())
    if request.method == "POST" and form.is_valid():
        count = keep(form.cleaned_data)
        messages.success(request, f"Saved: {count} changed." if count else "Nothing was changed.")
        return redirect("merchant:settings")
    return render(request, "merchant/settings.html", {"form": form})
