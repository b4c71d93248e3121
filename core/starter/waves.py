"""Waves: gratings, Gabor mixtures, checkerboards, rings, plaids."""

from collections.abc import Callable

import numpy as np

from core.starter.canvas import Field, Random, grid, log_uniform, pick, smooth_step, uniform
from core.starter.colours import mapped, pair, palette


def waves(random: Random, size: int) -> Field:
    """(H, W, 3) picture of one periodic pattern."""
    makers = list(_MAKERS)
    return makers[pick(random, list(_MAKERS.values()))](random, size)


def gratings(random: Random, size: int) -> Field:
    """One to three sine waves, smooth or sharp, some with a changing frequency."""
    x, y = grid(size)
    total: Field = np.zeros((size, size), dtype=np.float32)
    number = int(random.integers(1, 4))
    for _ in range(number):
        angle, frequency = random.uniform(0, np.pi), log_uniform(random, 3, 60)
        path = float(np.cos(angle)) * x + float(np.sin(angle)) * y
        if random.random() < 0.3:
            path = path * (1 + random.uniform(-0.4, 0.4) * path)
        total += np.sin(frequency * path + random.uniform(0, 6.3))
    wave: Field = np.float32(0.5) + total / np.float32(2 * number)
    if random.random() < 0.4:
        wave = smooth_step(wave, random.uniform(0.3, 0.7), random.uniform(0.05, 0.4))
    return mapped(wave, palette(random, int(random.integers(2, 4))))


def gabors(random: Random, size: int) -> Field:
    """A mixture of oriented wave packets in different colours."""
    x, y = grid(size)
    number = int(random.integers(3, 11))
    column = (number, 1, 1)
    dx = x - uniform(random, -0.9, 0.9, column)
    dy = y - uniform(random, -0.9, 0.9, column)
    angle, frequency = uniform(random, 0, np.pi, column), uniform(random, 4, 45, column)
    width = uniform(random, 0.1, 0.45, column)
    envelope = np.exp((dx * dx + dy * dy) * (-0.5 / width**2))
    packets = envelope * np.cos(frequency * (np.cos(angle) * dx + np.sin(angle) * dy))
    colours = palette(random, number + 1)
    weights = (colours[1:] - colours.mean(axis=0)) * 1.5
    mixture: Field = np.tensordot(packets, weights, axes=(0, 0)).astype(np.float32)
    mixture += colours[0]
    return mixture


def checkerboard(random: Random, size: int) -> Field:
    """Squares in perspective, or turned; sometimes with more than two colours."""
    x, y = grid(size)
    angle, scale = random.uniform(0, np.pi / 2), log_uniform(random, 1.2, 7)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    depth = 1.0 + random.uniform(-0.45, 0.45) * x + random.uniform(-0.45, 0.45) * y
    first = (cos * x + sin * y) / depth * scale
    second = (cos * y - sin * x) / depth * scale * random.uniform(0.5, 1.5)
    # A steep sine instead of a parity keeps the edges smooth.
    sharp = random.uniform(2, 9)
    board = np.tanh(sharp * np.sin(np.pi * first)) * np.tanh(sharp * np.sin(np.pi * second))
    one, two = pair(random)
    return one + (0.5 + 0.5 * board)[..., None] * (two - one)


def rings(random: Random, size: int) -> Field:
    """Concentric rings, spirals or rays around a point."""
    x, y = grid(size)
    centre = uniform(random, -0.7, 0.7, 2)
    dx, dy = x - centre[0], (y - centre[1]) * random.uniform(0.6, 1.6)
    arms = int(random.integers(0, 9))
    turn = np.arctan2(dy, dx) * arms if arms else 0.0
    radial = log_uniform(random, 2, 40) if arms == 0 or random.random() < 0.6 else 0.0
    wave = 0.5 + 0.5 * np.sin(radial * np.sqrt(dx * dx + dy * dy) + turn)
    if random.random() < 0.5:
        wave = smooth_step(wave, 0.5, random.uniform(0.1, 0.6))
    return mapped(wave, palette(random, int(random.integers(2, 4))))


def plaid(random: Random, size: int) -> Field:
    """Random stripes in two directions: cloth, facades, barcodes."""
    stripes = int(random.integers(4, 20))
    colours = palette(random, stripes)
    across = colours[np.sort(random.integers(0, stripes, size))]
    along = colours[np.sort(random.integers(0, stripes, size))]
    period = int(random.integers(size // 5, size + 1))
    across = np.resize(across[:: max(1, size // period)], (size, 3))
    share = (0.5, 1.0, 0.25)[pick(random, (0.6, 0.25, 0.15))]
    return across[None] * share + along[:, None] * (1 - share)


_MAKERS: dict[Callable[[Random, int], Field], float] = {
    gratings: 0.28,
    gabors: 0.22,
    checkerboard: 0.2,
    rings: 0.16,
    plaid: 0.14,
}
