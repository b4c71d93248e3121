"""Real images that are on every machine: scikit-learn's 1,797 handwritten digits."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

# Enough pixels to look at; the originals have 8 by 8.
DIGIT_SIZE = 32
_REPORT_EVERY = 50
LABELED_PER_CLASS = 10
# They set how sure a classifier is, and choose the one that is offered.
VALIDATION_PER_CLASS = 5
TEST_FRACTION = 0.2


def write_digits(
    folder: Path, seed: int = 0, *, report: Callable[[int, int], None] | None = None
) -> None:
    """Write the digits as PNG files: most unlabeled, few labeled, a fifth held out for testing.

    Makes `unlabeled/NNNN.png`, `labeled/train/<digit>/NNNN.png`, `labeled/val/<digit>/…` and
    `labeled/test/<digit>/…`.

    Args:
        folder: Where to write; made if missing.
        seed: Which images are labeled and which are for testing.
        report: Told (images written, images in all) now and then.
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    images, targets = digits.images, digits.target
    test, train, val = [], [], []
    generator = np.random.default_rng(seed)
    for digit in range(10):
        members = generator.permutation(np.flatnonzero(targets == digit))
        num_test = round(TEST_FRACTION * len(members))
        test += members[:num_test].tolist()
        num_train = num_test + LABELED_PER_CLASS
        train += members[num_test:num_train].tolist()
        val += members[num_train : num_train + VALIDATION_PER_CLASS].tolist()
    labeled = {"train": set(train), "val": set(val), "test": set(test)}
    for index, (image, digit) in enumerate(zip(images, targets, strict=True)):
        split = next((name for name, members in labeled.items() if index in members), None)
        place = Path("labeled") / split / str(digit) if split else Path("unlabeled")
        _write(folder / place / f"{index:04d}.png", image)
        if report is not None and (index + 1) % _REPORT_EVERY == 0:
            report(index + 1, len(targets))


def _write(file: Path, image: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # The originals have 17 grey levels, 16 being ink.
    grey = Image.fromarray((255 - image * (255 / 16)).round().astype(np.uint8))
    grey.resize((DIGIT_SIZE, DIGIT_SIZE), Image.Resampling.BICUBIC).save(file)
