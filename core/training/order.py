"""Which examples a step sees: pure functions of the step, so that any step can be asked for."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from core.training.seeds import derive_seed, numpy_generator

Order = Callable[[int], np.ndarray]


def shuffled_order(num_examples: int, batch_size: int, *place: int | str) -> Order:
    """Epochs of shuffled examples strung together; batches run across their borders.

    Args:
        num_examples: Examples in an epoch, at least 1.
        batch_size: Global batch size; may exceed `num_examples`.
        *place: Where in the run, for the seed.

    Returns:
        `order(step) -> (batch_size,)` int64 positions in `0 … num_examples - 1`.
    """

    @lru_cache(maxsize=2)
    def epoch(index: int) -> np.ndarray:
        return numpy_generator(*place, "epoch", index).permutation(num_examples)

    def order(step: int) -> np.ndarray:
        position = step * batch_size
        parts = []
        missing = batch_size
        while missing:
            index, start = divmod(position, num_examples)
            part = epoch(index)[start : start + missing]
            parts.append(part)
            position += len(part)
            missing -= len(part)
        return np.concatenate(parts)

    return order


def balanced_order(labels: np.ndarray, batch_size: int, *place: int | str) -> Order:
    """Each class equally likely, its examples drawn with replacement.

    Args:
        labels: (N,) class indices; every class that occurs is drawn equally often.
        batch_size: Global batch size.
        *place: Where in the run, for the seed.

    Returns:
        `order(step) -> (batch_size,)` int64 positions.
    """
    _, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[inverse]
    weights /= weights.sum()
    seed = derive_seed(*place, "balanced")

    def order(step: int) -> np.ndarray:
        return numpy_generator(seed, step).choice(len(labels), size=batch_size, p=weights)

    return order
