"""What of Oscar's dashboard does not work as it comes, mended in place."""

from __future__ import annotations

from django import forms
from django.utils.safestring import mark_safe
from django_tables2 import TemplateColumn  # type: ignore[import-untyped]  # the library is not typed

CHOOSE = mark_safe('<span class="sr-only">Choose</span>')


def checkboxes_have_no_order() -> None:
    """Take the sort link off the column of checkboxes: following it is a server error, since no field is meant."""
    from oscar.apps.dashboard.catalogue.tables import CategoryTable, ProductTable

    for table, kind in ((ProductTable, "product"), (CategoryTable, "category")):
        template = f"oscar/dashboard/catalogue/{kind}_row_checkbox.html"
        table.base_columns["checkbox"] = TemplateColumn(verbose_name=CHOOSE, template_name=template, orderable=False)


def people_have_no_order_by_what_can_be_done_with_them() -> None:
    """The same for the list of customers, whose last column has a sort link without words."""
    from oscar.apps.dashboard.users.tables import UserTable

    UserTable.base_columns["check"].verbose_name = CHOOSE
    UserTable.base_columns["actions"].orderable = False


def skus_are_called_skus() -> None:
    """Call Oscar's ``upc`` what it is here and in every file that is imported."""
    from oscar.apps.dashboard.catalogue.forms import ProductForm, ProductSearchForm
    from oscar.apps.dashboard.catalogue.tables import ProductTable

    ProductForm.base_fields["upc"].label = "SKU"
    ProductForm.base_fields["upc"].help_text = "The one name of the product in carts, orders and imports."
    ProductSearchForm.base_fields["upc"].label = "SKU"
    ProductTable.base_columns["upc"].verbose_name = "SKU"


def notes_may_be_for_the_customer() -> None:
    """Let the merchant say of a note on an order who reads it: Oscar keeps that, but its form does not ask."""
    from oscar.apps.dashboard.orders.forms import OrderNoteForm
    from oscar.apps.order.models import OrderNote

    readers = (("", "You and your staff"), (OrderNote.INFO, "The customer too"))
    OrderNoteForm.base_fields["note_type"] = forms.ChoiceField(choices=readers, required=False, label="Who reads it")
    OrderNoteForm._meta.fields = ["message", "note_type"]
