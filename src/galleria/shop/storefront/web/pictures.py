"""Pictures in the sizes that pages need: made once from the merchant's original, kept on disk."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from galleria.shop.storefront.data.values import Image

WIDTHS: Final = (96, 240, 360, 480, 720, 1080)
"""In pixels. No others are made, so nobody can fill the disk by asking."""
QUALITY: Final = 78
FRESH_SECONDS: Final = 600.0
MAX_ORIGINAL_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 50_000_000

_PATH: Final = re.compile(r"(?:[\w .@+-]+/)*[\w .@+-]+\.(?:jpe?g|png|webp|gif)", re.IGNORECASE)
_VECTOR: Final = re.compile(r"(?:[\w .@+-]+/)*[\w .@+-]+\.svg", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture to send."""

    body: bytes
    media_type: str


def address(image: Image, width: int) -> str:
    """Return the address of ``image`` in ``width``, one of `WIDTHS`."""
    return f"/_picture/{width}/{quote(image.path)}"


def srcset(image: Image, widest: int = WIDTHS[-1]) -> str:
    """Return the widths that a browser may choose from."""
    return ", ".join(f"{address(image, width)} {width}w" for width in WIDTHS[1:] if width <= widest)


class Pictures:
    """Makes and keeps pictures. One is made at a time: a page full of new ones must not take the processor away."""

    def __init__(self, folder: Path, fetch: Callable[[str], Awaitable[bytes | None]]) -> None:
        self._folder = folder
        self._fetch = fetch
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._making: dict[Path, asyncio.Future[Ready | None]] = {}

    async def get(self, path: str, width: int, *, webp: bool) -> Ready | None:
        """Return a picture in a size, or None when there is no such picture or size.

        Raises:
            EngineUnavailable: the original can't be had now.
        """
        if _VECTOR.fullmatch(path) and ".." not in path:
            drawing = await self._fetch(quote(path))
            return Ready(drawing, "image/svg+xml") if drawing else None
        if width not in WIDTHS or not _PATH.fullmatch(path) or ".." in path:
            return None
        ending = "webp" if webp else "jpg"
        kept = self._folder / f"{hashlib.sha256(f'{path}|{width}'.encode()).hexdigest()[:32]}.{ending}"
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(None, _read_fresh, kept)
        if body is None:
            return await self._make_once(path, width, kept)
        return Ready(body, _media_type(kept))

    async def _make_once(self, path: str, width: int, kept: Path) -> Ready | None:
        making = self._making.get(kept)
        if making is None:
            making = asyncio.ensure_future(self._make(path, width, kept))
            self._making[kept] = making
            making.add_done_callback(lambda _done: self._making.pop(kept, None))
        return await asyncio.shield(making)

    async def _make(self, path: str, width: int, kept: Path) -> Ready | None:
        original = await self._fetch(quote(path))
        if original is None or len(original) > MAX_ORIGINAL_BYTES:
            return None
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(self._worker, _resize, original, width, kept)
        return Ready(body, _media_type(kept)) if body is not None else None


def _media_type(kept: Path) -> str:
    return "image/webp" if kept.suffix == ".webp" else "image/jpeg"


def _read_fresh(kept: Path) -> bytes | None:
    try:
        if time.time() - kept.stat().st_mtime < FRESH_SECONDS:
            return kept.read_bytes()
    except OSError:
        pass
    return None


def _resize(original: bytes, width: int, kept: Path) -> bytes | None:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(original)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                return None
            opened.draft("RGB", (width * 2, width * 2))  # a JPEG is decoded at the smallest size that will do
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
            has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            body = io.BytesIO()
            if kept.suffix == ".webp":
                picture.convert("RGBA" if has_alpha else "RGB").save(body, "WEBP", quality=QUALITY, method=4)
            else:
                flat = picture.convert("RGBA")
                paper = Image.new("RGB", flat.size, "white")
                paper.paste(flat, mask=flat.getchannel("A"))
                paper.save(body, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    _keep(kept, body.getvalue())
    return body.getvalue()


def _keep(kept: Path, body: bytes) -> None:
    """Write beside, then rename. A full disk costs speed, not the picture."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=kept.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
        Path(name).replace(kept)
    except OSError:
        return
