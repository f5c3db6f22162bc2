"""The Django application of the side tables."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Registers the side tables and what keeps cached answers true."""

    name = "galleria.shop.engine.graphql.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watch what public answers are made from, and what becomes of orders."""
        from galleria.shop.engine.graphql import freshness, settling

        freshness.watch()
        settling.watch()
