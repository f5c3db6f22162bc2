"""Draws the demo catalogue's pictures into a media folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFilter

from galleria.shop.engine.demo import garments, gear, vessels
from galleria.shop.engine.demo.drawing import Canvas, darker, lighter, mix, rgb, smooth
from galleria.shop.engine.demo.goods import COLOURS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galleria.shop.engine.demo.drawing import Colour

_QUALITY: Final = 84
_BACKDROPS: Final = {
    "warm": rgb("#efe4d8"),
    "cool": rgb("#dce5e8"),
    "green": rgb("#e0e5dc"),
    "pale": rgb("#ece7de"),
    "dusk": rgb("#e4dfe8"),
}
_AGAINST: Final = {
    "Chalk": "cool", "Oat": "green", "Ochre": "dusk", "Clay": "cool", "Rust": "pale",
    "Heather": "warm", "Moss": "warm", "Fjord": "pale", "Slate": "warm", "Ink": "green",
}  # fmt: skip

ARTS: Final[dict[str, Callable[[Canvas, Colour], None]]] = {
    name: getattr(module, name)
    for module, names in (
        (vessels, "mug tumbler bowl plate vase moon_vase jug teapot planter candle"),
        (garments, "jacket fleece jumper tee beanie scarf socks blanket cushion throw"),
        (gear, "backpack tote duffel pouch flask kettle enamel_mug skillet lantern board card"),
    )
    for name in names.split()
}


def draw(art: str, colour: str, seed: str) -> Image.Image:
    """Return the picture of a thing in a colour of the house."""
    canvas = Canvas(_BACKDROPS[_AGAINST[colour]], seed)
    ARTS[art](canvas, rgb(COLOURS[colour]))
    return canvas.finished()


def detail(picture: Image.Image, place: int) -> Image.Image:
    """Return a closer look at a picture: its upper or its lower half, enlarged."""
    wide, high = picture.size
    left, top = (int(wide * 0.2), int(high * 0.2)) if place % 2 else (int(wide * 0.22), int(high * 0.38))
    size = (int(wide * 0.56), int(high * 0.56))
    return picture.crop((left, top, left + size[0], top + size[1])).resize((wide, high), Image.Resampling.BICUBIC)


def save(picture: Image.Image, media: Path, name: str) -> str:
    """Keep a picture at ``name`` below the media folder and return the name."""
    file = media / name
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file, "JPEG", quality=_QUALITY, optimize=False, progressive=True)
    return name


def placeholder() -> Image.Image:
    """Return what stands where a product has no picture."""
    canvas = Canvas(_BACKDROPS["pale"], "placeholder")
    tone = darker(_BACKDROPS["pale"], 0.16)
    canvas.flat([(0.3, 0.78), (0.43, 0.58), (0.5, 0.66), (0.59, 0.52), (0.74, 0.78)], tone)
    canvas.flat(smooth([(0.4, 0.48), (0.43, 0.45), (0.46, 0.48), (0.43, 0.51)]), tone)
    return canvas.finished()


def hero(wide: int = 1600, high: int = 900) -> Image.Image:
    """Return the picture of the first page: hills at first light, a lit window."""
    sky = Image.new("RGB", (1, 8))
    for y in range(8):
        sky.putpixel((0, y), mix(rgb("#e9c9a5"), rgb("#9fb6c3"), max(0.0, 1 - y / 5.5)))
    picture = sky.resize((wide, high), Image.Resampling.BICUBIC)
    sun = Image.new("L", (wide // 4, high // 4), 0)
    ImageDraw.Draw(sun).ellipse([255, 92, 311, 148], fill=235)
    glow = sun.filter(ImageFilter.GaussianBlur(9)).resize((wide, high), Image.Resampling.BICUBIC)
    picture.paste(rgb("#fdeccb"), (0, 0), glow)
    drawn = ImageDraw.Draw(picture)
    ridges = (
        (0.50, 0.10, "#8fa3a8"), (0.58, 0.12, "#728d92"), (0.68, 0.10, "#567478"),
        (0.78, 0.09, "#3f5c5b"), (0.90, 0.06, "#2c4341"),
    )  # fmt: skip
    for number, (level, swing, tone) in enumerate(ridges):
        steps = [(-0.05, level + swing * 0.4)]
        steps += [
            (x / 6, level - swing * (0.9 if (x + number) % 2 else -0.15) * (0.6 + 0.1 * ((x * 7 + number * 3) % 5)))
            for x in range(7)
        ]
        steps += [(1.05, level + swing * 0.2)]
        line = smooth(steps, closed=False)
        drawn.polygon(
            [(x * wide, y * high) for x, y in line] + [(wide * 1.05, high), (-wide * 0.05, high)], fill=rgb(tone)
        )
    _workshop(drawn, wide, high)
    return picture


def _workshop(drawn: ImageDraw.ImageDraw, wide: int, high: int) -> None:
    left, top = int(wide * 0.17), int(high * 0.735)
    wall, roof = rgb("#20302f"), rgb("#182524")
    drawn.rectangle([left, top, left + 150, top + 78], fill=wall)
    drawn.polygon([(left - 14, top), (left + 75, top - 56), (left + 164, top)], fill=roof)
    drawn.rectangle([left + 112, top - 74, left + 130, top - 24], fill=roof)
    for x in (24, 84):
        drawn.rectangle([left + x, top + 22, left + x + 36, top + 54], fill=lighter(rgb("#f2b65a"), 0.1))
        drawn.line([left + x + 18, top + 22, left + x + 18, top + 54], fill=wall, width=3)
