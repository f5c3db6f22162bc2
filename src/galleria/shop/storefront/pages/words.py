"""The merchant's own words on the first page: what of them makes the opening, what follows below."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from galleria.shop.storefront.data.reading import media_path
from galleria.shop.storefront.data.values import Image

_OPENING: Final = re.compile(
    r"<section[^>]*\bclass=\"[^\"]*\bhero\b[^\"]*\"[^>]*>(.*?)</section>", re.DOTALL | re.IGNORECASE
)
_SECTION: Final = re.compile(r"<section[^>]*>(.*?)</section>", re.DOTALL | re.IGNORECASE)
_PICTURE: Final = re.compile(r"<img[^>]*\bsrc=\"([^\"]+)\"[^>]*>", re.IGNORECASE)
_ALT: Final = re.compile(r"\balt=\"([^\"]*)\"", re.IGNORECASE)
_PARAGRAPH: Final = re.compile(r"<p[^>]*>(.*?)</p>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first page opens with: a picture, a few words; and the sections below, HTML that is not yet cleaned."""

    image: Image | None
    words: str
    sections: tuple[str, ...]


def read(content: str) -> Opening:
    """Return the parts of ``content``, a page of the merchant's. What has no sections is one."""
    match = _OPENING.search(content)
    opening = match[1] if match else ""
    rest = content[: match.start()] + content[match.end() :] if match else content
    sections = tuple(part for part in _SECTION.findall(rest) if part.strip()) or ((rest,) if rest.strip() else ())
    paragraph = _PARAGRAPH.search(opening)
    words = html.unescape(" ".join(_TAG.sub(" ", paragraph[1]).split())) if paragraph else ""
    return Opening(_image(opening), words, sections)


def _image(opening: str) -> Image | None:
    picture = _PICTURE.search(opening)
    path = media_path(picture[1]) if picture else None
    if picture is None or path is None:
        return None
    alt = _ALT.search(picture[0])
    return Image(path, html.unescape(alt[1]) if alt else "")
