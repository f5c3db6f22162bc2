"""Who wrote to the merchant and who subscribed: to be read, and taken along as a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from galleria.shop.engine.graphql.records.models import ContactMessage, Subscription
from galleria.shop.engine.merchant.access import staff_only

if TYPE_CHECKING:
    from django.http import HttpRequest

_A_PAGE: Final = 50
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@staff_only
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """List what shoppers wrote on the contact page, the newest first."""
    found = Paginator(ContactMessage.objects.order_by("-pk"), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "merchant/messages.html", {"page_obj": found, "paginator": found.paginator})


@staff_only
@require_safe
def subscribers(request: HttpRequest) -> HttpResponse:
    """List who subscribed to the newsletter."""
    rows = Subscription.objects.order_by("-changed_at", "pk")
    found = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "merchant/subscribers.html", {"page_obj": found, "paginator": found.paginator})


@staff_only
@require_safe
def subscribers_file(_request: HttpRequest) -> HttpResponse:
    """Answer with the addresses that want the newsletter, as CSV."""
    headers = {"Content-Disposition": 'attachment; filename="subscribers.csv"', "Cache-Control": "no-store"}
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow(["email", "since"])
    for row in Subscription.objects.filter(status="SUBSCRIBED").order_by("pk"):
        writer.writerow([_plain(row.email), row.changed_at.date().isoformat()])
    return answer


def _plain(written: str) -> str:
    """Return what a spreadsheet will not take for a formula: shoppers choose their own addresses."""
    return f"'{written}" if written.startswith(_FORMULA) else written
