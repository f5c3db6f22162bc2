"""The files that a downloadable product sells and shows: uploads go to the store's own folder of downloads."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.files.storage import FileSystemStorage
from django.core.validators import URLValidator
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from oscar.core.loading import get_model

from galleria.shop.engine import project as projects
from galleria.shop.engine.merchant.access import staff_only
from galleria.shop.engine.merchant.parts import Titled, plain_numbers, product_of, save_rows
from galleria.shop.engine.shelf.models import DownloadLink, DownloadSample, Kind, ProductRecord

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, HttpResponse

Product = get_model("catalogue", "Product")

MAX_FILE: Final = 60 * 1024 * 1024
"""The gateway takes no larger request than 64 MiB."""

_HTTP: Final = URLValidator(schemes=["http", "https"])


def keep(folder: str, given: UploadedFile[bytes]) -> str:
    """Keep an upload below the downloads and return its name there. An earlier file stays: it may have been bought."""
    name = get_valid_filename(PurePosixPath(given.name or "file").name)
    storage = FileSystemStorage(projects.current().downloads)
    return storage.save(f"{folder}/{secrets.token_hex(4)}/{name}", given)


class _FileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A row with uploads: each is kept in ``folder`` and named in a field of the row."""

    uploads: tuple[tuple[str, str, str], ...] = ()  # field of the form, field of the row, folder

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        plain_numbers(self)
        for upload, kept, _ in self.uploads:
            file = getattr(self.instance, kept)
            if file:
                self.fields[upload].help_text = f"Now: {PurePosixPath(file).name}"

    def clean(self) -> dict[str, Any]:
        """Refuse a row without a file, a file that is too large, an address that is none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for upload, _, _ in self.uploads:
            given = self.cleaned_data.get(upload)
            if given is not None and given.size > MAX_FILE:
                self.add_error(upload, f"A file has at most {MAX_FILE // 1024 // 1024} MB.")
        for name in ("url", "sample_url"):
            if self.cleaned_data.get(name):
                try:
                    _HTTP(self.cleaned_data[name])
                except forms.ValidationError as error:
                    self.add_error(name, error)
        upload, kept, _ = self.uploads[0]
        if not (self.cleaned_data.get(upload) or getattr(self.instance, kept) or self.cleaned_data.get("url")):
            self.add_error(upload, "Choose a file, or give the address of one.")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Keep the uploads, then the row that names them."""
        for upload, kept, folder in self.uploads:
            given = self.cleaned_data.get(upload)
            if given is not None:
                setattr(self.instance, kept, keep(folder, given))
        return super().save(commit)


class LinkForm(_FileForm):
    """A file that is sold."""

    uploads = (("upload", "file", "links"), ("sample_upload", "sample_file", "link_samples"))
    upload = forms.FileField(required=False, label="File")
    sample_upload = forms.FileField(required=False, label="Sample")
    field_order = (
        "title", "upload", "url", "price", "downloads", "is_shareable", "sample_upload", "sample_url", "position",
    )  # fmt: skip

    class Meta:
        model = DownloadLink
        fields = ("title", "price", "url", "downloads", "is_shareable", "sample_url", "position")
        labels: ClassVar = {
            "url": "or its address elsewhere",
            "downloads": "Downloads for each piece (0: any number)",
            "is_shareable": "Who has the address may fetch it",
            "sample_url": "or the sample's address",
        }


class SampleForm(_FileForm):
    """A file that is shown before buying."""

    uploads = (("upload", "file", "samples"),)
    upload = forms.FileField(required=False, label="File")
    field_order = ("title", "upload", "url", "position")

    class Meta:
        model = DownloadSample
        fields = ("title", "url", "position")
        labels: ClassVar = {"url": "or its address elsewhere"}


class Titles(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """How the files are named and sold."""

    class Meta:
        model = ProductRecord
        fields = ("links_title", "links_purchased_separately", "samples_title")
        labels: ClassVar = {
            "links_title": "Heading of the files",
            "links_purchased_separately": "Each file is bought by itself",
            "samples_title": "Heading of the samples",
        }


LinkRows = forms.inlineformset_factory(Product, DownloadLink, form=LinkForm, fk_name="product", extra=1)
SampleRows = forms.inlineformset_factory(Product, DownloadSample, form=SampleForm, fk_name="product", extra=1)


@staff_only
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save the files of a downloadable product."""
    product = product_of(pk, Kind.DOWNLOADABLE)
    given, sent = request.POST or None, request.FILES or None
    titles = Titles(given, instance=product.record)
    rows: list[Titled] = [
        ("Files", LinkRows(given, sent, instance=product, prefix="links")),
        ("Samples", SampleRows(given, sent, instance=product, prefix="samples")),
    ]
    valid = [titles.is_valid(), *(formset.is_valid() for _, formset in rows)]
    if request.method == "POST" and all(valid):
        titles.save()
        save_rows(product, rows)
        messages.success(request, f"Saved: {product.get_title()}.")
        return redirect(request.path)
    shown = {"product": product, "title": "Files", "form": titles, "rows": rows}
    return render(request, "merchant/parts.html", shown)
