"""Where Oscar's dashboard links to the shop: its names of pages, led to the storefront's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import redirect
from django.urls import include, path

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseRedirect
    from django.urls import URLPattern, URLResolver


def to_product(_request: HttpRequest, product_slug: str, pk: int) -> HttpResponseRedirect:
    """Lead to a product's page in the shop."""
    return redirect(f"/{product_slug}.html")


def to_category(_request: HttpRequest, category_slug: str, pk: int) -> HttpResponseRedirect:
    """Lead to a category's page in the shop."""
    inside = category_slug.partition("/")[2]
    return redirect(f"/{inside}.html" if inside else "/")


def to_home(_request: HttpRequest, **_ignored: object) -> HttpResponseRedirect:
    """Lead to the shop's first page: the storefront has no page of its own for this."""
    return redirect("/")


_catalogue: Final = (
    [
        path("", to_home, name="index"),
        path("product/<slug:product_slug>_<int:pk>/", to_product, name="detail"),
        path("category/<path:category_slug>_<int:pk>/", to_category, name="category"),
        path("ranges/<slug:slug>/", to_home, name="range"),
        path("reviews/<slug:product_slug>_<int:product_pk>/<int:pk>/", to_home, name="reviews-detail"),
        path("reviews/<slug:product_slug>_<int:product_pk>/", to_home, name="reviews-list"),
    ],
    "catalogue",
)

_customer: Final = (
    [path(f"{name}/", to_home, name=name) for name in ("summary", "notifications-inbox", "logout", "login")],
    "customer",
)
_basket: Final = ([path("", to_home, name="summary")], "basket")
_search: Final = ([path("", to_home, name="search")], "search")
_offer: Final = (
    [path("", to_home, name="list"), path("<slug:slug>/", to_home, name="detail")],
    "offer",
)

urls: list[URLPattern | URLResolver] = [
    path("", to_home, name="home"),
    path("catalogue/", include(_catalogue)),
    path("customer/", include(_customer)),
    path("basket/", include(_basket)),
    path("search/", include(_search)),
    path("offers/", include(_offer)),
    path("language/", to_home, name="set_language"),
]
