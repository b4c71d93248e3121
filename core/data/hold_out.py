"""A test (or validation) part held out of the training images: stratified, seeded, by picture."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from core.data.manifest import Example


def hold_out(images: Iterable[Example], fraction: float, seed: int, name: str) -> list[Example]:
    """Give a share of each class the split `name`.

    Identical files stay on one side. Which ones are chosen depends on their content and the seed
    alone: not on names, order or machine, and hardly on what is added later.

    Args:
        images: Labeled images, all of split `train`.
        fraction: Share of each class, rounded; at least one picture of a class that has two, and
            never all of them.
        seed: Which choice.
        name: The split they get.

    Returns:
        All images, in the same order.
    """
    images = list(images)
    # Copies under different labels are one picture; it is counted where it is seen first.
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    label_of: dict[str, str] = {}
    for image in images:
        label = label_of.setdefault(image.sha256, image.label or "")
        groups[label][image.sha256] = groups[label].get(image.sha256, 0) + 1
    chosen: set[str] = set()
    for copies in groups.values():
        chosen |= _choose(copies, fraction, f"{seed}/{name}")
    return [replace(image, split=name) if image.sha256 in chosen else image for image in images]


def _choose(copies: dict[str, int], fraction: float, salt: str) -> set[str]:
    if fraction <= 0 or len(copies) < 2:
        return set()
    wanted = max(1, round(fraction * sum(copies.values())))
    order = sorted(copies, key=lambda sha: hashlib.blake2b(f"{salt}/{sha}".encode()).digest())
    chosen: set[str] = set()
    total = 0
    for sha in order[:-1]:
        if total >= wanted:
            break
        chosen.add(sha)
        total += copies[sha]
    return chosen
