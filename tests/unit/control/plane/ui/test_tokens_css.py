"""The colours reach 4.5:1 in both schemes (WCAG 2.2, 1.4.3); checked on the file, so that no page has to be lucky."""

from __future__ import annotations

import re

import pytest

from galleria.control.plane.ui import pages
from galleria.control.plane.ui.views.marks import Tone

CSS = (pages.STATIC / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = CSS.split("@media (prefers-color-scheme: dark)")
PAIRS = (
    *((f"{tone.value}-{part}", f"{tone.value}-surface") for tone in Tone for part in ("text", "border")),
    *((f"{tone.value}-text", ground) for tone in Tone for ground in ("surface", "canvas", "raised", "accent-surface")),
    *(("text", f"{tone.value}-surface") for tone in Tone),
    *(("muted", f"{tone.value}-surface") for tone in Tone),
    *(
        (ink, ground)
        for ink in ("text", "muted", "accent")
        for ground in ("canvas", "surface", "raised", "accent-surface")
    ),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("surface", "bad-border"),
)


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [LIGHT, LIGHT + DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_colours_can_be_read(scheme: str, ink: str, ground: str) -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", scheme))
    bright, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_no_page_brings_colours_of_its_own() -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b", (pages.STATIC / "app.css").read_text(encoding="utf-8"))
    for template in (pages.HERE / "templates").glob("*.html"):
        assert "style=" not in template.read_text(encoding="utf-8")
