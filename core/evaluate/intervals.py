"""95 % intervals: how far a number could lie elsewhere with other test images.

Percentile bootstrap (scipy). Where resampling can't vary because every image is right, or every
one is wrong, the exact binomial interval of Clopper and Pearson takes its place: a perfect score
on ten images does not prove a perfect classifier.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95

# Resampled indices held at a time, so that memory does not grow with the number of images.
_INDICES_AT_ONCE = 2_000_000

Statistic = Callable[..., NDArray[np.float64]]


def bootstrap_interval(
    num_images: int, statistic: Statistic, *, seed: int, num_resamples: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high ends, one of each per number that the statistic gives.

    Args:
        num_images: How many are resampled, at least 2.
        statistic: Takes (R, num_images) indices and `axis`, and gives (R,) or (M, R) numbers.
        seed: The same seed gives the same interval.
        num_resamples: How often to resample.
    """
    # Late: it takes most of a second, and a run needs it at its end.
    from scipy import stats

    result = stats.bootstrap(
        (np.arange(num_images),),
        statistic,
        n_resamples=num_resamples,
        batch=max(1, min(_INDICES_AT_ONCE // num_images, num_resamples)),
        vectorized=True,
        axis=-1,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = result.confidence_interval
    return np.atleast_1d(low), np.atleast_1d(high)


def exact_interval(num_right: int, num_images: int) -> tuple[float, float]:
    """Clopper-Pearson interval of an accuracy."""
    from scipy import stats

    interval = stats.binomtest(num_right, num_images).proportion_ci(LEVEL, method="exact")
    return float(interval.low), float(interval.high)


def estimate(value: float, low: float, high: float) -> dict[str, float]:
    """The three numbers as they stand in `results.json`.

    The interval always holds its value: resampled macro averages lie a little too low when a
    class has few images, since some samples miss it.
    """
    return {
        "value": float(value),
        "low": float(min(low, value)),
        "high": float(max(high, value)),
    }
