"""Gradients: skies, soft lights, out-of-focus backgrounds, shaded spheres."""

import numpy as np

from core.starter.canvas import Field, Random, grid, over, smooth_step, uniform
from core.starter.colours import mapped, palette


def gradients(random: Random, size: int) -> Field:
    """(H, W, 3) gradient with soft blobs and, sometimes, shaded spheres in front."""
    image = backdrop(random, size)
    number = int(random.integers(0, 9))
    if number:
        image = image + _blobs(random, size, number)
    if random.random() < 0.35:
        for _ in range(int(random.integers(1, 6))):
            image = _with_sphere(random, size, image)
    return image


def backdrop(random: Random, size: int) -> Field:
    """A plain surface: one colour, or a gradient along a line or around a point."""
    colours = palette(random, 3)
    if random.random() < 0.2:
        return np.tile(colours[0], (size, size, 1))
    x, y = grid(size)
    if random.random() < 0.3:
        centre = uniform(random, -1, 1, 2)
        field = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2) * 0.6
    else:
        angle = random.uniform(0, 2 * np.pi)
        field = 0.5 + 0.4 * (float(np.cos(angle)) * x + float(np.sin(angle)) * y)
    return mapped(field, colours[: 2 + (random.random() < 0.5)])


def _blobs(random: Random, size: int, number: int) -> Field:
    """Gaussian lights and shadows, computed as products of a row and a column."""
    axis = grid(size)[0][0]
    centres = uniform(random, -1, 1, (2, number, 1))
    widths = uniform(random, 0.06, 0.5, (2, number, 1))
    rows, columns = np.exp(-0.5 * ((axis - centres) / widths) ** 2)
    colours = (palette(random, number) - 0.5) * random.uniform(0.6, 1.6)
    flat = (rows[:, :, None] * colours[:, None, :]).reshape(number, -1)
    lights: Field = (columns.T @ flat).reshape(size, size, 3)
    return lights


def _with_sphere(random: Random, size: int, image: Field) -> Field:
    x, y = grid(size)
    centre, radius = uniform(random, -0.8, 0.8, 2), random.uniform(0.1, 0.5)
    dx, dy = (x - centre[0]) / radius, (y - centre[1]) / radius
    squared = dx * dx + dy * dy
    height = np.sqrt(np.maximum(1 - squared, 0))
    light = uniform(random, -0.7, 0.7, 2)
    lit = np.maximum(light[0] * dx + light[1] * dy + 0.7 * height, 0) + 0.15
    colour = palette(random, 1)[0]
    gloss = lit ** random.uniform(6, 20) * (random.random() < 0.5) * 0.6
    edge = smooth_step(1 - squared, 0.0, 4 / (size * radius))
    return over(colour * lit[..., None] + gloss[..., None], edge, image)
