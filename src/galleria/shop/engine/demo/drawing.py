"""A small canvas for product pictures: smooth outlines, soft light from the left, a shadow on the ground."""

from __future__ import annotations

import math
import random
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 800
HEIGHT: Final = 1000
_SCALE: Final = 1.5
_W: Final = int(WIDTH * _SCALE)
_H: Final = int(HEIGHT * _SCALE)

Point = tuple[float, float]
Colour = tuple[int, int, int]


def rgb(written: str) -> Colour:
    """Return the colour of ``#rrggbb``."""
    red, green, blue = ImageColor.getrgb(written)[:3]
    return (red, green, blue)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return ``one`` with a share (0 to 1) of ``other`` in it."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def lighter(colour: Colour, share: float) -> Colour:
    """Return the colour nearer to white."""
    return mix(colour, (255, 255, 255), share)


def darker(colour: Colour, share: float) -> Colour:
    """Return the colour nearer to a warm black."""
    return mix(colour, (24, 20, 18), share)


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """Return a soft line through the points (Catmull-Rom)."""
    count = len(points)
    found: list[Point] = []
    for place in range(count if closed else count - 1):
        around = [points[_at(place + shift, count, closed=closed)] for shift in (-1, 0, 1, 2)]
        found += [_between(around, step / steps) for step in range(steps)]
    if not closed:
        found.append(points[-1])
    return found


def turned(profile: Sequence[Point], centre: float = 0.5) -> list[Point]:
    """Return the outline of a vessel turned on a wheel: half widths at heights, from top to bottom."""
    right = smooth([(centre + r, y) for r, y in profile], closed=False)
    return right + [(2 * centre - x, y) for x, y in reversed(right)]


def ellipse(centre: Point, across: float, down: float, steps: int = 60) -> list[Point]:
    """Return an ellipse as an outline; ``across`` and ``down`` are half axes."""
    angles = [2 * math.pi * step / steps for step in range(steps)]
    return [(centre[0] + across * math.cos(a), centre[1] + down * math.sin(a)) for a in angles]


def box(left: float, top: float, right: float, bottom: float, corner: float = 0.02) -> list[Point]:
    """Return a box with soft corners."""
    points: list[Point] = []
    for x, y, start in (
        (right - corner, top + corner, -90),
        (right - corner, bottom - corner, 0),
        (left + corner, bottom - corner, 90),
        (left + corner, top + corner, 180),
    ):
        for step in range(7):
            angle = math.radians(start + step * 15)
            points.append((x + corner * math.cos(angle), y + corner * math.sin(angle)))
    return points


