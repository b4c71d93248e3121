"""JPEG files to train on: photographs where the data set is at hand, else generated."""

from pathlib import Path

import numpy as np
from PIL import Image

from core.starter.images import GeneratedImages

_PHOTOGRAPHS = Path(__file__).resolve().parents[3] / "shared" / "data" / "flowers102"
_QUALITY = 90


def write_jpegs(folder: Path, count: int, side: int, source: Path = _PHOTOGRAPHS) -> str:
    """Write `count` different images with `side` as their shorter side; returns what they show."""
    folder.mkdir(parents=True, exist_ok=True)
    photographs = sorted(source.rglob("*.jpg"))
    if len(photographs) < count:
        _write_generated(folder, count, side)
        return "generated"
    for number, photograph in enumerate(photographs[:: len(photographs) // count][:count]):
        with Image.open(photograph) as opened:
            image = opened.convert("RGB")
        scale = side / min(image.size)
        size = (max(side, round(image.width * scale)), max(side, round(image.height * scale)))
        image.resize(size, Image.Resampling.BICUBIC).save(_file(folder, number), quality=_QUALITY)
    return f"photographs ({source.name})"


def _write_generated(folder: Path, count: int, side: int) -> None:
    images = GeneratedImages(seed=0, size=side)
    for number in range(count):
        pixels = images.rows(np.array([number]))[0]
        Image.fromarray(pixels).save(_file(folder, number), quality=_QUALITY)


def write_numbered(folder: Path, count: int, side: int = 64) -> None:
    """Write many different noisy images quickly: for what counts files, not what they show."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for number in range(count):
        coarse = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize((side, side), Image.Resampling.BILINEAR)
        image.save(_file(folder, number), quality=_QUALITY)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.jpg"
