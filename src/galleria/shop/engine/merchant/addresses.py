"""The addresses of the admin's own pages, below ``/admin/``."""

from __future__ import annotations

from django.urls import path

from galleria.shop.engine.merchant import (
    category_details,
    details,
    download_files,
    imports,
    page_details,
    parts,
    people,
    store_settings,
    swatches,
    theme,
)
from galleria.shop.engine.merchant.sections import SECTIONS

urls = (
    [
        path("imports/", imports.overview, name="imports"),
        path("imports/<str:token>/", imports.preview, name="preview"),
        path("imports/<str:token>/start/", imports.start, name="start"),
        path("imports/<str:token>/watch/", imports.watch, name="watch"),
        path("imports/<str:token>/progress/", imports.progress, name="progress"),
        path("products/<int:pk>/in-the-shop/", details.details, name="details"),
        path("products/<int:pk>/members/", parts.grouped, name="grouped"),
        path("products/<int:pk>/choices/", parts.bundle, name="bundle"),
        path("products/<int:pk>/variants-differ-by/", parts.axes, name="configurable"),
        path("products/<int:pk>/files/", download_files.files, name="downloadable"),
        path("categories/<int:pk>/in-the-shop/", category_details.category_details, name="category-details"),
        path("pages/<int:pk>/in-the-shop/", page_details.page_details, name="page-details"),
        path("attributes/", swatches.attributes, name="attributes"),
        path("attributes/<int:pk>/", swatches.attribute, name="attribute"),
        path("messages/", people.messages, name="messages"),
        path("newsletter/", people.subscribers, name="subscribers"),
        path("newsletter/subscribers.csv", people.subscribers_file, name="subscribers-file"),
        path("theme/", theme.theme, name="theme"),
        path("settings/", store_settings.store_settings, name="settings"),
        *(address for section in SECTIONS for address in section.urls()),
    ],
    "merchant",
)
