"""The addresses of the admin's own pages, below ``/admin/``."""

from __future__ import annotations

from django.urls import path

from galleria.shop.engine.merchant import details, imports

urls = (
    [
        path("imports/", imports.overview, name="imports"),
        path("imports/<str:token>/", imports.preview, name="preview"),
        path("imports/<str:token>/start/", imports.start, name="start"),
        path("imports/<str:token>/watch/", imports.watch, name="watch"),
        path("imports/<str:token>/progress/", imports.progress, name="progress"),
        path("products/<int:pk>/in-the-shop/", details.details, name="details"),
    ],
    "merchant",
)
