"""Small pictures in the admin's lists: the pictures themselves, which browsers scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oscar.core.thumbnails import AbstractThumbnailer

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile


class SamePicture(AbstractThumbnailer):  # type: ignore[misc]  # the library is not typed
    """Answers every size with the picture as it is: nothing to make, nothing to clear away."""

    def generate_thumbnail(self, source: FieldFile, **_options: object) -> FieldFile:
        """Return the picture."""
        return source

    def delete_thumbnails(self, source: FieldFile) -> None:
        """Do nothing: none was made."""
