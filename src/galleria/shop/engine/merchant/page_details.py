"""What the shop knows of a CMS page beside Oscar's form: its heading, and what search engines are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.flatpages.models import FlatPage
from django.shortcuts import get_object_or_404, redirect, render

from galleria.shop.engine.graphql.records.models import CmsPageRecord
from galleria.shop.engine.merchant.access import staff_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class PageDetails(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """The side table's fields."""

    class Meta:
        model = CmsPageRecord
        fields = ("content_heading", "meta_title", "meta_description", "meta_keywords")
        labels: ClassVar = {"content_heading": "Heading"}
        help_texts: ClassVar = {"content_heading": "Empty: the page's title."}
        widgets: ClassVar = {"meta_description": forms.Textarea({"rows": 3}), "meta_keywords": forms.TextInput()}


@staff_only
def page_details(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save what the shop knows of a page."""
    page = get_object_or_404(FlatPage, pk=pk)
    record = CmsPageRecord.objects.filter(page=page).first() or CmsPageRecord(page=page)
    form = PageDetails(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"Saved: {page.title}.")
        return redirect("dashboard:page-update", pk=pk)
    return render(request, "merchant/page_details.html", {"form": form, "page": page})
