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
    """The files of the shop. ``theme`` is the one for a shop whose merchant has not chosen."""

    def __init__(self, theme: str) -> None:
        self._files: dict[str, StaticFile] = {}
        self._names: dict[tuple[str, str], str] = {}
        folder = resources.files("galleria.shop.storefront") / "static"
        rules = (folder / "shop.css").read_bytes()
        self._themes = {entry.name.removesuffix(".css") for entry in (folder / "themes").iterdir()}
        self._otherwise = theme if theme in self._themes else FALLBACK_THEME
        for name in self._themes:
            self._add("shop.css", (folder / "themes" / f"{name}.css").read_bytes() + b"\n" + rules, name)
        self._add("shop.js", (folder / "shop.js").read_bytes())
        self._add("htmx.js", (folder / "vendor" / "htmx.min.js").read_bytes())
        self._add("icon.svg", (folder / "icon.svg").read_bytes())
        self._add("speculation.json", (folder / "speculation.json").read_bytes())

    def theme(self, chosen: str) -> str:
        """Return the theme to draw in: the merchant's choice when there is such a theme, else the store's own."""
        return chosen if chosen in self._themes else self._otherwise

    def address(self, name: str, theme: str = "") -> str:
        """Return the address of the file called ``name``; of the style sheet there is one a theme."""
        return f"/_static/{self._names[theme, name]}"

    def answer(self, name: str, accepted: str) -> Response | None:
        """Return the file under an address, or None."""
        file = self._files.get(name)
        if file is None:
            return None
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" in accepted:
            return Response(file.compressed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type)
        return Response(file.body, headers=headers, media_type=file.media_type)

    def _add(self, name: str, body: bytes, theme: str = "") -> None:
        stem, _, ending = name.rpartition(".")
        hashed = f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}.{ending}"
        self._names[theme, name] = hashed
        self._files[hashed] = StaticFile(body, gzip.compress(body, 9, mtime=0), _TYPES[ending])
