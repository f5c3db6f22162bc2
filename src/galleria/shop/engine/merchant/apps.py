"""The Django application of the merchant's admin."""

from __future__ import annotations

from django.apps import AppConfig


class MerchantConfig(AppConfig):
    """Offers the admin's own templates and pages."""

    name = "galleria.shop.engine.merchant"
    label = "merchant"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mend what of the dashboard needs it."""
        from galleria.shop.engine.merchant import mends

        mends.checkboxes_have_no_order()
        mends.people_have_no_order_by_what_can_be_done_with_them()
        mends.skus_are_called_skus()
        mends.notes_may_be_for_the_customer()
