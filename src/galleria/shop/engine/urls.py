"""The addresses that Django serves: the merchant's admin and its static files."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from oscar.apps.dashboard.apps import DashboardConfig

from galleria.shop.engine.merchant import addresses, shop_links, static_files

_dashboard: DashboardConfig = apps.get_app_config("dashboard")

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/shop/", include(shop_links.urls)),
    path("admin/", include(addresses.urls)),
    path("admin/", _dashboard.urls),
    path("static/<path:path>", static_files.serve),
]
