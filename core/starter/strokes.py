"""Strokes: handwriting-like ink, signs and line drawings on paper-like grounds, both polarities."""

import numpy as np
from PIL import Image, ImageDraw

from core.starter.canvas import Field, Random, as_mask, log_uniform, over, pick
from core.starter.colours import pair, palette
from core.starter.gradients import backdrop
from core.starter.noise import power_noise

_SUPERSAMPLING = 3


def strokes(random: Random, size: int) -> Field:
    """(H, W, 3) picture with one large sign, lines of writing, or a tangle of curves."""
    wide = size * _SUPERSAMPLING
    image = Image.new("L", (wide, wide))
    draw = ImageDraw.Draw(image)
    style = pick(random, (0.4, 0.3, 0.3))
    (_sign, _writing, _tangle)[style](random, draw, wide)
    ink, paper = pair(random)
    ground = np.tile(paper, (size, size, 1))
    if random.random() < 0.3:
        ground = 0.6 * ground + 0.4 * backdrop(random, size)
    if random.random() < 0.6:
        grain = power_noise(random, size, random.uniform(0.3, 2))[0]
        ground = ground + random.uniform(0.01, 0.1) * grain[..., None]
    if random.random() < 0.2:
        ink = palette(random, 1)[0]
    pressure = random.uniform(0.75, 1.0)
    return over(ink, as_mask(image, _SUPERSAMPLING) * pressure, ground)


def _sign(random: Random, draw: ImageDraw.ImageDraw, wide: int) -> None:
    """One to four strokes around the middle: digits, letters, symbols."""
    width = int(wide * random.uniform(0.03, 0.13))
    middle = wide * random.uniform(0.42, 0.58, 2)
    reach = wide * random.uniform(0.22, 0.42)
    squeeze = random.uniform(0.5, 1.0)
    for _ in range(int(random.integers(1, 5))):
        knots = random.uniform(-1, 1, (int(random.integers(2, 6)), 2)) * (reach * squeeze, reach)
        if random.random() < 0.3:
            knots[-1] = knots[0]
        _line(draw, _curve(knots + middle), width)


def _writing(random: Random, draw: ImageDraw.ImageDraw, wide: int) -> None:
    """Lines of loops with gaps between words, slanted a little."""
    spacing = wide * random.uniform(0.14, 0.34)
    width = max(2, int(spacing * random.uniform(0.04, 0.16)))
    slant, slope = random.uniform(-0.2, 0.6), random.uniform(-0.12, 0.12)
    pitch = spacing * random.uniform(0.25, 0.6)
    start = random.uniform(0.1, 0.9) * spacing
    for top in np.arange(start, wide, spacing):
        number = int(wide / pitch)
        knots = np.empty((number * 2, 2))
        knots[:, 0] = np.arange(number * 2) * (pitch / 2) + random.normal(0, pitch / 4, number * 2)
        heights = random.uniform(0.1, 0.5, number * 2) * np.tile([1, -1], number) * spacing * 0.7
        tall = random.random(number * 2) < 0.15
        heights[tall] *= 1.8
        knots[:, 1] = top + heights + slope * knots[:, 0]
        knots[:, 0] -= slant * heights
        curve = _curve(knots, 4)
        for word in np.array_split(curve, max(1, int(random.integers(1, 7)))):
            _line(draw, word[: -int(random.integers(1, 6))], width)


def _tangle(random: Random, draw: ImageDraw.ImageDraw, wide: int) -> None:
    """Curves, straight lines and outlines of different widths: drawings, hair, twigs, plans."""
    thickest = wide * log_uniform(random, 0.01, 0.06)
    straight = random.random() < 0.3
    for _ in range(int(random.integers(3, 16))):
        width = max(1, int(thickest * random.uniform(0.3, 1)))
        centre = random.uniform(0, 1, 2)
        knots = wide * (centre + random.normal(0, 0.25, (2 if straight else 4, 2)))
        if random.random() < 0.15:
            low, high = knots.min(axis=0), knots.max(axis=0)
            draw.ellipse((*low, *high), outline=255, width=width)
        else:
            shade = int(random.integers(120, 256))
            _line(draw, knots if straight else _curve(knots), width, shade)


def _curve(knots: np.ndarray, pieces: int = 7) -> np.ndarray:
    """(n, 2) points of a smooth curve: quadratic B-spline through the middles of the knots."""
    if len(knots) < 3:
        return knots
    middles = (knots[:-1] + knots[1:]) / 2
    starts = np.concatenate([knots[:1], middles[1:]])
    ends = np.concatenate([middles[1:], knots[-1:]])
    bends = knots[1:]
    t = np.linspace(0, 1, pieces)[:, None, None]
    points = (1 - t) ** 2 * starts + 2 * t * (1 - t) * bends + t**2 * ends
    smooth: np.ndarray = points.transpose(1, 0, 2).reshape(-1, 2)
    return smooth


def _line(draw: ImageDraw.ImageDraw, points: np.ndarray, width: int, shade: int = 255) -> None:
    if len(points) < 2:
        return
    draw.line(
        points.ravel().tolist(), fill=shade, width=width, joint="curve" if width > 3 else None
    )
    radius = width / 2
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
