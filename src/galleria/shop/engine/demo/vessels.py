"""Pictures of what is turned on the wheel: cups, bowls, vases, pots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.demo.drawing import darker, ellipse, lighter, mix, rgb, smooth, turned

if TYPE_CHECKING:
    from galleria.shop.engine.demo.drawing import Canvas, Colour, Point

CLAY: Final = rgb("#b98a66")
LEAF: Final = rgb("#5f7f57")


def _mouth(canvas: Canvas, y: float, across: float, colour: Colour, down: float | None = None) -> None:
    depth = down if down is not None else across * 0.2
    canvas.flat(ellipse((0.5, y), across, depth), lighter(colour, 0.22))
    canvas.flat(ellipse((0.5, y + depth * 0.12), across * 0.93, depth * 0.84), darker(colour, 0.45))


def _vessel(canvas: Canvas, profile: list[Point], glaze: Colour, *, dip: float | None, speckles: int = 260) -> None:
    """A turned body: raw clay below, glaze above, down to ``dip``."""
    outline = turned(profile)
    if dip is None:
        canvas.fill(outline, glaze)
    else:
        canvas.fill(outline, CLAY)
        canvas.speckle(darker(CLAY, 0.4), 90, 0.002)
        edge = [(x / 20, dip + canvas.jitter(-0.006, 0.006)) for x in range(21)]
        canvas.dip([(0.0, 0.0), (1.0, 0.0), *reversed(smooth(edge, closed=False))], glaze)
    canvas.speckle(darker(glaze, 0.55), speckles)
    canvas.sheen(
        [
            (x - 0.02, y)
            for x, y in smooth(
                [
                    (0.38, profile[0][1] + 0.06),
                    (0.41, profile[0][1] + 0.08),
                    (0.39, profile[-1][1] - 0.14),
                    (0.365, profile[-1][1] - 0.14),
                ]
            )
        ]
    )


def mug(canvas: Canvas, glaze: Colour) -> None:
    """A mug with its handle to the right."""
    canvas.shadow((0.54, 0.935), 0.32)
    canvas.line(
        smooth([(0.66, 0.55), (0.80, 0.53), (0.84, 0.66), (0.77, 0.79), (0.64, 0.80)], closed=False),
        darker(glaze, 0.14),
        0.048,
    )
    canvas.line(smooth([(0.67, 0.548), (0.79, 0.535), (0.822, 0.65)], closed=False), lighter(glaze, 0.2), 0.012)
    _vessel(
        canvas, [(0.205, 0.44), (0.215, 0.52), (0.222, 0.7), (0.21, 0.84), (0.17, 0.925), (0.0, 0.94)], glaze, dip=0.82
    )
    _mouth(canvas, 0.44, 0.205, glaze)


def tumbler(canvas: Canvas, glaze: Colour) -> None:
    """A cup without a handle, grooved."""
    canvas.shadow((0.52, 0.93), 0.25)
    _vessel(canvas, [(0.185, 0.42), (0.18, 0.6), (0.165, 0.8), (0.15, 0.915), (0.0, 0.93)], glaze, dip=0.72)
    canvas.rows(darker(glaze, 0.6), 0.026, 0.003, opacity=0.2)
    _mouth(canvas, 0.42, 0.185, glaze)


def bowl(canvas: Canvas, glaze: Colour) -> None:
    """A deep bowl."""
    canvas.shadow((0.52, 0.9), 0.33)
    _vessel(
        canvas, [(0.345, 0.56), (0.335, 0.63), (0.28, 0.77), (0.16, 0.875), (0.12, 0.9), (0.0, 0.905)], glaze, dip=0.79
    )
    _mouth(canvas, 0.56, 0.345, glaze, 0.085)


def plate(canvas: Canvas, glaze: Colour) -> None:
    """A plate, seen from above, with its rim left raw."""
    canvas.shadow((0.53, 0.72), 0.4, 0.36, 0.26)
    for share, colour in ((0.37, CLAY), (0.36, glaze), (0.262, darker(glaze, 0.1)), (0.255, lighter(glaze, 0.05))):
        canvas.fill(ellipse((0.5, 0.64), share, share), colour, light=0.12, dark=0.14)
    canvas.fill(ellipse((0.5, 0.64), 0.36, 0.36), glaze, light=0.14, dark=0.14)
    canvas.speckle(darker(glaze, 0.5), 620)
    canvas.flat(ellipse((0.503, 0.645), 0.262, 0.262), darker(glaze, 0.22), 0.5)
    canvas.fill(ellipse((0.5, 0.64), 0.257, 0.257), lighter(glaze, 0.06), light=0.12, dark=0.12)
    canvas.speckle(darker(glaze, 0.5), 380)


def vase(canvas: Canvas, glaze: Colour) -> None:
    """A tall vase with dry grass in it."""
    canvas.shadow((0.53, 1.03), 0.24)
    _grass(canvas, 0.5, 0.5)
    _vessel(
        canvas,
        [(0.07, 0.47), (0.065, 0.54), (0.13, 0.66), (0.2, 0.8), (0.185, 0.94), (0.12, 1.025), (0.0, 1.035)],
        glaze,
        dip=0.86,
    )
    _mouth(canvas, 0.47, 0.07, glaze)


def moon_vase(canvas: Canvas, glaze: Colour) -> None:
    """A round vase with a narrow neck and one branch."""
    canvas.shadow((0.53, 0.99), 0.3)
    canvas.line(smooth([(0.51, 0.5), (0.55, 0.32), (0.5, 0.17), (0.53, 0.08)], closed=False), rgb("#6d5641"), 0.009)
    for x, y, turn in ((0.545, 0.36, 1), (0.52, 0.25, -1), (0.51, 0.19, 1), (0.53, 0.1, -1)):
        canvas.flat(
            smooth([(x, y), (x + turn * 0.05, y - 0.035), (x + turn * 0.1, y - 0.02), (x + turn * 0.05, y + 0.012)]),
            LEAF,
        )
    _vessel(
        canvas,
        [(0.055, 0.47), (0.052, 0.52), (0.17, 0.58), (0.265, 0.73), (0.24, 0.89), (0.13, 0.985), (0.0, 0.99)],
        glaze,
        dip=None,
    )
    canvas.rows(darker(glaze, 0.6), 0.05, 0.002, opacity=0.16)
    _mouth(canvas, 0.47, 0.055, glaze)


def jug(canvas: Canvas, glaze: Colour) -> None:
    """A pouring jug."""
    canvas.shadow((0.53, 0.985), 0.28)
    canvas.line(smooth([(0.63, 0.46), (0.8, 0.48), (0.8, 0.68), (0.68, 0.8)], closed=False), darker(glaze, 0.16), 0.04)
    canvas.fill(smooth([(0.38, 0.40), (0.26, 0.37), (0.3, 0.47), (0.4, 0.53)]), glaze, dark=0.1)
    _vessel(
        canvas,
        [(0.14, 0.39), (0.125, 0.5), (0.19, 0.66), (0.225, 0.8), (0.2, 0.93), (0.15, 0.98), (0.0, 0.985)],
        glaze,
        dip=0.88,
    )
    _mouth(canvas, 0.39, 0.14, glaze)


def teapot(canvas: Canvas, glaze: Colour) -> None:
    """A teapot with a bamboo handle over it."""
    canvas.shadow((0.5, 0.93), 0.33)
    canvas.line(
        smooth([(0.31, 0.6), (0.3, 0.4), (0.5, 0.3), (0.7, 0.4), (0.69, 0.6)], closed=False), rgb("#b98d55"), 0.026
    )
    canvas.line(smooth([(0.31, 0.6), (0.3, 0.4), (0.5, 0.297)], closed=False), rgb("#d7b27c"), 0.008)
    canvas.fill(
        smooth([(0.26, 0.78), (0.13, 0.66), (0.08, 0.56), (0.14, 0.54), (0.21, 0.63), (0.32, 0.68)]), glaze, dark=0.12
    )
    _vessel(
        canvas, [(0.14, 0.57), (0.2, 0.61), (0.265, 0.73), (0.23, 0.86), (0.15, 0.92), (0.0, 0.925)], glaze, dip=0.84
    )
    canvas.fill(
        smooth([(0.36, 0.58), (0.42, 0.53), (0.5, 0.515), (0.58, 0.53), (0.64, 0.58), (0.5, 0.605)]),
        lighter(glaze, 0.07),
    )
    canvas.fill(ellipse((0.5, 0.505), 0.03, 0.026), darker(glaze, 0.12))


def planter(canvas: Canvas, glaze: Colour) -> None:
    """A planter on its saucer, with something green."""
    canvas.shadow((0.53, 1.02), 0.31)
    _leaves(canvas)
    canvas.fill(turned([(0.25, 0.965), (0.24, 1.0), (0.2, 1.02), (0.0, 1.025)]), darker(CLAY, 0.06))
    _vessel(canvas, [(0.225, 0.62), (0.22, 0.7), (0.2, 0.85), (0.175, 0.985), (0.0, 0.99)], glaze, dip=0.9)
    canvas.flat(ellipse((0.5, 0.62), 0.225, 0.042), lighter(glaze, 0.2))
    canvas.flat(ellipse((0.5, 0.625), 0.205, 0.034), rgb("#4a3a2d"))
    _leaves(canvas, front=True)


def candle(canvas: Canvas, glaze: Colour) -> None:
    """A candle in a stoneware cup, lit."""
    canvas.shadow((0.52, 0.94), 0.24)
    _vessel(canvas, [(0.18, 0.55), (0.18, 0.7), (0.175, 0.88), (0.14, 0.93), (0.0, 0.94)], glaze, dip=0.86)
    canvas.flat(ellipse((0.5, 0.55), 0.18, 0.04), lighter(glaze, 0.2))
    canvas.flat(ellipse((0.5, 0.555), 0.166, 0.034), rgb("#f3e6c8"))
    canvas.line([(0.5, 0.55), (0.502, 0.51)], rgb("#4a3b30"), 0.008)
    canvas.flat(smooth([(0.5, 0.405), (0.528, 0.475), (0.5, 0.518), (0.474, 0.475)]), rgb("#f6b44b"))
    canvas.flat(smooth([(0.5, 0.45), (0.513, 0.485), (0.5, 0.51), (0.488, 0.485)]), rgb("#fff1c2"))


def _grass(canvas: Canvas, x: float, y: float) -> None:
    straw = rgb("#b79a63")
    for number in range(11):
        lean = (number - 5) * 0.042 + canvas.jitter(-0.015, 0.015)
        top = y - canvas.jitter(0.28, 0.4)
        canvas.line(
            smooth([(x, y), (x + lean * 0.3, y - 0.16), (x + lean, top)], closed=False),
            mix(straw, LEAF, number % 3 * 0.18),
            0.0045,
        )
        tip = ellipse((x + lean * 1.02, top), 0.011, 0.034, 20)
        canvas.flat(tip, lighter(straw, 0.1 + number % 3 * 0.12))


def _leaves(canvas: Canvas, *, front: bool = False) -> None:
    spread = (
        ((-0.13, 0.3), (0.13, 0.31), (0.0, 0.36))
        if front
        else ((-0.21, 0.26), (0.21, 0.27), (-0.08, 0.42), (0.09, 0.44))
    )
    for lean, tall in spread:
        tip = (0.5 + lean, 0.62 - tall)
        middle = (0.5 + lean * 0.62, 0.62 - tall * 0.5)
        leaf = smooth(
            [(0.5 + lean * 0.1, 0.625), (middle[0] - 0.05, middle[1]), tip, (middle[0] + 0.05, middle[1] + 0.02)]
        )
        canvas.fill(leaf, lighter(LEAF, 0.08) if front else darker(LEAF, 0.14), light=0.14, dark=0.26)
        canvas.line(smooth([(0.5 + lean * 0.1, 0.62), middle, tip], closed=False), lighter(LEAF, 0.28), 0.004)
