"""The shop's own style sheets and scripts: kept in memory, compressed once, named by their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Final

from starlette.responses import Response

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/speculationrules+json",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
FALLBACK_THEME: Final = "quiet"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    body: bytes
    compressed: bytes
    media_type: str


class StaticFiles:
    """The files of one theme."""

    def __init__(self, theme: str) -> None:
        self._files: dict[str, StaticFile] = {}
        self._names: dict[str, str] = {}
        folder = resources.files("galleria.shop.storefront") / "static"
        names = {entry.name.removesuffix(".css") for entry in (folder / "themes").iterdir()}
        self.theme = theme if theme in names else FALLBACK_THEME
        tokens = (folder / "themes" / f"{self.theme}.css").read_bytes()
        self._add("shop.css", tokens + b"\n" + (folder / "shop.css").read_bytes())
        self._add("shop.js", (folder / "shop.js").read_bytes())
        self._add("htmx.js", (folder / "vendor" / "htmx.min.js").read_bytes())
        self._add("icon.svg", (folder / "icon.svg").read_bytes())
        self._add("speculation.json", (folder / "speculation.json").read_bytes())

    def address(self, name: str) -> str:
        """Return the address of the file called ``name``."""
        return f"/_static/{self._names[name]}"

    def answer(self, name: str, accepted: str) -> Response | None:
        """Return the file under an address, or None."""
        file = self._files.get(name)
        if file is None:
            return None
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" in accepted:
            return Response(file.compressed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type)
        return Response(file.body, headers=headers, media_type=file.media_type)

    def _add(self, name: str, body: bytes) -> None:
        stem, _, ending = name.rpartition(".")
        hashed = f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}.{ending}"
        self._names[name] = hashed
        self._files[hashed] = StaticFile(body, gzip.compress(body, 9, mtime=0), _TYPES[ending])
