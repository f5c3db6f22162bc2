"""What the shop knows of a product beside Oscar's form: where it is shown, special prices, how stock counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from oscar.core.loading import get_model

from galleria.shop.engine.merchant.access import staff_only
from galleria.shop.engine.shelf.models import Kind, ProductRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from oscar.apps.catalogue.abstract_models import AbstractProduct

Product = get_model("catalogue", "Product")

_TAXED: Final = (("Taxable Goods", "Taxed where it is sent"), ("None", "Not taxed"), ("", "As usual"))


class Details(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """The side table's fields that a merchant sets by hand."""

    kind = forms.ChoiceField(required=False, label="Type")
    tax_class = forms.ChoiceField(required=False, choices=_TAXED, label="Taxes")

    class Meta:
        model = ProductRecord
        fields = (
            "kind", "visibility", "short_description", "special_price", "special_from", "special_to", "new_from",
            "new_to", "is_in_stock", "manage_stock", "backorders", "min_cart_qty", "max_cart_qty", "weight",
            "meta_keywords", "tax_class",
        )  # fmt: skip

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        kinds = _kinds(self.instance.product)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        if self.instance.tax_class and self.instance.tax_class not in dict(_TAXED):
            own = (self.instance.tax_class, self.instance.tax_class)
            self.fields["tax_class"].choices = [*_TAXED, own]  # type: ignore[attr-defined]

    def clean_kind(self) -> str:
        """Leave the type as it is when none was chosen."""
        return str(self.cleaned_data["kind"] or self.instance.kind)

    def clean(self) -> dict[str, object]:
        """Refuse a special price that ends before it begins or is below nothing."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        start, end, price = (self.cleaned_data.get(name) for name in ("special_from", "special_to", "special_price"))
        if start and end and end < start:
            self.add_error("special_to", "The special price ends before it begins.")
        if price is not None and price < 0:
            self.add_error("special_price", "A price is not below nothing.")
        return cleaned


def _kinds(product: AbstractProduct) -> tuple[Kind, ...]:
    """Return the types that a product can have, by its structure in Oscar."""
    if product.is_parent:
        return (Kind.CONFIGURABLE,)
    alone = (Kind.SIMPLE, Kind.VIRTUAL, Kind.DOWNLOADABLE)
    return alone if product.is_child else (*alone, Kind.BUNDLE, Kind.GROUPED)


@staff_only
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save what the shop knows of a product."""
    product = get_object_or_404(Product, pk=pk)
    record = ProductRecord.objects.filter(product=product).first() or ProductRecord(product=product)
    form = Details(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"Saved: {product.get_title()}.")
        return redirect("dashboard:catalogue-product", pk=pk)
    return render(request, "merchant/details.html", {"form": form, "product": product})
