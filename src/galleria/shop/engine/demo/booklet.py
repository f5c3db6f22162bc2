"""The booklet that the demo catalogue sells: a small PDF, written by hand, so that a download is a real file.

Source of the format: ISO 32000-1, sections 7.5 (file structure), 8.5 (paths) and 9.4 (text).
"""

from __future__ import annotations

import math
import textwrap
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE: Final = "links/f/h/twelve-knots.pdf"
SAMPLE: Final = "samples/f/h/twelve-knots-first-page.pdf"

_WIDE, _HIGH = 420, 595  # A5, in points
_MARGIN: Final = 48
_PER_PAGE: Final = 4
_WORDS: Final[dict[str, Any]] = tomllib.loads(files(__package__).joinpath("booklet.toml").read_text("utf-8"))


def save(folder: Path) -> None:
    """Keep the booklet and its sample below the folder of downloads."""
    pages = [_cover(), *_knots()]
    for name, shown in ((FILE, pages), (SAMPLE, pages[:2])):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pdf(shown, str(_WORDS["title"])))


def pdf(pages: Sequence[str], title: str) -> bytes:
    """Return a PDF of pages, each given as the operators that draw it. Fonts: /F1 serif, /F2 serif bold."""
    count = len(pages)
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        _font("Times-Roman"),
        _font("Times-Bold"),
    ]
    for place, drawn in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDE} {_HIGH}] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {6 + 2 * place} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}\nendstream")
    objects.append(f"<< /Title ({_escaped(title)}) >>")
    return _file(objects)


def _file(objects: Sequence[str]) -> bytes:
    """Return the file of numbered objects with its table of where each begins; the last one is the file's title."""
    whole = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, written in enumerate(objects, 1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n{written}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(whole)}\n%%EOF\n"
    )
    return whole + end.encode("ascii")


def _font(name: str) -> str:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"


def _cover() -> str:
    sheet = f"0.937 0.894 0.847 rg 0 0 {_WIDE} {_HIGH} re f"
    title = _text("F2", 34, _MARGIN, 470, str(_WORDS["title"]))
    subtitle = _text("F1", 13, _MARGIN, 444, str(_WORDS["subtitle"]))
    return "\n".join((sheet, _rope(), "0.173 0.263 0.255 rg", title, subtitle))


def _rope() -> str:
    """Return a rope with a loop in it: one line, drawn thick and then thinner in a lighter tone."""
    points = []
    for step in range(121):
        turn = step / 120 * 4 * math.pi
        points.append((step / 120 * 520 - 50 - 70 * math.sin(turn), 240 + 78 * math.cos(turn) * math.sin(turn / 4)))
    line = "".join(f"{x:.1f} {y:.1f} {'l' if place else 'm'}\n" for place, (x, y) in enumerate(points))
    return f"1 J 1 j\n0.247 0.361 0.357 RG 15 w\n{line}S\n0.788 0.588 0.235 RG 9 w\n{line}S"


def _knots() -> list[str]:
    knots = list(enumerate(_WORDS["knot"], 1))
    return [_page(knots[start : start + _PER_PAGE]) for start in range(0, len(knots), _PER_PAGE)]


def _page(knots: Sequence[tuple[int, dict[str, str]]]) -> str:
    drawn, height = [], _HIGH - 80
    for number, knot in knots:
        drawn.append(_text("F2", 17, _MARGIN, height, f"{number}. {knot['name']}"))
        for line in textwrap.wrap(knot["text"], 58):
            height -= 18
            drawn.append(_text("F1", 12, _MARGIN, height, line))
        height -= 52
    return "\n".join(("0.173 0.263 0.255 rg", *drawn))


def _text(font: str, size: int, left: int, height: int, words: str) -> str:
    return f"BT /{font} {size} Tf {left} {height} Td ({_escaped(words)}) Tj ET"


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
