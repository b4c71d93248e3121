"""A hundred thousand dots as pixels, faster than a screen shows them.

Qt paints a dot at a time; here each pixel of a dot is set for all dots at once. Rims of dots are
set before their middles, so that a rim never dims a neighbour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Colours repeat after six groups; until twenty-four, shapes tell those of one colour apart.
SHAPES: Final = ("disc", "square", "triangle", "diamond")
# Samples of a pixel, across and down.
_FINE: Final = 8
_FULL: Final = 0.95
_FAINT: Final = 0.25

Pixels = NDArray[np.uint32]


@dataclass(frozen=True)
class Stamp:
    """The pixels of a dot around its middle.

    Attributes:
        across, down: (P,) where they are.
        cover: (P,) how much of each the dot covers, above 0.
    """

    across: NDArray[np.intp]
    down: NDArray[np.intp]
    cover: NDArray[np.float64]

    @cached_property
    def order(self) -> list[int]:
        """Its pixels, those that it covers least first."""
        return [int(at) for at in np.argsort(self.cover)]

    @cached_property
    def shares_in_order(self) -> list[float]:
        """Which share of each of these pixels is inked: quarters."""
        covers = [float(self.cover[at]) for at in self.order]
        return [1.0 if cover >= _FULL else max(0.25, round(4 * cover) / 4) for cover in covers]

    @cached_property
    def shares(self) -> frozenset[float]:
        """Those that there are."""
        return frozenset(self.shares_in_order)

    @cached_property
    def reach(self) -> int:
        """How far from the middle its pixels are at most."""
        return int(max(np.abs(self.across).max(), np.abs(self.down).max()))


def stamp_of(shape: int, size: float) -> Stamp:
    """A dot of a shape of `SHAPES`, so many pixels wide, in steps of a half."""
    return _stamp(shape, round(2 * size) / 2)


@lru_cache(maxsize=256)
def _stamp(shape: int, size: float) -> Stamp:
    reach = int(np.ceil(0.75 * size)) + 1
    step = (np.arange((2 * reach + 1) * _FINE) + 0.5) / _FINE - reach - 0.5
    x, y = np.meshgrid(step, step)
    r = size / 2
    inside = (
        x**2 + y**2 <= r**2,
        np.maximum(np.abs(x), np.abs(y)) <= 0.88 * r,
        (y <= 0.8 * r) & (y + 1.2 * r >= 1.75 * np.abs(x)),
        np.abs(x) + np.abs(y) <= 1.28 * r,
    )[shape]
    side = 2 * reach + 1
    cover = inside.reshape(side, _FINE, side, _FINE).mean(axis=(1, 3))
    down, across = np.nonzero(cover > _FAINT)
    return Stamp(across - reach, down - reach, cover[down, across])


def blank(width: int, height: int) -> Pixels:
    """(H, W) pixels of nothing, 32 bits each, alpha first and multiplied in."""
    return np.zeros((height, width), np.uint32)


def draw_dots(
    pixels: Pixels,
    x: NDArray[np.int32],
    y: NDArray[np.int32],
    colour: NDArray[np.uint32],
    stamp: Stamp,
) -> None:
    """Set the dots' pixels; of those on one place the last one is seen.

    Args:
        pixels: (H, W), as `blank` made them.
        x: (N,) pixels to the right of their middles; each dot lies wholly within the image.
        y: (N,) pixels down.
        colour: (N,) `0xRRGGBB`.
        stamp: The form of the dots.
    """
    middle = y.astype(np.intp) * pixels.shape[1] + x
    set_dots(pixels, middle, {share: ink_of(colour, share) for share in stamp.shares}, stamp)


def set_dots(
    pixels: Pixels,
    middle: NDArray[np.intp],
    inks: Mapping[float, NDArray[np.uint32]],
    stamp: Stamp,
) -> None:
    """The same with all that does not change between two images made before.

    Args:
        pixels: (H, W).
        middle: (N,) which of all pixels the middles are.
        inks: Of each share of the stamp, (N,) as `ink_of` made them.
        stamp: The form of the dots.
    """
    if not len(middle):
        return
    flat, width = pixels.reshape(-1), pixels.shape[1]
    place = np.empty_like(middle)
    for at, share in zip(stamp.order, stamp.shares_in_order, strict=True):
        np.add(middle, stamp.down[at] * width + stamp.across[at], out=place)
        flat[place] = inks[share]


def ink_of(colour: NDArray[np.uint32], share: float) -> NDArray[np.uint32]:
    """Colours that cover a share of a pixel, with that multiplied in."""
    alpha = round(255 * share)
    found = np.full(colour.shape, alpha << 24, np.uint32)
    for shift in (16, 8, 0):
        channel = (colour >> np.uint32(shift)) & np.uint32(255)
        found |= (channel * np.uint32(alpha) // np.uint32(255)) << np.uint32(shift)
    return found
