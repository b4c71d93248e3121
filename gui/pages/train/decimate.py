"""A million points as the few thousand that a screen can show; pure functions of arrays."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MOST_POINTS = 2_000


def in_range(x: Array, low: float, high: float) -> slice:
    """Where the points between `low` and `high` are, and one beyond on either side; `x` rises."""
    first = max(0, int(np.searchsorted(x, low)) - 1)
    last = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    return slice(first, last)


def decimated(x: Array, y: Array, most: int = MOST_POINTS) -> tuple[Array, Array]:
    """Least and greatest of each bin, so that no spike is lost; all points if they are few."""
    if len(x) <= most:
        return x, y
    bins = most // 2
    size = len(x) // bins
    rest = len(x) - size * bins
    few = extremes(x[rest:], y[rest:], size)
    return np.concatenate([x[:1], few[0]]), np.concatenate([y[:1], few[1]])


def extremes(x: Array, y: Array, size: int) -> tuple[Array, Array]:
    """The least and the greatest point of every `size` points, in their order.

    Args:
        x: (N,) with N a multiple of `size`.
        y: (N,) values; nan is passed over.
        size: Points per bin.
    """
    grouped_x, grouped_y = x.reshape(-1, size), y.reshape(-1, size)
    unknown = np.isnan(grouped_y)
    if unknown.any():
        low = np.where(unknown, np.inf, grouped_y).argmin(axis=1)
        high = np.where(unknown, -np.inf, grouped_y).argmax(axis=1)
    else:
        low, high = grouped_y.argmin(axis=1), grouped_y.argmax(axis=1)
    order = np.sort(np.stack([low, high], axis=1), axis=1)
    rows = np.arange(len(grouped_x))[:, None]
    return grouped_x[rows, order].ravel(), grouped_y[rows, order].ravel()


def means(y: Array, size: int) -> Array:
    """(N / size,) means of every `size` values; nan is passed over.

    Args:
        y: (N,) with N a multiple of `size`.
        size: Values per bin.
    """
    grouped = y.reshape(-1, size)
    unknown = np.isnan(grouped)
    if not unknown.any():
        of_all: Array = grouped.mean(axis=1)
        return of_all
    counts = size - unknown.sum(axis=1)
    sums = np.where(unknown, 0.0, grouped).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def smoothed(y: Array, weight: float) -> Array:
    """Exponential moving average without its bias towards zero, as TensorBoard draws it.

    Args:
        y: (N,) values; nan is passed over.
        weight: 0 changes nothing, towards 1 smooths ever more.
    """
    if weight <= 0:
        return y
    result = np.empty_like(y)
    mean, number = 0.0, 0
    for index, value in enumerate(y.tolist()):
        if value == value:  # noqa: PLR0124  (not nan)
            mean = weight * mean + (1 - weight) * value
            number += 1
        result[index] = mean / (1 - weight**number) if number else np.nan
    return result
