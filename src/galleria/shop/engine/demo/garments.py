"""Pictures of what is worn and what is woven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.demo.drawing import box, darker, ellipse, lighter, mix, rgb, smooth

if TYPE_CHECKING:
    from galleria.shop.engine.demo.drawing import Canvas, Colour, Point

BRASS: Final = rgb("#c8a25a")
LEATHER: Final = rgb("#8a5a3a")


def _both(points: list[Point]) -> list[Point]:
    """Return an outline from its right half, top to bottom, mirrored to the left."""
    return points + [(1 - x, y) for x, y in reversed(points)]


def _body(length: float, width: float) -> list[Point]:
    return _both(
        [(0.585, 0.27), (0.7, 0.305), (0.5 + width, 0.42), (0.5 + width, length - 0.02), (0.5 + width - 0.01, length)]
    )


def _sleeve(cuff: Point, width: float, *, left: bool) -> list[Point]:
    points: list[Point] = [
        (0.66, 0.285),
        (0.745, 0.36),
        cuff,
        (cuff[0] - width, cuff[1] + 0.022),
        (0.685, 0.52),
        (0.64, 0.4),
    ]
    return [(1 - x, y) if left else (x, y) for x, y in points]


def _fringe(canvas: Canvas, span: tuple[float, float], top: float, tone: Colour) -> None:
    left, right = span
    count = round((right - left) / 0.02)
    places = [left + number * (right - left) / count for number in range(count + 1)]
    canvas.lines([[(x, top), (x + canvas.jitter(-0.006, 0.006), top + 0.065)] for x in places], tone, 0.0055)


def jacket(canvas: Canvas, cloth: Colour) -> None:
    """A shell jacket with a hood, a zip and two pockets."""
    canvas.shadow((0.52, 1.08), 0.34, 0.03, 0.2)
    for left in (True, False):
        canvas.fill(_sleeve((0.86, 0.84), 0.1, left=left), darker(cloth, 0.1 if left else 0.2), dark=0.24)
    canvas.fill(smooth(_both([(0.5, 0.13), (0.6, 0.17), (0.64, 0.27), (0.6, 0.33)])), darker(cloth, 0.14))
    canvas.fill(smooth(_both([(0.5, 0.175), (0.56, 0.2), (0.58, 0.28), (0.54, 0.325)])), darker(cloth, 0.5), light=0.05)
    canvas.fill(_body(1.0, 0.235), cloth, light=0.16, dark=0.26)
    canvas.within([(0.0, 0.0), (1, 0), (1, 0.5), (0.5, 0.44), (0, 0.5)], lighter(cloth, 0.12), 0.75)
    canvas.line([(0.5, 0.29), (0.5, 1.0)], darker(cloth, 0.5), 0.012)
    canvas.line([(0.5, 0.29), (0.5, 1.0)], lighter(cloth, 0.35), 0.003)
    for turn in (-1, 1):
        canvas.line([(0.5 + turn * 0.16, 0.72), (0.5 + turn * 0.11, 0.86)], darker(cloth, 0.42), 0.009)
    canvas.flat(ellipse((0.5, 0.335), 0.012, 0.018), BRASS)
    canvas.line([(0.275, 0.978), (0.725, 0.978)], darker(cloth, 0.3), 0.006, inside=True)


def fleece(canvas: Canvas, cloth: Colour) -> None:
    """A fleece with a half zip and a chest pocket."""
    canvas.shadow((0.52, 1.06), 0.33, 0.03, 0.2)
    trim = darker(cloth, 0.42)
    for left in (True, False):
        canvas.fill(_sleeve((0.85, 0.85), 0.095, left=left), darker(cloth, 0.08 if left else 0.16), dark=0.2)
        canvas.speckle(lighter(cloth, 0.3), 420, 0.004)
    canvas.fill(_body(0.99, 0.225), cloth, light=0.12, dark=0.2)
    canvas.speckle(lighter(cloth, 0.3), 1500, 0.004)
    canvas.speckle(darker(cloth, 0.3), 700, 0.003)
    canvas.flat(box(0.43, 0.22, 0.57, 0.33, 0.02), trim)
    canvas.line([(0.5, 0.23), (0.5, 0.55)], trim, 0.014)
    canvas.line([(0.5, 0.23), (0.5, 0.55)], BRASS, 0.003)
    canvas.flat(box(0.555, 0.46, 0.675, 0.58, 0.012), trim)
    canvas.line([(0.27, 0.972), (0.73, 0.972)], trim, 0.02, inside=True)


def jumper(canvas: Canvas, cloth: Colour) -> None:
    """A knitted jumper with a patterned yoke."""
    canvas.shadow((0.52, 1.05), 0.33, 0.03, 0.2)
    for left in (True, False):
        canvas.fill(_sleeve((0.855, 0.86), 0.1, left=left), darker(cloth, 0.06 if left else 0.14), dark=0.2)
        canvas.rows(darker(cloth, 0.5), 0.016, 0.003, wave=0.003, opacity=0.3)
    canvas.fill(_body(0.98, 0.225), cloth, light=0.14, dark=0.22)
    canvas.rows(darker(cloth, 0.5), 0.016, 0.003, wave=0.003, opacity=0.3)
    pale = mix(cloth, rgb("#f2e8d5"), 0.78)
    for row, y in enumerate((0.355, 0.4, 0.445)):
        for number in range(25):
            x = 0.24 + number * 0.0217
            dip = 0.05 * (1 - ((x - 0.5) / 0.28) ** 2)
            canvas.within(ellipse((x, y - 0.03 + dip), 0.0062 if row == 1 else 0.0045, 0.011, 12), pale, 0.95)
    canvas.fill(
        smooth(_both([(0.5, 0.245), (0.57, 0.25), (0.6, 0.285), (0.55, 0.32), (0.5, 0.328)])), darker(cloth, 0.2)
    )
    canvas.flat(ellipse((0.5, 0.272), 0.062, 0.026), darker(cloth, 0.55))
    canvas.line([(0.27, 0.965), (0.73, 0.965)], darker(cloth, 0.24), 0.03, inside=True)


def tee(canvas: Canvas, cloth: Colour) -> None:
    """A T-shirt with a small mountain on the chest."""
    canvas.shadow((0.52, 1.05), 0.32, 0.03, 0.2)
    for left in (True, False):
        sleeve: list[Point] = [(0.65, 0.285), (0.74, 0.33), (0.83, 0.5), (0.72, 0.56), (0.66, 0.44)]
        canvas.fill(
            [(1 - x, y) if left else (x, y) for x, y in sleeve], darker(cloth, 0.05 if left else 0.12), dark=0.18
        )
    canvas.fill(_body(0.99, 0.22), cloth, light=0.12, dark=0.2)
    canvas.line(
        smooth([(0.33, 0.62), (0.36, 0.8), (0.34, 0.97)], closed=False), darker(cloth, 0.12), 0.006, inside=True
    )
    canvas.line(
        smooth([(0.66, 0.6), (0.63, 0.78), (0.66, 0.96)], closed=False), darker(cloth, 0.14), 0.006, inside=True
    )
    canvas.flat(ellipse((0.5, 0.275), 0.085, 0.035), darker(cloth, 0.28))
    canvas.flat(ellipse((0.5, 0.268), 0.07, 0.026), darker(cloth, 0.55))
    mark = mix(darker(cloth, 0.65), rgb("#f4ead6"), 0.0 if sum(cloth) > 380 else 0.9)
    canvas.flat([(0.41, 0.56), (0.47, 0.46), (0.5, 0.5), (0.54, 0.44), (0.6, 0.56)], mark)
    canvas.flat(ellipse((0.565, 0.435), 0.018, 0.018), BRASS)


def beanie(canvas: Canvas, cloth: Colour) -> None:
    """A ribbed beanie with its edge turned up."""
    canvas.shadow((0.52, 0.9), 0.28)
    canvas.fill(
        smooth(
            [
                (0.26, 0.8),
                (0.28, 0.58),
                (0.38, 0.42),
                (0.5, 0.375),
                (0.62, 0.42),
                (0.72, 0.58),
                (0.74, 0.8),
                (0.5, 0.83),
            ]
        ),
        cloth,
    )
    for number in range(-6, 7):
        x = 0.5 + number * 0.036
        canvas.line(
            smooth([(0.5 + number * 0.008, 0.38), (0.5 + number * 0.03, 0.52), (x, 0.82)], closed=False),
            darker(cloth, 0.3),
            0.005,
            inside=True,
        )
    canvas.fill(box(0.235, 0.71, 0.765, 0.885, 0.045), darker(cloth, 0.05))
    for number in range(18):
        canvas.line(
            [(0.26 + number * 0.0285, 0.72), (0.262 + number * 0.0285, 0.88)], darker(cloth, 0.3), 0.005, inside=True
        )
    canvas.flat(box(0.545, 0.77, 0.625, 0.83, 0.006), LEATHER)


def scarf(canvas: Canvas, cloth: Colour) -> None:
    """A scarf, folded once, with fringes."""
    canvas.shadow((0.53, 1.05), 0.26, 0.03, 0.22)
    for left, right, top, bottom, shade in ((0.46, 0.66, 0.22, 1.0, 0.14), (0.33, 0.55, 0.2, 0.94, 0.0)):
        tone = darker(cloth, shade)
        canvas.fill(box(left, top, right, bottom, 0.03), tone)
        for place, stripe in enumerate((0.7, 0.74, 0.8)):
            canvas.within(box(0, stripe, 1, stripe + (0.014 if place < 2 else 0.03), 0.001), lighter(cloth, 0.55), 0.8)
        canvas.rows(darker(cloth, 0.5), 0.009, 0.002, opacity=0.22)
        for number in range(12):
            x = left + 0.012 + number * (right - left - 0.024) / 11
            canvas.line(
                [(x, bottom - 0.004), (x + canvas.jitter(-0.004, 0.004), bottom + 0.055)], darker(tone, 0.06), 0.006
            )


def socks(canvas: Canvas, cloth: Colour) -> None:
    """A pair of socks."""
    canvas.shadow((0.5, 1.02), 0.3, 0.028, 0.24)
    for shift, shade in ((0.11, 0.14), (-0.03, 0.0)):
        tone = darker(cloth, shade)
        foot = smooth(
            [
                (0.36 + shift, 0.26),
                (0.52 + shift, 0.26),
                (0.535 + shift, 0.66),
                (0.5 + shift, 0.84),
                (0.36 + shift, 1.0),
                (0.23 + shift, 0.99),
                (0.235 + shift, 0.88),
                (0.34 + shift, 0.74),
            ],
            steps=10,
        )
        canvas.fill(foot, tone)
        canvas.rows(darker(cloth, 0.5), 0.013, 0.003, wave=0.002, opacity=0.24)
        canvas.within(box(0, 0.2, 1, 0.34, 0.001), lighter(cloth, 0.6), 0.85)
        canvas.within(ellipse((0.24 + shift, 0.97), 0.085, 0.09), lighter(cloth, 0.6), 0.85)
        canvas.within(ellipse((0.525 + shift, 0.83), 0.07, 0.075), lighter(cloth, 0.6), 0.85)


def blanket(canvas: Canvas, cloth: Colour) -> None:
    """A folded blanket with a fringe."""
    canvas.shadow((0.53, 0.98), 0.4, 0.035)
    for place, (top, bottom) in enumerate(((0.78, 0.97), (0.6, 0.8), (0.42, 0.63))):
        tone = darker(cloth, 0.1 - place * 0.05)
        canvas.fill(box(0.14 + place * 0.006, top, 0.86 - place * 0.006, bottom, 0.07), tone, light=0.14, dark=0.2)
        for stripe in (0.22, 0.27, 0.7, 0.75):
            canvas.within(box(stripe, 0, stripe + 0.024, 1.25, 0.001), lighter(cloth, 0.5), 0.7)
        canvas.rows(darker(cloth, 0.5), 0.008, 0.002, opacity=0.16)
    _fringe(canvas, (0.2, 0.8), 0.955, lighter(cloth, 0.3))


def cushion(canvas: Canvas, cloth: Colour) -> None:
    """A cushion with woven diamonds."""
    canvas.shadow((0.52, 1.0), 0.34)
    outline = smooth(
        [(0.17, 0.38), (0.5, 0.415), (0.83, 0.38), (0.8, 0.68), (0.83, 0.99), (0.5, 0.955), (0.17, 0.99), (0.2, 0.68)]
    )
    canvas.fill(outline, cloth, light=0.18, dark=0.26)
    pale = mix(cloth, rgb("#f6ecd9"), 0.75)
    for row in range(3):
        for column in range(3):
            x, y = 0.315 + column * 0.185, 0.5 + row * 0.185
            for size, tone in ((0.075, pale), (0.048, cloth), (0.022, pale)):
                canvas.within([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], tone, 0.92)
    canvas.rows(darker(cloth, 0.5), 0.009, 0.002, opacity=0.16)
    canvas.sheen(ellipse((0.36, 0.56), 0.12, 0.14), 0.2)


def throw(canvas: Canvas, cloth: Colour) -> None:
    """A throw, hung over a rail."""
    rail = rgb("#8d6b4a")
    canvas.line([(0.1, 0.26), (0.9, 0.26)], rail, 0.026)
    canvas.line([(0.1, 0.254), (0.9, 0.254)], lighter(rail, 0.3), 0.006)
    canvas.fill(
        smooth(
            [
                (0.22, 0.245),
                (0.5, 0.238),
                (0.78, 0.245),
                (0.8, 0.6),
                (0.78, 1.0),
                (0.64, 0.985),
                (0.5, 1.0),
                (0.36, 0.985),
                (0.22, 1.0),
                (0.2, 0.6),
            ]
        ),
        cloth,
        light=0.14,
        dark=0.24,
    )
    pale = mix(cloth, rgb("#f6ecd9"), 0.7)
    for y in (0.4, 0.43, 0.66, 0.7, 0.74, 0.9):
        canvas.within(box(0, y, 1, y + 0.016, 0.001), pale, 0.85)
    for x in (0.33, 0.5, 0.66):
        canvas.line(
            smooth([(x, 0.3), (x + 0.012, 0.6), (x - 0.008, 0.97)], closed=False),
            darker(cloth, 0.2),
            0.008,
            inside=True,
        )
    _fringe(canvas, (0.23, 0.77), 0.985, darker(cloth, 0.08))
