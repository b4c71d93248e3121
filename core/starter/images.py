"""Endless generated images for pre-training the starter model: no files, no licences."""

from collections.abc import Callable

import numpy as np

from core.starter.canvas import Field, Random, pick
from core.starter.dead_leaves import dead_leaves
from core.starter.fractals import fractal
from core.starter.gradients import backdrop, gradients
from core.starter.photometry import photographed
from core.starter.scenes import scenes
from core.starter.strokes import strokes
from core.starter.textures import texture
from core.starter.waves import waves


def fractals(random: Random, size: int) -> Field:
    """(H, W, 3) fractals in front of a plain or textured ground."""
    ground = backdrop if random.random() < 0.75 else texture
    return fractal(random, size, ground(random, size))


# Name -> maker and how often. Objects before grounds and occlusion come first: what a
# representation has to tell apart in photographs.
FAMILIES: dict[str, tuple[Callable[[Random, int], Field], float]] = {
    "scenes": (scenes, 0.3),
    "dead_leaves": (dead_leaves, 0.16),
    "textures": (texture, 0.18),
    "fractals": (fractals, 0.12),
    "strokes": (strokes, 0.1),
    "gradients": (gradients, 0.07),
    "waves": (waves, 0.07),
}
_NAMES = list(FAMILIES)
_WEIGHTS = [weight for _, weight in FAMILIES.values()]


class GeneratedImages:
    """Images as a pure function of (seed, index): endless, resumable, the same in any batch.

    Args:
        seed: Another seed gives other images.
        size: Height and width in pixels.
        num_images: Length of the sequence, for whoever asks; nothing is stored.
    """

    def __init__(self, seed: int, size: int = 64, num_images: int = 2**40) -> None:
        self.seed = seed
        self.size = size
        self.num_images = num_images

    def __len__(self) -> int:
        return self.num_images

    def rows(self, indices: np.ndarray) -> np.ndarray:
        """(n, H, W, 3) uint8 pixels of the images at (n,) `indices`."""
        out = np.empty((len(indices), self.size, self.size, 3), dtype=np.uint8)
        for place, index in enumerate(indices.tolist()):
            random, family = self._start(index)
            out[place] = photographed(random, FAMILIES[family][0](random, self.size))
        return out

    def family(self, index: int) -> str:
        """Which of `FAMILIES` the image at `index` belongs to."""
        return self._start(index)[1]

    def _start(self, index: int) -> tuple[Random, str]:
        random = np.random.Generator(np.random.PCG64([self.seed, index]))
        return random, _NAMES[pick(random, _WEIGHTS)]
