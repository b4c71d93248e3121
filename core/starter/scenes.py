"""Scenes: textured, shaded objects with shadows in front of textured backgrounds."""

import numpy as np
from PIL import Image, ImageDraw

from core.starter.canvas import Field, Random, as_mask, grid, over, pick, smooth_step
from core.starter.dead_leaves import dead_leaves, polygons
from core.starter.fractals import fractal_layer
from core.starter.gradients import backdrop, gradients
from core.starter.noise import power_noise
from core.starter.textures import texture
from core.starter.waves import waves

_SUPERSAMPLING = 2
_LOBES = 48


def scenes(random: Random, size: int) -> Field:
    """(H, W, 3) picture of one to three objects on the ground, each with its own material."""
    image = _material(random, size, (0.35, 0.2, 0.05, 0.1, 0.3))
    if random.random() < 0.3:
        image = _with_horizon(random, size, image)
    number = 1 + pick(random, (0.65, 0.25, 0.1))
    for _ in range(number):
        image = _with_object(random, size, image, number)
    return image


def _material(random: Random, size: int, weights: tuple[float, ...]) -> Field:
    makers = (texture, gradients, waves, dead_leaves, backdrop)
    return makers[pick(random, weights)](random, size)


def _with_horizon(random: Random, size: int, image: Field) -> Field:
    """Another ground below an uneven line: land under sky, table in front of wall."""
    x, y = grid(size)
    rough = power_noise(random, size, 1.6)[0][0] * random.uniform(0, 0.15)
    line = random.uniform(-0.4, 0.6) + random.uniform(-0.3, 0.3) * x + rough
    below = smooth_step(y - line, 0, 3 / size)
    return over(_material(random, size, (0.5, 0.2, 0.05, 0.05, 0.2)), below, image)


def _with_object(random: Random, size: int, image: Field, number: int) -> Field:
    if random.random() < 0.2:
        surface, alpha = fractal_layer(random, size)
    else:
        alpha = _silhouette(random, size, number)
        surface = _material(random, size, (0.4, 0.15, 0.1, 0.1, 0.25))
    style = pick(random, (0.5, 0.25, 0.25))
    if style == 0:
        surface = surface * _shading(random, size, alpha)[..., None]
    if style < 2:
        image = image * _shadow(random, alpha)[..., None]
    return over(surface, alpha, image)


def _silhouette(random: Random, size: int, number: int) -> Field:
    """(H, W) coverage of a blob, a star, a polygon, an ellipse, or several grown together."""
    wide = size * _SUPERSAMPLING
    image = Image.new("L", (wide, wide))
    draw = ImageDraw.Draw(image)
    reach = wide * random.uniform(0.2, 0.45) / number**0.3
    centre = wide * (0.5 + random.normal(0, 0.08 + 0.08 * number, 2))
    for _ in range(1 + pick(random, (0.6, 0.2, 0.2))):
        shape = pick(random, (0.5, 0.3, 0.2))
        x, y = centre
        if shape == 0:
            draw.polygon(_blob(random, x, y, reach), fill=255)
        elif shape == 1:
            corners = random.integers(3, 9, 1)
            aspect, turn = random.uniform(0.35, 1, 1), random.uniform(0, 2 * np.pi, 1)
            outline = polygons(centre[None], np.array([reach]), aspect, corners, turn)
            draw.polygon(outline[0, : corners[0]].ravel().tolist(), fill=255)
        else:
            flat = reach * random.uniform(0.4, 1)
            draw.ellipse((x - reach, y - flat, x + reach, y + flat), fill=255)
        centre = centre + random.normal(0, 0.7, 2) * reach
        reach *= random.uniform(0.5, 0.9)
    return as_mask(image, _SUPERSAMPLING)


def _blob(random: Random, x: float, y: float, reach: float) -> list[float]:
    """Outline whose radius is a few random waves of the angle: leaves, animals, fruit, stars."""
    angles = np.arange(_LOBES) * (2 * np.pi / _LOBES)
    waves_of = np.arange(1, 7)
    strength = random.normal(0, random.uniform(0.1, 0.6), 6) / waves_of ** random.uniform(0.2, 1.5)
    phases = random.uniform(0, 2 * np.pi, (6, 1))
    radius = 1 + strength @ np.cos(waves_of[:, None] * angles + phases)
    radius = np.clip(radius, 0.15, 1.7) * reach * 0.85
    stretch = random.uniform(0.55, 1.0)
    points = np.stack([x + radius * np.cos(angles), y + radius * stretch * np.sin(angles)], axis=1)
    flat: list[float] = points.ravel().tolist()
    return flat


def _soft(alpha: Field, scale: int) -> Field:
    """The mask blurred by going down and up in size: fast, and soft enough for light."""
    size = alpha.shape[0]
    image = Image.fromarray((np.minimum(alpha, 1) * 255).astype(np.uint8))
    small = image.reduce(scale)
    field = np.asarray(small.resize((size, size), Image.Resampling.BICUBIC), dtype=np.float32)
    return field / 255.0


def _shading(random: Random, size: int, alpha: Field) -> Field:
    """(H, W) brightness of a body that bulges where its mask is thick, lit from one side."""
    height = _soft(alpha, max(2, size // 8))
    dy, dx = np.gradient(height, axis=(0, 1))
    angle, strength = random.uniform(0, 2 * np.pi), random.uniform(2, 9)
    lit = float(np.cos(angle)) * dx + float(np.sin(angle)) * dy
    brightness = np.clip(0.85 + strength * lit, 0.2, 1.6)
    return np.asarray(brightness, dtype=np.float32)


def _shadow(random: Random, alpha: Field) -> Field:
    """(H, W) brightness of the ground: darker where the shifted mask lies."""
    size = alpha.shape[0]
    shift = random.normal(0, size / 20, 2).astype(np.intp)
    moved = np.roll(_soft(alpha, 4), tuple(shift), axis=(0, 1))
    return 1 - random.uniform(0.2, 0.7) * np.clip(moved, 0, 1)
