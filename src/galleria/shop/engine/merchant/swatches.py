"""Swatches: the colour, text or picture by which a shopper chooses an option of an attribute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from oscar.core.loading import get_model

from galleria.shop.engine.merchant.access import staff_only
from galleria.shop.engine.shelf.models import Attribute, Choice

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from oscar.apps.catalogue.abstract_models import AbstractAttributeOption

AttributeOption = get_model("catalogue", "AttributeOption")

KINDS: Final = (("", "No swatches: a list"), ("color", "Colours"), ("text", "Texts"))
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_LONGEST: Final = 40


class AttributeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """How an attribute is shown, with a field for each option's swatch (``swatch-ID``)."""

    swatch = forms.ChoiceField(choices=KINDS, required=False, label="Shown as")

    class Meta:
        model = Attribute
        fields = ("label", "swatch", "is_filterable", "is_shown", "position")
        labels: ClassVar = {"is_filterable": "Lists can be filtered by it", "is_shown": "Shown on a product's page"}

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.options = _options(self.instance)
        kept = dict(Choice.objects.filter(option__in=self.options).values_list("option_id", "swatch"))
        for option in self.options:
            self.fields[f"swatch-{option.pk}"] = forms.CharField(
                required=False, label=option.option, max_length=_LONGEST, initial=kept.get(option.pk, "")
            )

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Return each option's field and the colour to show beside it, empty for none."""
        fields = [self[f"swatch-{option.pk}"] for option in self.options]
        return [(field, str(field.value()) if _COLOUR.fullmatch(str(field.value())) else "") for field in fields]

    def clean(self) -> dict[str, object]:
        """Ask for a colour where colours are shown."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if self.cleaned_data.get("swatch") == "color":
            for option in self.options:
                name = f"swatch-{option.pk}"
                written = str(self.cleaned_data.get(name, "")).strip().lower()
                if written and not _COLOUR.fullmatch(written):
                    self.add_error(name, "A colour is written as #1857f7.")
                cleaned[name] = written
        return cleaned


def _options(attribute: Attribute) -> list[AbstractAttributeOption]:
    return list(
        AttributeOption.objects.filter(group_id=attribute.option_group_id).order_by("choice__position", "pk")
        if attribute.option_group_id
        else []
    )


def keep(form: AttributeForm) -> None:
    """Keep the attribute and the swatches of its options."""
    with transaction.atomic():
        form.save()
        places = dict(Choice.objects.filter(option__in=form.options).values_list("option_id", "position"))
        for place, option in enumerate(form.options):
            Choice.objects.update_or_create(
                option=option,
                defaults={
                    "swatch": form.cleaned_data.get(f"swatch-{option.pk}", ""),
                    "position": places.get(option.pk, place),
                },
            )


@staff_only
def attributes(request: HttpRequest) -> HttpResponse:
    """List the attributes of the shop."""
    found = Attribute.objects.select_related("option_group").prefetch_related("option_group__options")
    return render(request, "merchant/attributes.html", {"attributes": found})


@staff_only
def attribute(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save how an attribute and its options are shown."""
    found = get_object_or_404(Attribute, pk=pk)
    form = AttributeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        keep(form)
        messages.success(request, f"Saved: {found.label}.")
        return redirect("merchant:attributes")
    plain = [form[name] for name in AttributeForm.base_fields]
    return render(request, "merchant/attribute.html", {"form": form, "plain": plain, "attribute": found})
