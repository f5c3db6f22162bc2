"""Imports from the merchant's browser: upload, look, start, watch.

The upload waits in the store's own folder until the merchant has seen what it would do. The import runs as the same
command that a merchant's shell would start, in a process of its own, so that shoppers do not wait for it.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django import forms
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from galleria.shop.engine import project as projects
from galleria.shop.engine.importer import survey
from galleria.shop.engine.merchant.access import staff_only
from galleria.shop.engine.problems import Problem
from galleria.shop.engine.shelf.models import ImportRun

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, HttpResponse

MAX_FILE: Final = 200 * 1024 * 1024
MAX_PICTURES: Final = 2 * 1024 * 1024 * 1024
_SHOWN: Final = 200
_TOKEN: Final = 24


class Upload(forms.Form):
    """What a merchant sends: a product file, and a zip of the pictures it names."""

    file = forms.FileField(label="Product file (CSV of Magento or Shopify, or JSON of Shopify)")
    pictures = forms.FileField(label="Pictures, and files of downloadable products (ZIP, optional)", required=False)

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large to be a product file."""
        given: UploadedFile[bytes] = self.cleaned_data["file"]
        if (given.size or 0) > MAX_FILE:
            raise forms.ValidationError(f"The file is larger than {MAX_FILE // 1024 // 1024} MB.")
        return given


@staff_only
def overview(request: HttpRequest) -> HttpResponse:
    """Show the form and what was imported before; take an upload."""
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = _keep(form.cleaned_data["file"], form.cleaned_data.get("pictures"))
        except Problem as problem:
            form.add_error("pictures", problem.message)
        else:
            return redirect("merchant:preview", token=token)
    runs = ImportRun.objects.order_by("-started_at")[:20]
    return render(request, "merchant/imports.html", {"form": form, "runs": runs})


@staff_only
@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the uploaded file holds and which rows would be refused. Nothing is changed."""
    folder = _folder(token)
    try:
        found = survey.look(folder / "products.csv")
    except Problem as problem:
        return render(request, "merchant/preview.html", {"problem": problem.message, "token": token}, status=422)
    shown = {
        "token": token,
        "rows": found.rows,
        "taken": found.rows - len(found.refused),
        "categories": [name for name in found.categories if name],
        "attributes": [spec.label for spec in found.attributes()],
        "problems": found.problems[:_SHOWN],
        "more": max(0, len(found.problems) - _SHOWN),
    }
    return render(request, "merchant/preview.html", shown)


@staff_only
@require_POST
def start(_request: HttpRequest, token: str) -> HttpResponse:
    """Start the import of what was uploaded and lead to where it can be watched."""
    folder = _folder(token)
    pictures = folder / "pictures"
    command = [sys.executable, "-I", "-m", "galleria.shop.engine", "import", str(folder / "products.csv"), "--json"]
    command += ["--store-dir", str(projects.current().folder)]
    command += ["--media", str(pictures)] if pictures.is_dir() else []
    with (folder / "progress").open("wb") as progress, (folder / "outcome").open("wb") as outcome:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=outcome, stderr=progress, start_new_session=True)
    return redirect("merchant:watch", token=token)


@staff_only
@require_safe
def watch(request: HttpRequest, token: str) -> HttpResponse:
    """Show how far an import is, and what it said in the end."""
    state = _state(_folder(token))
    return render(request, "merchant/watch.html", {"token": token, "state": state, "shown": _SHOWN})


@staff_only
@require_safe
def progress(_request: HttpRequest, token: str) -> JsonResponse:
    """Answer how far an import is, for the page's script."""
    return JsonResponse(_state(_folder(token)))


def _keep(file: UploadedFile[bytes], pictures: UploadedFile[bytes] | None) -> str:
    token = secrets.token_hex(_TOKEN // 2)
    folder = _uploads() / token
    folder.mkdir(parents=True)
    with (folder / "products.csv").open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    if pictures is not None:
        _unpack(pictures, folder / "pictures")
    return token


def _unpack(given: UploadedFile[bytes], target: Path) -> None:
    """Unpack pictures, none of them outside ``target``.

    Raises Problem for what is no zip file, leads out of the folder, or is too large.
    """
    try:
        with zipfile.ZipFile(given) as packed:
            entries = packed.infolist()
            if sum(entry.file_size for entry in entries) > MAX_PICTURES:
                raise Problem(f"The pictures are larger than {MAX_PICTURES // 1024 // 1024} MB together.")
            for entry in entries:
                name = Path(entry.filename)
                if name.is_absolute() or ".." in name.parts:
                    raise Problem("The zip file names a place outside its own folder.")
            packed.extractall(target)
    except zipfile.BadZipFile:
        raise Problem("The pictures are no zip file.") from None


def _uploads() -> Path:
    return projects.current().data / "uploads"


def _folder(token: str) -> Path:
    folder = _uploads() / token
    if not token.isalnum() or not (folder / "products.csv").is_file():
        raise Http404
    return folder


def _state(folder: Path) -> dict[str, object]:
    """Return how far the import in ``folder`` is: what it printed last, and its report once it has ended."""
    outcome = _last_json(folder / "outcome")
    if outcome is not None:
        return {"ended": True, **outcome}
    last = _last_json(folder / "progress") or {"stage": "waiting", "done": 0, "total": 0}
    return {"ended": False, **last}


def _last_json(file: Path) -> dict[str, object] | None:
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        if line.startswith("{"):
            found: dict[str, object] = json.loads(line)
            return found
    return None
