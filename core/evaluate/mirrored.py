"""Classes that a mirror turns into each other, as coarse pixels tell: left and right, b and d.

An encoder that was trained to overlook where things are hardly sees a mirror: it tells neither
`left` from `right` nor an image from its mirror image. Pixels do.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from core.evaluate.probe import Features, Targets, stratified_folds
from core.evaluate.regularised_probe import fit_regularised

FOLDS: Final = 4
# One-sided; of any pair of classes (Bonferroni).
MOST_BY_CHANCE: Final = 0.01
# Cells across and down.
ACROSS: Final = 12


def mirrored_pair(
    grey: NDArray[np.floating[Any]], targets: Targets, *, seed: int
) -> tuple[int, int] | None:
    """Two classes that a probe tells from each other, and takes for each other once flipped.

    Both are more than chance: how many held-out images are told, and how few of them flipped.

    Args:
        grey: (N, ACROSS, ACROSS) brightness of the images, at least two of each class.
        targets: (N,) their classes.
        seed: Of the folds.
    """
    features, flipped = _standardised(grey), _standardised(grey[:, :, ::-1])
    num_classes = int(targets.max()) + 1
    whole = fit_regularised(features, targets, num_classes, seed=seed)
    if whole is None:
        return None
    fold = stratified_folds(targets, FOLDS, np.random.default_rng(seed))
    logits = np.zeros((2, len(targets), num_classes))
    for held in (fold == number for number in range(FOLDS)):
        found = fit_regularised(
            features[~held], targets[~held], num_classes, seed=seed, strength=whole.strength
        )
        if found is not None:
            logits[0, held], logits[1, held] = map(found.logits, (features[held], flipped[held]))
    found_pairs = list(_pairs(logits, targets))
    by_chance, pair = min(found_pairs, default=(1.0, (0, 0)))
    return pair if by_chance * len(found_pairs) < MOST_BY_CHANCE else None


def _standardised(grey: NDArray[np.floating[Any]]) -> Features:
    """(N, cells), each image with mean 0 and variance 1."""
    cells = grey.reshape(len(grey), -1).astype(np.float32)
    cells -= cells.mean(axis=1, keepdims=True)
    found: Features = cells / np.maximum(cells.std(axis=1, keepdims=True), 1e-6)
    return found


def _pairs(
    logits: NDArray[np.floating[Any]], targets: Targets
) -> Iterator[tuple[float, tuple[int, int]]]:
    """Each pair of classes with the greater of two chances: of what is told, and what is not."""
    for one, other in combinations(np.unique(targets).tolist(), 2):
        among = (targets == one) | (targets == other)
        says_other = logits[:, among, other] > logits[:, among, one]
        told, told_flipped = (says_other == (targets[among] == other)).sum(axis=1)
        number = int(among.sum())
        by_chance = max(binom.sf(told - 1, number, 0.5), binom.cdf(told_flipped, number, 0.5))
        yield float(by_chance), (one, other)
