"""Which examples a step sees: pure functions of the step, so that any step can be asked for."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from core.training.permutation import Permutation
from core.training.seeds import derive_seed, numpy_generator

Order = Callable[[int], np.ndarray]
# From start to stop.
Part = Callable[[int, int], np.ndarray]
# Batches that are sorted by length together: enough to sort well, few beside an epoch.
_BUCKETED_BATCHES = 16
# Examples whose order is drawn whole, at 8 bytes each; of more it is computed where it is needed.
_MOST_DRAWN = 1 << 20


def shuffled_order(num_examples: int, batch_size: int, *place: int | str) -> Order:
    """Epochs of shuffled examples strung together; batches run across their borders.

    Takes no more memory for more examples.

    Args:
        num_examples: Examples in an epoch, at least 1.
        batch_size: Global batch size; may exceed `num_examples`.
        *place: Where in the run, for the seed.

    Returns:
        `order(step) -> (batch_size,)` int64 positions in `0 … num_examples - 1`.
    """
    shuffled = _shuffled(num_examples, *place)
    return lambda step: shuffled(step * batch_size, (step + 1) * batch_size)


def _shuffled(num_examples: int, *place: int | str) -> Part:
    """Any part of all epochs of shuffled examples, strung together."""

    # Two: a batch may lie across the border of two epochs.
    @lru_cache(maxsize=2)
    def epoch(index: int) -> Part:
        if num_examples > _MOST_DRAWN:
            return Permutation(num_examples, *place, "epoch", index)
        drawn = numpy_generator(*place, "epoch", index).permutation(num_examples)
        return lambda start, stop: drawn[start:stop]

    def part(start: int, stop: int) -> np.ndarray:
        parts = []
        while start < stop:
            index, first = divmod(start, num_examples)
            parts.append(epoch(index)(first, min(first + stop - start, num_examples)))
            start += len(parts[-1])
        return np.concatenate(parts)

    return part


def bucketed_order(
    num_examples: int,
    lengths: Callable[[np.ndarray], np.ndarray],
    batch_size: int,
    *place: int | str,
) -> Order:
    """As `shuffled_order`, with examples of like length together, so that little is padding.

    Some batches of the shuffled order are sorted by length, cut again and shuffled as batches:
    each example is still seen once per epoch, at a random time.

    Args:
        num_examples: Examples in an epoch, at least 1.
        lengths: Lengths of the examples at (n,) positions.
        batch_size: Global batch size.
        *place: Where in the run, for the seed.

    Returns:
        `order(step) -> (batch_size,)` int64 positions.
    """
    shuffled, size = _shuffled(num_examples, *place), _BUCKETED_BATCHES * batch_size

    @lru_cache(maxsize=2)
    def window(index: int) -> np.ndarray:
        # (16 batch_size,) positions, of two epochs or more where those are short.
        positions = shuffled(index * size, (index + 1) * size)
        # Stable, so that equal lengths keep their shuffled order, and on every machine the same.
        by_length = positions[np.argsort(lengths(positions), kind="stable")]
        batches = by_length.reshape(_BUCKETED_BATCHES, batch_size)
        # Else every window would go from its shortest examples to its longest.
        return batches[numpy_generator(*place, "buckets", index).permutation(_BUCKETED_BATCHES)]

    def order(step: int) -> np.ndarray:
        index, within = divmod(step, _BUCKETED_BATCHES)
        batch: np.ndarray = window(index)[within]
        return batch

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