class Canvas:
    """A picture in the making. Coordinates run from 0 to 1 across and from 0 to 1.25 down."""

    def __init__(self, backdrop: Colour, seed: str) -> None:
        self._image = _backdrop(backdrop).copy()
        self._random = random.Random(seed)  # noqa: S311 - speckles, not secrets
        self._last = _Stencil(Image.new("L", (1, 1), 0), 0, 0)

    def shadow(self, centre: Point, across: float, down: float = 0.03, strength: float = 0.34) -> None:
        """Lay a soft shadow on the ground."""
        self._soft(ellipse(centre, across, down), 6, 6, (40, 32, 28), strength, None)

    def fill(self, outline: Sequence[Point], colour: Colour, *, light: float = 0.22, dark: float = 0.3) -> None:
        """Fill an outline, lighter on the left and darker on the right: round, as under a window."""
        self._last = _polygon(outline)
        self._paint(self._last, _round_light(self._last.mask.width, self._last.mask.height, colour, light, dark))

    def flat(self, outline: Sequence[Point], colour: Colour, opacity: float = 1.0) -> None:
        """Fill an outline evenly."""
        self._paint(_polygon(outline, opacity), colour)

    def within(self, outline: Sequence[Point], colour: Colour, opacity: float = 1.0) -> None:
        """Fill the part of an outline that lies in what was filled last."""
        self._paint(_polygon(outline, opacity).cut(self._last), colour)

    def dip(self, outline: Sequence[Point], colour: Colour) -> None:
        """Fill the part of an outline that lies in what was filled last, lit as that is."""
        lit = _round_light(self._last.mask.width, self._last.mask.height, colour, 0.22, 0.3)
        part = _polygon(outline).cut(self._last)
        box_of = (part.left - self._last.left, part.top - self._last.top)
        self._paint(part, lit.crop((*box_of, box_of[0] + part.mask.width, box_of[1] + part.mask.height)))

    def line(self, points: Sequence[Point], colour: Colour, width: float, *, inside: bool = False) -> None:
        """Draw a line; ``width`` is a share of the picture's width, ``inside`` keeps it in what was filled last."""
        stencil = _stroke(points, width)
        self._paint(stencil.cut(self._last) if inside else stencil, colour)

    def lines(self, many: Sequence[Sequence[Point]], colour: Colour, width: float, *, inside: bool = False) -> None:
        """Draw several lines at once."""
        stencil = _strokes(many, width)
        self._paint(stencil.cut(self._last) if inside else stencil, colour)

    def speckle(self, colour: Colour, count: int, size: float = 0.0028) -> None:
        """Scatter dots over what was filled last, as a glaze does."""
        wide, high = self._last.mask.size
        mask = Image.new("L", (wide, high), 0)
        drawn = ImageDraw.Draw(mask)
        for _ in range(count):
            x, y = self._random.uniform(0, wide), self._random.uniform(0, high)
            radius = self._random.uniform(0.3, 1.0) * size * _W
            drawn.ellipse([x - radius, y - radius, x + radius, y + radius], fill=self._random.randint(70, 190))
        self._paint(_Stencil(mask, self._last.left, self._last.top).cut(self._last), colour)

    def rows(self, colour: Colour, gap: float, width: float, *, wave: float = 0.0, opacity: float = 0.35) -> None:
        """Draw level rows over what was filled last: a knit, a weave, the grooves of a wheel."""
        mask = Image.new("L", self._last.mask.size, 0)
        drawn = ImageDraw.Draw(mask)
        y, bottom = self._last.top / _W, (self._last.top + mask.height) / _W
        while y < bottom:
            points = [(x / 60, y + wave * math.sin(x * 1.9)) for x in range(61)] if wave else [(0, y), (1, y)]
            pixels = [(px - self._last.left, py - self._last.top) for px, py in _pixels(points)]
            drawn.line(pixels, fill=round(255 * opacity), width=max(1, round(width * _W)))
            y += gap
        self._paint(_Stencil(mask, self._last.left, self._last.top).cut(self._last), colour)

    def sheen(self, outline: Sequence[Point], opacity: float = 0.28) -> None:
        """Lay a soft reflection inside what was filled last."""
        self._soft(outline, 4, 5, (255, 255, 255), opacity, self._last)

    def jitter(self, low: float, high: float) -> float:
        """Return a number that is the same for the same picture."""
        return self._random.uniform(low, high)

    def finished(self) -> Image.Image:
        """Return the picture in its final size."""
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)

    def _paint(self, stencil: _Stencil, what: Colour | Image.Image) -> None:
        place = (stencil.left, stencil.top)
        if isinstance(what, Image.Image):
            self._image.paste(what, place, stencil.mask)
        else:
            self._image.paste(
                what, (*place, place[0] + stencil.mask.width, place[1] + stencil.mask.height), stencil.mask
            )

    def _soft(
        self, outline: Sequence[Point], shrink: int, blur: int, colour: Colour, opacity: float, keep: _Stencil | None
    ) -> None:
        pixels = _pixels(outline)
        left, top, right, bottom = _frame(pixels, 3 * blur * shrink)
        size = (right - left, bottom - top)
        small = Image.new("L", (size[0] // shrink + 1, size[1] // shrink + 1), 0)
        shrunk = [((x - left) / shrink, (y - top) / shrink) for x, y in pixels]
        ImageDraw.Draw(small).polygon(shrunk, fill=round(255 * opacity))
        soft = small.filter(ImageFilter.GaussianBlur(blur)).resize(size, Image.Resampling.BILINEAR)
        stencil = _Stencil(soft, left, top)
        self._paint(stencil if keep is None else stencil.cut(keep), colour)


class _Stencil(NamedTuple):
    """Where colour goes: a mask as small as can be, and where it lies."""

    mask: Image.Image
    left: int
    top: int

    def cut(self, other: _Stencil) -> _Stencil:
        """Return the part of this that lies in ``other``."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.mask.width, other.left + other.mask.width)
        bottom = min(self.top + self.mask.height, other.top + other.mask.height)
        if right <= left or bottom <= top:
            return _Stencil(Image.new("L", (1, 1), 0), 0, 0)
        mine = self.mask.crop((left - self.left, top - self.top, right - self.left, bottom - self.top))
        its = other.mask.crop((left - other.left, top - other.top, right - other.left, bottom - other.top))
        return _Stencil(ImageChops.multiply(mine, its), left, top)


def _frame(pixels: Sequence[Point], margin: float) -> tuple[int, int, int, int]:
    across, down = [x for x, _ in pixels], [y for _, y in pixels]
    left, top = max(0, int(min(across) - margin)), max(0, int(min(down) - margin))
    return (
        left,
        top,
        max(left + 1, min(_W, int(max(across) + margin) + 2)),
        max(top + 1, min(_H, int(max(down) + margin) + 2)),
    )


def _polygon(outline: Sequence[Point], opacity: float = 1.0) -> _Stencil:
    pixels = _pixels(outline)
    left, top, right, bottom = _frame(pixels, 1)
    mask = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in pixels], fill=round(255 * opacity))
    return _Stencil(mask, left, top)


def _stroke(points: Sequence[Point], width: float) -> _Stencil:
    return _strokes([points], width)


def _strokes(many: Sequence[Sequence[Point]], width: float) -> _Stencil:
    thickness = max(1, round(width * _W))
    half = thickness / 2
    left, top, right, bottom = _frame([pixel for points in many for pixel in _pixels(points)], thickness)
    mask = Image.new("L", (right - left, bottom - top), 0)
    drawn = ImageDraw.Draw(mask)
    for points in many:
        pixels = [(x - left, y - top) for x, y in _pixels(points)]
        drawn.line(pixels, fill=255, width=thickness, joint="curve")
        for x, y in (pixels[0], pixels[-1]):
            drawn.ellipse([x - half, y - half, x + half, y + half], fill=255)
    return _Stencil(mask, left, top)


def _pixels(points: Sequence[Point]) -> list[Point]:
    return [(x * _W, y * _W) for x, y in points]


@lru_cache(maxsize=16)
def _backdrop(colour: Colour) -> Image.Image:
    """A wall that fades into a table, lit from the upper left."""
    wall = Image.new("RGB", (8, 10))
    for y in range(10):
        for x in range(8):
            shade = (
                lighter(colour, 0.34 - 0.03 * x - 0.012 * y)
                if y < 7
                else darker(colour, 0.02 + 0.012 * (y - 7) + 0.004 * x)
            )
            wall.putpixel((x, y), shade)
    return wall.resize((_W, _H), Image.Resampling.BICUBIC)


@lru_cache(maxsize=64)
def _round_light(width: int, height: int, colour: Colour, light: float, dark: float) -> Image.Image:
    strip = Image.new("RGB", (24, 1))
    for x in range(24):
        place = x / 23
        bright = max(0.0, 1 - abs(place - 0.28) / 0.3) * light
        shade = max(0.0, (place - 0.45) / 0.55) ** 1.3 * dark + max(0.0, 0.1 - place) * dark
        strip.putpixel((x, 0), darker(lighter(colour, bright), min(1.0, shade)))
    return strip.resize((width, 1), Image.Resampling.BICUBIC).resize((width, height), Image.Resampling.NEAREST)


def _at(place: int, count: int, *, closed: bool) -> int:
    return place % count if closed else min(max(place, 0), count - 1)


def _between(around: Sequence[Point], share: float) -> Point:
    """Return the point of a Catmull-Rom curve between the second and the third of four points."""
    before, start, end, after = around
    square, cube = share * share, share * share * share

    def one(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (2 * q + (r - p) * share + (2 * p - 5 * q + 4 * r - s) * square + (3 * q - p - 3 * r + s) * cube)

    return (
        one(before[0], start[0], end[0], after[0]),
        one(before[1], start[1], end[1], after[1]),
    )
