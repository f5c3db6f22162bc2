"""What a product is made of: a bundle's choices, a group's members, the options that variants differ by."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from oscar.core.loading import get_model

from galleria.shop.engine.merchant.access import staff_only
from galleria.shop.engine.shelf.models import (
    Attribute,
    BundleOption,
    BundleSelection,
    ConfigurableOption,
    GroupedItem,
    Kind,
    ProductRecord,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse
    from oscar.apps.catalogue.abstract_models import AbstractProduct

Product = get_model("catalogue", "Product")

_INPUTS = (("select", "A list"), ("radio", "One of several"), ("checkbox", "Any of several"), ("multi", "A long list"))
_BLANK = 2
_MEMBERS = (Kind.SIMPLE, Kind.VIRTUAL)


def plain_numbers(form: forms.ModelForm[Any]) -> None:
    """Show 1 where the database says 1.0000."""
    for name in form.fields:
        value = form.initial.get(name)
        if isinstance(value, Decimal):
            form.initial[name] = f"{value.normalize():f}"


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A row that names another product by its sku. ``member`` is the field that keeps it."""

    member = "product"
    sku = forms.CharField(max_length=64, label="SKU")

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        if self.instance.pk is not None:
            self.fields["sku"].initial = getattr(self.instance, self.member).upc
        self.order_fields(["sku"])
        plain_numbers(self)

    def clean_sku(self) -> str:
        """Refuse what the shop has not, and what can't be part of another product."""
        sku: str = self.cleaned_data["sku"].strip()
        found = Product.objects.filter(upc=sku).select_related("record").first()
        if found is None:
            raise forms.ValidationError(f"There is no product with the SKU {sku}.")
        kind = getattr(getattr(found, "record", None), "kind", Kind.SIMPLE)
        if kind not in _MEMBERS or found.is_parent:
            raise forms.ValidationError(
                f"{sku} is a {kind} product: only simple and virtual ones can be part of another."
            )
        setattr(self.instance, self.member, found)
        return sku


class GroupedForm(MemberForm):
    """A member of a group."""

    member = "item"

    class Meta:
        model = GroupedItem
        fields = ("quantity", "position")
        labels: ClassVar = {"quantity": "Pieces proposed"}


class SelectionForm(MemberForm):
    """A product that answers a bundle's choice."""

    class Meta:
        model = BundleSelection
        fields = ("quantity", "price", "is_percent", "is_default", "can_change_quantity", "position")
        labels: ClassVar = {
            "price": "Price (0: its own)",
            "is_percent": "Price is a share in percent",
            "is_default": "Chosen at first",
            "can_change_quantity": "Shopper chooses the number",
        }


class OptionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A choice that a bundle asks for."""

    input = forms.ChoiceField(choices=_INPUTS, label="Asked as")

    class Meta:
        model = BundleOption
        fields = ("title", "input", "is_required", "position")


class AxisForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """An attribute by which variants differ."""

    attribute = forms.ModelChoiceField(Attribute.objects.filter(input="select"))

    class Meta:
        model = ConfigurableOption
        fields = ("attribute", "label", "position")


class _DistinctMembers(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # generic for the type checker only
    """Refuses to name one product twice."""

    def clean(self) -> None:
        """Say which is there twice."""
        seen: set[str] = set()
        for form in self.forms:
            sku = form.cleaned_data.get("sku") if hasattr(form, "cleaned_data") else None
            if not sku or form.cleaned_data.get("DELETE"):
                continue
            if sku in seen:
                form.add_error("sku", f"{sku} is there twice.")
            seen.add(sku)


GroupedRows = forms.inlineformset_factory(
    Product, GroupedItem, form=GroupedForm, formset=_DistinctMembers, fk_name="product", extra=_BLANK
)
AxisRows = forms.inlineformset_factory(Product, ConfigurableOption, form=AxisForm, fk_name="product", extra=1)
OptionRows = forms.inlineformset_factory(Product, BundleOption, form=OptionForm, fk_name="product", extra=1)
SelectionRows = forms.inlineformset_factory(
    BundleOption, BundleSelection, form=SelectionForm, formset=_DistinctMembers, fk_name="option", extra=_BLANK
)

Titled: TypeAlias = "tuple[str, forms.BaseInlineFormSet[Any, Any, Any]]"


def product_of(pk: int, kind: Kind) -> AbstractProduct:
    """Return the product. Raises Http404 when there is none of this type."""
    product = get_object_or_404(Product.objects.select_related("record"), pk=pk)
    if getattr(getattr(product, "record", None), "kind", None) != kind:
        raise Http404
    return product


def save_rows(product: AbstractProduct, rows: Sequence[Titled]) -> None:
    """Save every row, and make the shop see the product anew: a price may be made of its parts."""
    with transaction.atomic():
        for _, formset in rows:
            formset.save()
        ProductRecord.objects.get(product=product).save()


@staff_only
def grouped(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save the members of a group."""
    product = product_of(pk, Kind.GROUPED)
    rows = GroupedRows(request.POST or None, instance=product, prefix="members")
    return _answer(request, product, "Members", [("Members", rows)])


@staff_only
def axes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save what the variants of a configurable differ by."""
    product = product_of(pk, Kind.CONFIGURABLE)
    rows = AxisRows(request.POST or None, instance=product, prefix="axes")
    return _answer(request, product, "What variants differ by", [("What variants differ by", rows)])


@staff_only
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save the choices of a bundle, each with the products that answer it."""
    product = product_of(pk, Kind.BUNDLE)
    rows: list[Titled] = [("Choices", OptionRows(request.POST or None, instance=product, prefix="options"))]
    for option in BundleOption.objects.filter(product=product):
        members = SelectionRows(request.POST or None, instance=option, prefix=f"option-{option.pk}")
        rows.append((f"{option.title}: products", members))
    return _answer(request, product, "Choices", rows)


def _answer(request: HttpRequest, product: AbstractProduct, title: str, rows: Sequence[Titled]) -> HttpResponse:
    valid = [formset.is_valid() for _, formset in rows]  # each is asked, so that every mistake is shown at once
    if request.method == "POST" and all(valid):
        save_rows(product, rows)
        messages.success(request, f"Saved: {product.get_title()}.")
        return redirect(request.path)
    return render(request, "merchant/parts.html", {"product": product, "title": title, "rows": rows})
