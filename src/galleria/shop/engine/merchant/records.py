"""Lists of records with a form for each: what Oscar's dashboard has no page for and needs no page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from galleria.shop.engine.merchant.access import staff_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.forms import ModelForm
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record. ``key`` is its address and the name of its pages; ``columns`` are heading and value.

    ``about`` is one sentence that says what the records do in the shop.
    """

    key: str
    title: str
    one: str
    about: str
    model: type[Model]
    form: type[ModelForm[Any]]
    columns: tuple[tuple[str, Callable[[Any], object]], ...]
    order: tuple[str, ...] = ("pk",)

    def urls(self) -> list[URLPattern]:
        """Return the addresses of its pages."""
        return [
            path(f"{self.key}/", staff_only(self._list), name=self.key),
            path(f"{self.key}/new/", staff_only(self._edit), name=f"{self.key}-new"),
            path(f"{self.key}/<int:pk>/", staff_only(self._edit), name=f"{self.key}-edit"),
            path(f"{self.key}/<int:pk>/delete/", staff_only(self._delete), name=f"{self.key}-delete"),
        ]

    def _list(self, request: HttpRequest) -> HttpResponse:
        found = Paginator(self.model._default_manager.order_by(*self.order), _A_PAGE).get_page(request.GET.get("page"))
        rows = [
            (reverse(f"merchant:{self.key}-edit", args=[row.pk]), [value(row) for _, value in self.columns])
            for row in found
        ]
        shown = {
            "section": self,
            "rows": rows,
            "page_obj": found,
            "paginator": found.paginator,
            "add": reverse(f"merchant:{self.key}-new"),
        }
        return render(request, "merchant/records.html", shown)

    def _edit(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = get_object_or_404(self.model, pk=pk) if pk is not None else None
        form = self.form(request.POST or None, instance=row)
        if request.method == "POST" and form.is_valid():
            saved = form.save()
            messages.success(request, f"Saved: {saved}.")
            return redirect(f"merchant:{self.key}")
        shown = {"section": self, "form": form, "row": row, "list": reverse(f"merchant:{self.key}")}
        if row is not None:
            shown["delete"] = reverse(f"merchant:{self.key}-delete", args=[row.pk])
        return render(request, "merchant/record.html", shown)

    def _delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.model, pk=pk)
        if request.method == "POST":
            name = str(row)
            row.delete()
            messages.success(request, f"Deleted: {name}.")
            return redirect(f"merchant:{self.key}")
        shown = {"section": self, "row": row, "list": reverse(f"merchant:{self.key}")}
        return render(request, "merchant/record_delete.html", shown)
