"""Pictures in the sizes and formats that pages need: made once from the merchant's original, kept on disk."""

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
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from galleria.shop.storefront.data.errors import EngineUnavailable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from galleria.shop.storefront.data.values import Image

WIDTHS: Final = (96, 240, 360, 480, 720, 1080)
"""In pixels. No others are made, so nobody can fill the disk by asking."""
MEDIA_TYPES: Final = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
"""By ending, the smallest first: the order in which pages offer them."""
PLAIN: Final = "jpg"
"""What every browser and every other shop's preview can show."""
FRESH_SECONDS: Final = 600.0
"""How long a merchant's changed picture may be unseen."""
MAX_ORIGINAL_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 50_000_000
_MOST_KNOWN: Final = 20_000
_MOST_WRITTEN: Final = 4_000

_SIZE: Final = re.compile(r"(\d{2,4})\.([a-z]{3,4})")
_PATH: Final = re.compile(r"(?:[\w .@+-]+/)*[\w .@+-]+\.(?:jpe?g|png|webp|gif|avif)", re.IGNORECASE)
_VECTOR: Final = re.compile(r"(?:[\w .@+-]+/)*[\w .@+-]+\.svg", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture to send."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class _Original:
    """What is known of a merchant's picture: its content's digest, and when that was looked at (monotonic seconds)."""

    digest: str
    seen: float


def address(image: Image, width: int, ending: str = PLAIN) -> str:
    """Return the address of ``image`` in ``width``, one of `WIDTHS`, and a format, one of `MEDIA_TYPES`."""
    return _address(image.path, width, ending)


def is_vector(image: Image) -> bool:
    """Whether ``image`` is a drawing, which has one size and one format."""
    return _is_vector(image.path)


def srcset(image: Image, ending: str, widest: int = WIDTHS[-1]) -> str:
    """Return the widths that a browser may choose from."""
    return _srcset(image.path, ending, widest)


# A list's page has 24 pictures in 12 addresses each, the same for every shopper: written once, a fifth of its time.
@lru_cache(maxsize=_MOST_WRITTEN)
def _srcset(path: str, ending: str, widest: int) -> str:
    return ", ".join(f"{_address(path, width, ending)} {width}w" for width in WIDTHS[1:] if width <= widest)


@lru_cache(maxsize=_MOST_WRITTEN)
def _address(path: str, width: int, ending: str) -> str:
    return f"/_picture/{width}.{ending}/{quote(path)}"


@lru_cache(maxsize=_MOST_WRITTEN)
def _is_vector(path: str) -> bool:
    return _VECTOR.fullmatch(path) is not None


class Pictures:
    """Makes and keeps pictures. One is made at a time: a page full of new ones must not take the processor away.

    They are kept under the digest of their original, so that a changed picture is made anew and an unchanged one never.
    """

    def __init__(self, folder: Path, fetch: Callable[[str], Awaitable[bytes | None]]) -> None:
        self._folder = folder
        self._fetch = fetch
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._known: dict[str, _Original] = {}
        self._making: dict[Path, asyncio.Future[bytes | None]] = {}

    async def get(self, path: str, size: str) -> Ready | None:
        """Return a picture in a size such as ``480.avif``, or None when there is no such picture or size.

        Raises:
            EngineUnavailable: the original can't be had now.
        """
        if _VECTOR.fullmatch(path) and ".." not in path:
            drawing = await self._fetch(quote(path))
            return Ready(drawing, "image/svg+xml") if drawing else None
        asked = _SIZE.fullmatch(size)
        if asked is None or int(asked[1]) not in WIDTHS or asked[2] not in MEDIA_TYPES:
            return None
        if not _PATH.fullmatch(path) or ".." in path:
            return None
        body = await self._find(path, int(asked[1]), asked[2])
        return Ready(body, MEDIA_TYPES[asked[2]]) if body is not None else None

    async def _find(self, path: str, width: int, ending: str) -> bytes | None:
        known = self._known.get(path)
        if known is not None and time.monotonic() - known.seen < FRESH_SECONDS:
            kept = await self._read(known.digest, width, ending)
            if kept is not None:
                return kept
        try:
            original = await self._fetch(quote(path))
        except EngineUnavailable:
            kept = await self._read(known.digest, width, ending) if known else None
            if kept is None:
                raise
            return kept
        if original is None or len(original) > MAX_ORIGINAL_BYTES:
            self._known.pop(path, None)
            return None
        digest = hashlib.sha256(original).hexdigest()[:32]
        self._remember(path, digest)
        return await self._read(digest, width, ending) or await self._make_once(original, digest, width, ending)

    def _remember(self, path: str, digest: str) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[path] = _Original(digest, time.monotonic())

    async def _read(self, digest: str, width: int, ending: str) -> bytes | None:
        return await asyncio.get_running_loop().run_in_executor(None, _read, self._kept(digest, width, ending))

    async def _make_once(self, original: bytes, digest: str, width: int, ending: str) -> bytes | None:
        kept = self._kept(digest, width, ending)
        making = self._making.get(kept)
        if making is None:
            making = asyncio.get_running_loop().run_in_executor(self._worker, _make, original, width, kept)
            self._making[kept] = making
            making.add_done_callback(lambda _done: self._making.pop(kept, None))
        return await asyncio.shield(making)

    def _kept(self, digest: str, width: int, ending: str) -> Path:
        return self._folder / f"{digest}-{width}.{ending}"


def _read(kept: Path) -> bytes | None:
    try:
        return kept.read_bytes()
    except OSError:
        return None


def _make(original: bytes, width: int, kept: Path) -> bytes | None:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(original)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                return None
            opened.draft("RGB", (width * 2, width * 2))  # a JPEG is decoded at the smallest size that will do
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
            body = _encode(picture, kept.suffix)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    _keep(kept, body)
    return body


def _encode(picture: Picture, suffix: str) -> bytes:
    from PIL import Image

    body = io.BytesIO()
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    clean = picture.convert("RGBA" if has_alpha else "RGB")
    if suffix == ".avif":
        clean.save(body, "AVIF", quality=50, speed=8, max_threads=1)  # a fifth smaller than WebP; 35 ms for 720 pixels
    elif suffix == ".webp":
        clean.save(body, "WEBP", quality=78, method=4)
    else:
        paper = Image.new("RGB", clean.size, "white")
        paper.paste(clean, mask=clean.getchannel("A") if has_alpha else None)
        paper.save(body, "JPEG", quality=78, optimize=True, progressive=True)
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
