"""The addresses that Django serves: the merchant's admin and its static files."""

from __future__ import annotations

from django.apps import apps
from django.contrib.staticfiles.views import serve
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from galleria.shop.engine.merchant import shop_links

# `insecure` means: also when not in DEBUG. The files are those of installed packages and hold nothing private.
urlpatterns: list[URLPattern | URLResolver] = [
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/shop/", include(shop_links.urls)),
    path("admin/", include(apps.get_app_config("dashboard").urls[0])),
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True}),
]
