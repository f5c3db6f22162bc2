"""What the shop knows of a category beside Oscar's form: its place, what it lists, the block on top of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from oscar.core.loading import get_model

from galleria.shop.engine.graphql.records.models import CmsBlock
from galleria.shop.engine.merchant.access import staff_only
from galleria.shop.engine.shelf.models import CategoryRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

Category = get_model("catalogue", "Category")

_MODES = (("", "Products"), ("PAGE", "The block only"), ("PRODUCTS_AND_PAGE", "The block, then products"))


class CategoryDetails(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """The side table's fields."""

    display_mode = forms.ChoiceField(choices=_MODES, required=False, label="Shows")

    class Meta:
        model = CategoryRecord
        fields = ("include_in_menu", "is_anchor", "position", "display_mode", "landing_block", "meta_keywords")
        labels: ClassVar = {
            "include_in_menu": "Stands in the menu",
            "is_anchor": "Lists what its subcategories hold too, with filters",
            "landing_block": "Block",
        }
        help_texts: ClassVar = {
            "position": "Among its siblings, the smallest first.",
            "landing_block": "Identifier of a block, see Content, Blocks. Empty: none.",
        }
        widgets: ClassVar = {"meta_keywords": forms.TextInput()}

    def clean_landing_block(self) -> str:
        """Refuse a block that there is not."""
        identifier: str = self.cleaned_data["landing_block"].strip()
        if identifier and not CmsBlock.objects.filter(identifier=identifier).exists():
            raise forms.ValidationError(f"There is no block with the identifier {identifier}.")
        return identifier


@staff_only
def category_details(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save what the shop knows of a category."""
    category = get_object_or_404(Category, pk=pk)
    record = CategoryRecord.objects.filter(category=category).first() or CategoryRecord(category=category)
    form = CategoryDetails(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"Saved: {category.name}.")
        return redirect("dashboard:catalogue-category-update", pk=pk)
    return render(request, "merchant/category_details.html", {"form": form, "category": category})
