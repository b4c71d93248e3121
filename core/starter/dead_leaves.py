"""Dead leaves: opaque shapes with power-law sizes, fallen on each other.

Occlusion with sizes ~ r^-3 gives the edges and the scale invariance of natural scenes (Lee,
Mumford & Huang 2001, "Occlusion models for natural images").
"""

import numpy as np
from PIL import Image, ImageDraw

from core.starter.canvas import Field, Random, as_field, grid, normal, pick, uniform
from core.starter.colours import palette
from core.starter.noise import power_noise

_SUPERSAMPLING = 2
_MOST_CORNERS = 8


def dead_leaves(random: Random, size: int) -> Field:
    """(H, W, 3) picture covered by leaves, each flat or with a gradient, a grating or noise."""
    number = int(random.integers(8, 90))
    colours = palette(random, number)
    leaves = _drawn(random, size, number)
    leaves.putpalette((colours * 255).astype(np.uint8).tobytes())
    flat = as_field(leaves.convert("RGB").reduce(_SUPERSAMPLING))
    index = np.asarray(leaves)[::_SUPERSAMPLING, ::_SUPERSAMPLING]
    return flat + _modulation(random, size, index, number)


def _drawn(random: Random, size: int, number: int) -> Image.Image:
    """Image of leaf numbers, twice as large, the last leaf on top."""
    wide = size * _SUPERSAMPLING
    image = Image.new("P", (wide, wide))
    draw = ImageDraw.Draw(image)
    smallest, largest = random.uniform(0.02, 0.08), random.uniform(0.25, 0.6)
    # Inverse of the distribution r^-3 between the two sizes; large ones tend to lie below.
    share = random.random(number)
    radii = wide / np.sqrt(share / largest**2 + (1 - share) / smallest**2)
    if random.random() < 0.6:
        radii = -np.sort(-radii)
    centres = random.uniform(-0.08, 1.08, (number, 2)) * wide
    shapes = random.integers(0, 4, number)
    if random.random() < 0.4:
        shapes[:] = shapes[0]
    aspects = np.where(shapes == 0, 1.0, random.uniform(0.35, 1.0, number))
    turns = random.uniform(0, 2 * np.pi, number) * (random.random() < 0.75)
    corners = np.where(shapes == 2, 4, random.integers(3, 9, number))
    outlines = polygons(centres, radii, aspects, corners, turns).reshape(number, -1).tolist()
    low = (centres - radii[:, None] * np.stack([np.ones(number), aspects], axis=1)).tolist()
    high = (2 * centres - low).tolist()
    kinds, ends = (shapes < 2).tolist(), (2 * corners).tolist()
    for leaf in range(1, number):
        if kinds[leaf]:
            draw.ellipse((*low[leaf], *high[leaf]), fill=leaf)
        else:
            draw.polygon(outlines[leaf][: ends[leaf]], fill=leaf)
    return image


def polygons(
    centres: np.ndarray,
    radii: np.ndarray,
    aspects: np.ndarray,
    corners: np.ndarray,
    turns: np.ndarray,
) -> np.ndarray:
    """(n, 8, 2) x and y of polygons in turned ellipses; the first `corners` of each count.

    Four corners make a rectangle.
    """
    angles = np.arange(_MOST_CORNERS) * (2 * np.pi / corners)[:, None]
    squeeze = np.where(corners == 4, 1.0, aspects)[:, None]
    bend = np.arctan(aspects)[:, None] * (1, -1, 1, -1) + (0, np.pi, np.pi, 2 * np.pi)
    angles[:, :4] = np.where(corners[:, None] == 4, bend, angles[:, :4])
    along = radii[:, None] * np.cos(angles)
    across = radii[:, None] * np.sin(angles) * squeeze
    cos, sin = np.cos(turns)[:, None], np.sin(turns)[:, None]
    turned = np.stack([cos * along - sin * across, sin * along + cos * across], axis=2)
    points: np.ndarray = centres[:, None] + turned
    return points


def _modulation(random: Random, size: int, index: np.ndarray, number: int) -> Field:
    """(H, W, 3) what the leaves' textures add to their flat colours."""
    x, y = grid(size)
    kind = random.integers(0, 4, number)
    if random.random() < 0.25:
        kind[:] = pick(random, (2, 1, 1, 1))
    strength = uniform(random, 0.05, 0.3, number)
    slopes = normal(random, 1.0, (number, 2)) * (strength * (kind == 1))[:, None]
    added = slopes[index, 0] * x + slopes[index, 1] * y
    if (kind == 2).any():
        angle, wave = uniform(random, 0, np.pi, number), uniform(random, 6, 70, number)
        phase = (wave * np.cos(angle))[index] * x + (wave * np.sin(angle))[index] * y
        added += (strength * (kind == 2))[index] * np.sin(phase)
    if (kind == 3).any():
        grain = power_noise(random, size, random.uniform(0.2, 1.6))[0]
        added += (strength * 0.8 * (kind == 3))[index] * grain
    tinted: Field = added[..., None] * uniform(random, 0.6, 1.2, 3)
    return tinted
