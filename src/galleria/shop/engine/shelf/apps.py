"""The Django application of the catalogue's side tables."""

from __future__ import annotations

from django.apps import AppConfig


class ShelfConfig(AppConfig):
    """Registers the side tables and what keeps the catalogue index current."""

    name = "galleria.shop.engine.shelf"
    label = "shelf"
    verbose_name = "Catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watch what the catalogue index is made from."""
        from galleria.shop.engine.index import following

        following.watch()
