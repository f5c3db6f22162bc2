"""How the shop looks: the merchant's choice of a theme, kept where the storefront asks for it, as a CMS block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from galleria.contracts.themes import THEME_BLOCK, THEMES
from galleria.shop.engine import project as projects
from galleria.shop.engine.graphql.records.models import CmsBlock
from galleria.shop.engine.merchant.access import staff_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Choice(forms.Form):
    """One theme of those that come with the platform."""

    theme = forms.ChoiceField(choices=[(theme.name, theme.title) for theme in THEMES])


def chosen() -> str:
    """Return the name of the theme that the shop has: the merchant's choice, else the store's configuration's."""
    block = CmsBlock.objects.filter(identifier=THEME_BLOCK).first()
    return block.content.strip() if block is not None else projects.current().theme


def choose(name: str) -> None:
    """Keep the merchant's choice. Shoppers see it on their next page."""
    CmsBlock.objects.update_or_create(identifier=THEME_BLOCK, defaults={"title": "Theme", "content": name})


@staff_only
def theme(request: HttpRequest) -> HttpResponse:
    """Show the themes and keep the choice of one."""
    form = Choice(request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose(form.cleaned_data["theme"])
        title = dict(form.fields["theme"].choices)[form.cleaned_data["theme"]]  # type: ignore[attr-defined]
        messages.success(request, f"The shop looks {title} now.")
        return redirect("merchant:theme")
    return render(request, "merchant/theme.html", {"form": form, "themes": THEMES, "chosen": chosen()})
