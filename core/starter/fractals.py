"""Fractals: attractors of random iterated function systems, in colour."""

import numpy as np
from scipy import ndimage

from core.starter.canvas import Field, Random, log_uniform, over, pick, uniform
from core.starter.colours import palette

_WORDS = 128  # compositions of maps; every one is applied to every point
_POINTS = 110
_LETTERS = 7


def fractal_layer(random: Random, size: int) -> tuple[Field, Field]:
    """(H, W, 3) colours and (H, W) coverage of one attractor.

    The attractor is the union of its images under compositions of its maps. So a few random
    compositions, applied to a few of its points, give many of its points in one product.
    """
    linear, offset = _contractions(random, int(random.integers(2, 7)))
    number = offset.shape[1]
    colours = palette(random, number)
    volume = np.abs(linear[0, 0] * linear[1, 1] - linear[0, 1] * linear[1, 0]) + 0.02
    chances = np.cumsum(volume / volume.sum())
    letters = np.searchsorted(chances, random.random((_LETTERS + 9, _WORDS)))
    letters = np.minimum(letters, number - 1)

    points = np.zeros((2, _WORDS), dtype=np.float32)
    for maps in letters[_LETTERS:]:
        points = _applied(linear[:, :, maps], offset[:, maps], points)
    depth = int(random.integers(3, _LETTERS + 1))
    word_linear, word_offset = linear[:, :, letters[0]], offset[:, letters[0]]
    for maps in letters[1:depth]:
        inner = linear[:, :, maps]
        word_offset = _applied(word_linear, word_offset, offset[:, maps])
        word_linear = (word_linear[:, :, None] * inner[None]).sum(axis=1)
    shade = 0.65 * colours[letters[0]] + 0.35 * colours[letters[1]]
    attractor = _applied(word_linear[..., None], word_offset[..., None], points[:, None, :_POINTS])
    return _rendered(random, size, attractor, shade)


def _applied(linear: Field, offset: Field, points: Field) -> Field:
    """(2, ...) points after (2, 2, ...) linear maps and (2, ...) offsets."""
    return np.stack([row[0] * points[0] + row[1] * points[1] for row in linear]) + offset


def fractal(random: Random, size: int, background: Field) -> Field:
    """(H, W, 3) picture of one attractor, or of two, over a background."""
    for _ in range(1 + int(random.random() < 0.25)):
        colours, alpha = fractal_layer(random, size)
        background = over(colours, alpha, background)
    return background


def _contractions(random: Random, number: int) -> tuple[Field, Field]:
    """(2, 2, n) and (2, n) affine contractions, built from their singular values."""
    first, second = uniform(random, 0, 2 * np.pi, (2, number))
    large = uniform(random, 0.35, 0.88, number)
    small = large * uniform(random, 0.15, 1.0, number)
    small *= np.where(random.random(number) < 0.3, -1, 1).astype(np.float32)
    a, b, c, d = np.cos(first), np.sin(first), np.cos(second), np.sin(second)
    linear = np.stack(
        [
            large * a * c - small * b * d,
            -large * a * d - small * b * c,
            large * b * c + small * a * d,
            small * a * c - large * b * d,
        ]
    )
    return linear.reshape(2, 2, number), uniform(random, -1, 1, (2, number))


def _rendered(random: Random, size: int, attractor: Field, shade: Field) -> tuple[Field, Field]:
    """Colours and coverage of (2, words, points) places, coloured by word."""
    _, words, points = attractor.shape
    low, high = attractor.min(axis=(1, 2)), attractor.max(axis=(1, 2))
    extent = np.maximum(high - low, 1e-3)
    if random.random() < 0.6:
        extent = np.full(2, extent.max(), dtype=np.float32)
    zoom = log_uniform(random, 0.55, 1.5)
    shift = 0.5 + 0.12 * random.standard_normal(2, dtype=np.float32) * zoom
    scale = zoom * size / extent
    start = shift * size - (low + high) / 2 * scale
    # Truncated towards zero and then seen as unsigned, one comparison finds what is outside.
    column, row = (attractor * scale[:, None, None] + start[:, None, None]).astype(np.int32)
    inside = (column.view(np.uint32) < size) & (row.view(np.uint32) < size)
    place = np.where(inside, row * size + column, size * size).ravel()
    density = np.bincount(place, minlength=size * size + 1)[:-1]
    word = np.zeros(size * size + 1, dtype=np.intp)
    word[place] = np.repeat(np.arange(words), points)
    colour = shade.take(word[:-1], axis=0).reshape(size, size, 3)
    return _solid(random, colour, density.astype(np.float32).reshape(size, size))


def _solid(random: Random, colour: Field, density: Field) -> tuple[Field, Field]:
    """Coverage from the density of points: dust, veil or solid body."""
    style = pick(random, (0.2, 0.3, 0.5))
    if style == 0:
        return colour, np.minimum(density / 2, 1)
    if style == 1:
        veil = np.log1p(density)
        return colour, np.minimum(veil / max(0.7 * float(veil.max()), 0.7), 1)
    covered = (density > 0).astype(np.float32)
    soft = ndimage.uniform_filter(np.dstack([colour * covered[..., None], covered]), (3, 3, 1))
    body = soft[..., :3] / np.maximum(soft[..., 3:], 1e-3)
    depth = np.minimum(density / max(float(density.mean()) * 2, 1.0), 1)
    return body * (0.7 + 0.3 * depth)[..., None], np.minimum(soft[..., 3] * 2.2, 1)
