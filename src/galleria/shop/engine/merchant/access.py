"""Who may see the admin's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib.admin.views.decorators import staff_member_required

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

View = TypeVar("View", bound="Callable[..., HttpResponseBase]")


def staff_only(view: View) -> View:
    """Let only the merchant's staff see a page; others are led to the login."""
    return staff_member_required(view, login_url="dashboard:login")
