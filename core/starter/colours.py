"""Random colours that go together as they do in photographs: luminance varies most."""

import numpy as np

from core.starter.canvas import Field, Random, normal, pick, uniform

# Blue-yellow and red-green, the second and third principal colour axes of natural images
# (Ruderman, Cronin & Chiao 1998, "Statistics of cone responses to natural images").
_OPPONENT = np.array([[0.5, 0.35, -0.85], [0.7, -0.6, -0.1]], dtype=np.float32)


def palette(random: Random, number: int) -> Field:
    """(number, 3) colours in 0..1 around one random tint."""
    spread = random.uniform(0.2, 0.6)
    luminance = random.uniform(0.25, 0.75) + spread * uniform(random, -1, 1, (number, 1))
    tint = normal(random, 0.16, (1, 2))
    vividness = (0.04, 0.14, 0.35)[pick(random, (0.35, 0.4, 0.25))]
    chroma = tint + normal(random, vividness, (number, 2))
    return np.clip(luminance + chroma @ _OPPONENT, 0.0, 1.0)


def pair(random: Random) -> tuple[Field, Field]:
    """Two (3,) colours of clearly different luminance, the darker first or second at random."""
    colours = palette(random, 2)
    shift = random.uniform(0.2, 0.5) * (1 if random.random() < 0.5 else -1)
    means = colours.mean(axis=1)
    middle = float(means.mean())
    first = colours[0] - means[0] + middle - shift
    second = colours[1] - means[1] + middle + shift
    return np.clip(first, 0, 1), np.clip(second, 0, 1)


def mapped(field: Field, colours: Field) -> Field:
    """(H, W, 3) colours of an (H, W) field in 0..1, blended between neighbouring (n, 3) colours."""
    steps = np.arange(256, dtype=np.float32) * ((len(colours) - 1) / 255)
    below = np.minimum(steps.astype(np.intp), len(colours) - 2)
    share = (steps - below)[:, None]
    table = colours[below] * (1 - share) + colours[below + 1] * share
    blended: Field = table.take(np.clip(field * 255, 0, 255).astype(np.uint8), axis=0)
    return blended


def mixed(channels: Field, random: Random) -> Field:
    """(H, W, 3) colours of (3, H, W) independent fields: one for each principal colour axis."""
    colour = uniform(random, 0.05, 0.7, 2)
    turn = normal(random, 0.5, (2, 2))
    axes = np.concatenate([np.ones((1, 3), np.float32), (turn * colour[:, None]) @ _OPPONENT])
    return np.tensordot(channels, axes, axes=(0, 0)).astype(np.float32, copy=False)
