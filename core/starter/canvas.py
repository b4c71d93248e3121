"""What all families of generated images share: coordinates, masks, random numbers in float32."""

from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]  # (H, W) or (H, W, 3), mostly in 0..1
Random = np.random.Generator


@lru_cache(maxsize=4)
def grid(size: int) -> tuple[Field, Field]:
    """(H, W) x and y coordinates from -1 to 1, read-only."""
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def uniform(random: Random, low: float, high: float, shape: int | tuple[int, ...]) -> Field:
    """Uniform float32 numbers; numpy's own `uniform` knows only float64."""
    return low + (high - low) * random.random(shape, dtype=np.float32)


def normal(random: Random, scale: float, shape: int | tuple[int, ...]) -> Field:
    """Normal float32 numbers around 0."""
    return scale * random.standard_normal(shape, dtype=np.float32)


def pick(random: Random, weights: Sequence[float]) -> int:
    """An index drawn with these weights; `Generator.choice` takes ten times as long."""
    sums = list(accumulate(weights))
    return min(bisect(sums, random.random() * sums[-1]), len(sums) - 1)


def log_uniform(random: Random, low: float, high: float) -> float:
    """A number between `low` and `high`, evenly over its orders of magnitude."""
    return float(low * (high / low) ** random.random())


def stretched(field: Field) -> Field:
    """The field scaled to fill 0..1."""
    low = field.min()
    filled: Field = (field - low) / max(float(field.max() - low), 1e-6)
    return filled


def smooth_step(field: Field, edge: float, width: float) -> Field:
    """0 below the edge, 1 above it, with a ramp of this width."""
    ramp: Field = np.clip((field - edge) / width + 0.5, 0.0, 1.0)
    return ramp


def as_mask(image: Image.Image, factor: int) -> Field:
    """(H, W) coverage in 0..1 of a drawing in mode L that is `factor` times as large."""
    return np.asarray(image.reduce(factor), dtype=np.float32) / 255.0


def as_field(image: Image.Image) -> Field:
    """(H, W, 3) in 0..1 of an RGB image."""
    return np.asarray(image, dtype=np.float32) / 255.0


def as_image(field: Field) -> Image.Image:
    """RGB image of an (H, W, 3) field; what lies outside 0..1 is clipped."""
    return Image.fromarray(as_pixels(field))


def as_pixels(field: Field) -> NDArray[np.uint8]:
    """(H, W, 3) bytes of an (H, W, 3) field; what lies outside 0..1 is clipped."""
    pixels: NDArray[np.uint8] = np.clip(field * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return pixels


def over(front: Field, alpha: Field, back: Field) -> Field:
    """(H, W, 3) `front` laid over `back` where the (H, W) `alpha` is 1."""
    return back + alpha[..., None] * (front - back)
