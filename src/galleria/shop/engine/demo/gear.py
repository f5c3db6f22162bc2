"""Pictures of what is carried up the hill and what is cooked on there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.demo.drawing import box, darker, ellipse, lighter, mix, rgb, smooth, turned

if TYPE_CHECKING:
    from galleria.shop.engine.demo.drawing import Canvas, Colour

LEATHER: Final = rgb("#8f5f3c")
STEEL: Final = rgb("#9aa3a6")
BRASS: Final = rgb("#c8a25a")
WOOD: Final = rgb("#a8794f")


def backpack(canvas: Canvas, cloth: Colour) -> None:
    """A backpack with a lid, leather straps and a front pocket."""
    canvas.shadow((0.52, 1.06), 0.32)
    canvas.line(
        smooth([(0.43, 0.25), (0.45, 0.16), (0.55, 0.16), (0.57, 0.25)], closed=False), darker(cloth, 0.4), 0.018
    )
    for turn in (-1, 1):
        canvas.fill(box(0.5 + turn * 0.27 - 0.05, 0.66, 0.5 + turn * 0.27 + 0.05, 0.98, 0.04), darker(cloth, 0.22))
    canvas.fill(
        smooth(
            [
                (0.28, 0.34),
                (0.36, 0.24),
                (0.5, 0.22),
                (0.64, 0.24),
                (0.72, 0.34),
                (0.755, 0.7),
                (0.73, 1.03),
                (0.5, 1.05),
                (0.27, 1.03),
                (0.245, 0.7),
            ]
        ),
        cloth,
    )
    canvas.fill(box(0.32, 0.7, 0.68, 0.98, 0.05), lighter(cloth, 0.06))
    canvas.line([(0.33, 0.755), (0.67, 0.755)], darker(cloth, 0.42), 0.007)
    canvas.fill(
        smooth(
            [
                (0.27, 0.34),
                (0.36, 0.235),
                (0.5, 0.215),
                (0.64, 0.235),
                (0.73, 0.34),
                (0.735, 0.52),
                (0.5, 0.575),
                (0.265, 0.52),
            ]
        ),
        darker(cloth, 0.07),
    )
    for x in (0.39, 0.61):
        canvas.flat(box(x - 0.021, 0.42, x + 0.021, 0.7, 0.008), LEATHER)
        canvas.flat(box(x - 0.03, 0.6, x + 0.03, 0.65, 0.008), BRASS)
        canvas.flat(box(x - 0.017, 0.61, x + 0.017, 0.64, 0.004), darker(LEATHER, 0.3))


def tote(canvas: Canvas, cloth: Colour) -> None:
    """A canvas tote with leather handles."""
    canvas.shadow((0.52, 1.05), 0.33)
    for shift, shade in ((0.012, 0.3), (0.0, 0.0)):
        canvas.line(
            smooth(
                [
                    (0.37 + shift, 0.52),
                    (0.38 + shift, 0.24),
                    (0.5 + shift, 0.19),
                    (0.62 + shift, 0.24),
                    (0.63 + shift, 0.52),
                ],
                closed=False,
            ),
            darker(LEATHER, shade),
            0.022,
        )
    canvas.fill([(0.2, 0.46), (0.8, 0.46), (0.755, 1.04), (0.245, 1.04)], cloth)
    canvas.within(box(0, 0.86, 1, 1.2, 0.001), darker(cloth, 0.3), 0.85)
    canvas.rows(darker(cloth, 0.5), 0.007, 0.0015, opacity=0.14)
    for x in (0.37, 0.63):
        canvas.flat(box(x - 0.02, 0.48, x + 0.02, 0.6, 0.006), LEATHER)
    canvas.flat(box(0.44, 0.66, 0.56, 0.73, 0.006), LEATHER)


def duffel(canvas: Canvas, cloth: Colour) -> None:
    """A duffel bag."""
    canvas.shadow((0.52, 0.98), 0.42)
    canvas.line(
        smooth([(0.3, 0.66), (0.36, 0.42), (0.64, 0.42), (0.7, 0.66)], closed=False), darker(LEATHER, 0.12), 0.026
    )
    canvas.fill(box(0.09, 0.55, 0.91, 0.97, 0.17), cloth, light=0.16, dark=0.26)
    for x in (0.27, 0.68):
        canvas.within(box(x, 0, x + 0.05, 1.25, 0.001), darker(LEATHER, 0.05), 1)
    canvas.line([(0.2, 0.62), (0.8, 0.62)], darker(cloth, 0.5), 0.009, inside=True)
    canvas.flat(ellipse((0.78, 0.62), 0.014, 0.012), BRASS)
    canvas.fill(box(0.39, 0.73, 0.61, 0.9, 0.025), darker(cloth, 0.1))


def pouch(canvas: Canvas, cloth: Colour) -> None:
    """A hip pouch on its belt."""
    canvas.shadow((0.52, 0.93), 0.33)
    canvas.line(
        smooth([(0.04, 0.62), (0.3, 0.55), (0.7, 0.55), (0.96, 0.62)], closed=False), darker(cloth, 0.42), 0.038
    )
    canvas.fill(
        smooth(
            [(0.2, 0.56), (0.5, 0.52), (0.8, 0.56), (0.83, 0.74), (0.72, 0.9), (0.5, 0.925), (0.28, 0.9), (0.17, 0.74)]
        ),
        cloth,
    )
    canvas.line(smooth([(0.22, 0.64), (0.5, 0.605), (0.78, 0.64)], closed=False), darker(cloth, 0.5), 0.01, inside=True)
    canvas.flat(ellipse((0.73, 0.635), 0.014, 0.012), BRASS)
    canvas.flat(box(0.44, 0.74, 0.56, 0.81, 0.008), LEATHER)


def flask(canvas: Canvas, paint: Colour) -> None:
    """A vacuum flask with a wooden lid."""
    canvas.shadow((0.53, 1.08), 0.2)
    canvas.fill(box(0.37, 0.24, 0.63, 0.37, 0.03), WOOD)
    canvas.rows(darker(WOOD, 0.4), 0.02, 0.002, wave=0.004, opacity=0.3)
    canvas.fill(box(0.375, 0.355, 0.625, 0.4, 0.008), STEEL, light=0.5, dark=0.4)
    canvas.fill(
        turned([(0.125, 0.395), (0.155, 0.45), (0.16, 0.7), (0.16, 1.0), (0.15, 1.06), (0.0, 1.075)]),
        paint,
        light=0.28,
        dark=0.36,
    )
    canvas.sheen(box(0.39, 0.47, 0.42, 1.0, 0.012), 0.4)
    canvas.flat([(0.46, 0.8), (0.5, 0.735), (0.52, 0.76), (0.54, 0.725), (0.575, 0.8)], lighter(paint, 0.75), 0.9)


def kettle(canvas: Canvas, enamel: Colour) -> None:
    """An enamel kettle."""
    canvas.shadow((0.5, 0.98), 0.34)
    canvas.line(
        smooth([(0.3, 0.58), (0.32, 0.36), (0.5, 0.29), (0.68, 0.36), (0.7, 0.58)], closed=False),
        darker(STEEL, 0.35),
        0.014,
    )
    canvas.line(smooth([(0.4, 0.315), (0.5, 0.288), (0.6, 0.315)], closed=False), WOOD, 0.036)
    canvas.fill(
        smooth([(0.26, 0.8), (0.14, 0.66), (0.07, 0.56), (0.13, 0.535), (0.23, 0.63), (0.34, 0.68)]), enamel, dark=0.14
    )
    canvas.fill(
        turned([(0.13, 0.55), (0.22, 0.6), (0.275, 0.75), (0.26, 0.92), (0.22, 0.97), (0.0, 0.975)]),
        enamel,
        light=0.36,
        dark=0.36,
    )
    canvas.sheen(smooth([(0.33, 0.66), (0.37, 0.66), (0.34, 0.88), (0.3, 0.86)]), 0.55)
    canvas.fill(
        smooth([(0.37, 0.56), (0.42, 0.515), (0.5, 0.5), (0.58, 0.515), (0.63, 0.56), (0.5, 0.58)]),
        darker(enamel, 0.08),
        light=0.3,
    )
    canvas.fill(ellipse((0.5, 0.485), 0.026, 0.024), WOOD)
    canvas.line([(0.24, 0.955), (0.76, 0.955)], rgb("#26282b"), 0.01)


def enamel_mug(canvas: Canvas, enamel: Colour) -> None:
    """An enamel mug with a dark rim."""
    canvas.shadow((0.53, 0.93), 0.29)
    canvas.line(
        smooth([(0.68, 0.56), (0.81, 0.55), (0.83, 0.7), (0.75, 0.82), (0.67, 0.82)], closed=False),
        darker(enamel, 0.1),
        0.03,
    )
    canvas.fill(
        turned([(0.2, 0.5), (0.2, 0.7), (0.195, 0.88), (0.17, 0.92), (0.0, 0.93)]), enamel, light=0.34, dark=0.34
    )
    canvas.speckle(lighter(enamel, 0.7), 300, 0.003)
    canvas.sheen(box(0.35, 0.56, 0.39, 0.86, 0.012), 0.5)
    canvas.flat(ellipse((0.5, 0.5), 0.205, 0.042), rgb("#2a2c30"))
    canvas.flat(ellipse((0.5, 0.5), 0.192, 0.034), lighter(enamel, 0.5))
    canvas.flat(ellipse((0.5, 0.508), 0.18, 0.028), rgb("#5b3a26"))


def skillet(canvas: Canvas, iron: Colour) -> None:
    """A cast-iron skillet from above."""
    canvas.shadow((0.5, 0.75), 0.36, 0.3, 0.3)
    canvas.fill([(0.465, 0.3), (0.535, 0.3), (0.53, 0.06), (0.5, 0.04), (0.47, 0.06)], darker(iron, 0.1))
    canvas.flat(ellipse((0.5, 0.1), 0.012, 0.02), lighter(iron, 0.5))
    for share, tone in ((0.35, iron), (0.335, darker(iron, 0.3)), (0.3, darker(iron, 0.12))):
        canvas.fill(ellipse((0.5, 0.66), share, share), tone, light=0.16, dark=0.2)
    canvas.speckle(lighter(iron, 0.3), 500, 0.0016)
    canvas.flat(
        smooth([(0.43, 0.6), (0.5, 0.52), (0.6, 0.56), (0.62, 0.68), (0.55, 0.77), (0.43, 0.74), (0.37, 0.67)]),
        rgb("#f7f0e0"),
    )
    canvas.flat(ellipse((0.51, 0.65), 0.056, 0.054), rgb("#e9a93a"))
    canvas.flat(ellipse((0.495, 0.635), 0.016, 0.013), rgb("#f7d583"))


def lantern(canvas: Canvas, paint: Colour) -> None:
    """A camp lantern, lit."""
    glow = rgb("#ffd98a")
    canvas.shadow((0.52, 1.06), 0.22)
    canvas.flat(ellipse((0.5, 0.7), 0.34, 0.36), glow, 0.16)
    canvas.flat(ellipse((0.5, 0.7), 0.25, 0.27), glow, 0.2)
    canvas.line(
        smooth([(0.36, 0.5), (0.37, 0.26), (0.5, 0.18), (0.63, 0.26), (0.64, 0.5)], closed=False),
        darker(STEEL, 0.3),
        0.011,
    )
    canvas.fill(turned([(0.05, 0.36), (0.11, 0.41), (0.15, 0.5), (0.0, 0.505)]), paint)
    canvas.fill(
        turned([(0.13, 0.5), (0.165, 0.64), (0.165, 0.78), (0.13, 0.9), (0.0, 0.905)]),
        mix(glow, (255, 255, 255), 0.3),
        light=0.4,
        dark=0.1,
    )
    canvas.flat(smooth([(0.5, 0.6), (0.54, 0.72), (0.5, 0.8), (0.46, 0.72)]), rgb("#ff9f3f"))
    canvas.flat(smooth([(0.5, 0.67), (0.518, 0.73), (0.5, 0.785), (0.482, 0.73)]), rgb("#fff4cf"))
    for x in (0.36, 0.5, 0.64):
        canvas.line([(x, 0.5), (x, 0.91)], darker(paint, 0.2), 0.008)
    canvas.fill(turned([(0.16, 0.895), (0.18, 0.94), (0.19, 1.03), (0.0, 1.05)]), paint, light=0.3)


def board(canvas: Canvas, wood: Colour) -> None:
    """A serving board of wood."""
    canvas.shadow((0.54, 1.06), 0.27, 0.03)
    canvas.fill(
        smooth(
            [
                (0.46, 0.14),
                (0.54, 0.14),
                (0.55, 0.32),
                (0.7, 0.4),
                (0.73, 0.6),
                (0.72, 0.98),
                (0.68, 1.04),
                (0.32, 1.04),
                (0.28, 0.98),
                (0.27, 0.6),
                (0.3, 0.4),
                (0.45, 0.32),
            ]
        ),
        wood,
        light=0.16,
        dark=0.18,
    )
    canvas.rows(darker(wood, 0.4), 0.03, 0.0028, wave=0.014, opacity=0.3)
    canvas.flat(ellipse((0.5, 0.2), 0.017, 0.017), darker(wood, 0.6))
    canvas.line(smooth([(0.5, 0.2), (0.56, 0.12), (0.52, 0.06)], closed=False), LEATHER, 0.008)


def card(canvas: Canvas, paper: Colour) -> None:
    """A gift card, slightly turned."""
    canvas.shadow((0.52, 0.86), 0.36, 0.04)
    outline = [(0.16, 0.5), (0.8, 0.42), (0.85, 0.8), (0.21, 0.88)]
    canvas.fill(outline, paper, light=0.12, dark=0.14)
    pale = lighter(paper, 0.72)
    canvas.within([(0.16, 0.84), (0.38, 0.6), (0.5, 0.71), (0.64, 0.53), (0.88, 0.8), (0.5, 1.0)], pale, 0.5)
    canvas.within(ellipse((0.7, 0.53), 0.042, 0.042), BRASS)
    canvas.line([(0.22, 0.56), (0.42, 0.535)], pale, 0.012, inside=True)
