"""Textures: coloured noise, marble, cells, spots, rings, tiles."""

from collections.abc import Callable

import numpy as np

from core.starter.canvas import (
    Field,
    Random,
    grid,
    log_uniform,
    over,
    pick,
    smooth_step,
    stretched,
    uniform,
)
from core.starter.colours import mapped, mixed, palette
from core.starter.noise import band_noise, power_noise


def texture(random: Random, size: int) -> Field:
    """(H, W, 3) picture filled by one material."""
    makers = list(_MAKERS)
    return makers[pick(random, list(_MAKERS.values()))](random, size)


def coloured_noise(random: Random, size: int) -> Field:
    """Noise with a 1/f^a spectrum and correlated colours, often with a direction."""
    stretch = log_uniform(random, 1.5, 8) if random.random() < 0.4 else 1.0
    exponent = random.uniform(0.6, 2.2)
    angle = random.uniform(0, np.pi)
    fields = power_noise(random, size, exponent, channels=3, stretch=stretch, angle=angle)
    image: Field = palette(random, 1)[0] + random.uniform(0.08, 0.25) * mixed(fields, random)
    return image


def landscape_noise(random: Random, size: int) -> Field:
    """One noise field through a palette: smooth, folded into ridges or cut into steps."""
    field = power_noise(random, size, random.uniform(0.9, 2.4))[0]
    style = pick(random, (0.4, 0.3, 0.3))
    if style == 1:
        field = 1 - np.abs(field)
    field = stretched(field)
    if style == 2:
        steps = int(random.integers(2, 7))
        field = np.floor(field * steps) / max(steps - 1, 1)
    return mapped(field, palette(random, int(random.integers(2, 6))))


def marble(random: Random, size: int) -> Field:
    """Waves bent by noise: marble, wood, water."""
    x, y = grid(size)
    angle, frequency = random.uniform(0, np.pi), log_uniform(random, 3, 28)
    bend = power_noise(random, size, random.uniform(1.3, 2.4))[0] * random.uniform(0.3, 3.5)
    if random.random() < 0.35:
        centre = random.uniform(-1.2, 1.2, 2)
        path = np.hypot(x - float(centre[0]), y - float(centre[1]))
    else:
        path = float(np.cos(angle)) * x + float(np.sin(angle)) * y
    wave = 0.5 + 0.5 * np.sin(frequency * path + bend)
    if random.random() < 0.4:
        wave = wave ** random.uniform(0.3, 4)
    return mapped(wave, palette(random, int(random.integers(2, 5))))


def cells(random: Random, size: int) -> Field:
    """Voronoi cells: stones, scales, cracked ground, cell tissue."""
    x, y = grid(size)
    number = int(log_uniform(random, 6, 60))
    centres = uniform(random, -1.15, 1.15, (number, 2))
    if random.random() < 0.3:
        side = int(np.ceil(np.sqrt(number)))
        lattice = np.stack(np.meshgrid(*[np.linspace(-1.1, 1.1, side)] * 2), axis=-1)
        jitter = random.uniform(0.0, 0.8) * 2.2 / side
        centres = (lattice.reshape(-1, 2) + jitter * (random.random((side**2, 2)) - 0.5)).astype(
            np.float32
        )
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    distances = (centres**2).sum(axis=1)[:, None] - 2 * (centres @ places.T)
    nearest = distances.argmin(axis=0)
    columns = np.arange(len(places))
    offset = (places**2).sum(axis=1)
    first = np.sqrt(np.maximum(distances[nearest, columns] + offset, 0)).reshape(size, size)
    distances[nearest, columns] = np.inf
    second = np.sqrt(np.maximum(distances.min(axis=0) + offset, 0)).reshape(size, size)
    wall = smooth_step(second - first, random.uniform(0.0, 0.12), random.uniform(0.04, 0.2))
    colours = palette(random, len(centres) + 1)
    spread = random.random()
    base = colours[0] * (1 - spread) + colours[1:] * spread
    shade = 1 - random.uniform(0, 1.0) * first * (len(centres) / 4) ** 0.5
    filled = base.take(nearest, axis=0).reshape(size, size, 3) * np.maximum(shade, 0.2)[..., None]
    gap = colours[0] * random.uniform(0.1, 1.4)
    return over(filled, wall, gap)


def spots(random: Random, size: int) -> Field:
    """Noise of one scale with a threshold, as reaction and diffusion leave it: fur, coral."""
    field = band_noise(random, size, log_uniform(random, 2.5, 16), random.uniform(0.08, 0.4))
    mask = smooth_step(field, random.uniform(-0.9, 0.9), random.uniform(0.2, 1.5))
    fields = power_noise(random, size, random.uniform(0.8, 2), channels=2)
    strength = random.uniform(0.02, 0.15)
    front, back = palette(random, 2)
    inside = front + strength * fields[0][..., None]
    outside = back + strength * fields[1][..., None]
    return over(inside, mask, outside)


def tiles(random: Random, size: int) -> Field:
    """One small patch repeated: cloth, bricks, wallpaper, facades; mirrored or shifted by rows."""
    side = int(random.integers(5, 23))
    patch = mapped(
        stretched(power_noise(random, 24, random.uniform(0.8, 2.2))[0][:side, :side]),
        palette(random, int(random.integers(2, 5))),
    )
    if random.random() < 0.6:
        gap, depth = int(random.integers(1, 3)), random.uniform(0.2, 1.5)
        patch[:gap] *= depth
        patch[:, :gap] *= depth
    if random.random() < 0.4:
        patch = np.concatenate([patch, patch[::-1]])
        patch = np.concatenate([patch, patch[:, ::-1]], axis=1)
    height, width = patch.shape[:2]
    start = random.integers(0, 64, 2)
    rows = np.arange(size)[:, None] + start[0]
    columns = np.arange(size)[None, :] + start[1]
    if random.random() < 0.5:
        columns = columns + (rows // height) * (width // 2)
    variation = 0.06 * power_noise(random, size, random.uniform(0.6, 1.8))[0]
    image: Field = patch[rows % height, columns % width] + variation[..., None]
    return image


_MAKERS: dict[Callable[[Random, int], Field], float] = {
    coloured_noise: 0.22,
    landscape_noise: 0.18,
    marble: 0.16,
    cells: 0.18,
    spots: 0.12,
    tiles: 0.14,
}
