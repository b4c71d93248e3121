"""What is trained on to measure: images of noise, which cost as much as any others."""

from pathlib import Path

import numpy as np
from PIL import Image

_OF_A_CLASS = 4


def write_noise(folder: Path, size: tuple[int, int]) -> None:
    """Write class folders of images of that size, (height, width)."""
    generator = np.random.default_rng(0)
    for label in ("one", "two"):
        (folder / label).mkdir(parents=True)
        for number in range(_OF_A_CLASS):
            pixels = generator.integers(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number}.png")
