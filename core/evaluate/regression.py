"""How near predicted numbers are to the true ones: the numbers of one arm and seed.

R² is the share of the labels' variance that the predictions explain: 1 less the squared errors over
the squared distances of the labels from their own mean. 0 is no better than always saying that
mean, below 0 it is worse. The mean absolute error and the root mean squared error are in the unit
of the labels.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.evaluate.intervals import bootstrap_interval, estimate
from core.recipe.tasks import REGRESSION, TASKS

Numbers = NDArray[np.floating[Any]]
Floats = NDArray[np.float64]

_KEYS: Final = tuple(metric.key for metric in TASKS[REGRESSION].metrics)


def evaluate_numbers(
    predicted: Numbers, targets: Numbers, *, seed: int = 0, num_resamples: int = 1000
) -> dict[str, Any]:
    """Everything about one model on one set of examples, ready for JSON.

    Args:
        predicted: (N,) finite; N at least 1.
        targets: (N,) the true numbers.
        seed: Seed of the bootstrap.
        num_resamples: How often to resample the examples.

    Returns:
        `num_images`; `r2`, `mean_absolute_error`, `root_mean_squared_error`, each with `value` and
        the `low` and `high` ends of its 95 % interval; `median_absolute_error`; `mean_error` (of
        predictions that are too high on average above 0); `spread`, the standard deviation of the
        true numbers.
    """
    predicted, targets = _checked(predicted, targets)
    values = _values(predicted[None], targets[None])[:, 0]
    low = high = values
    if len(targets) > 1:

        def statistic(examples: NDArray[np.int64], axis: int = -1) -> Floats:
            del axis
            return _values(predicted[examples], targets[examples])

        low, high = bootstrap_interval(
            len(targets), statistic, seed=seed, num_resamples=num_resamples
        )
    errors = predicted - targets
    return {
        "num_images": len(targets),
        **{
            key: estimate(float(values[at]), float(low[at]), float(high[at]))
            for at, key in enumerate(_KEYS)
        },
        "median_absolute_error": float(np.median(np.abs(errors))),
        "mean_error": float(errors.mean()),
        "spread": float(targets.std()),
    }


def metrics_of(predicted: Numbers, targets: Numbers) -> dict[str, float]:
    """The metrics of (N,) predictions by their keys, without intervals."""
    predicted, targets = _checked(predicted, targets)
    values = _values(predicted[None], targets[None])[:, 0]
    return dict(zip(_KEYS, map(float, values), strict=True))


def r_squared(predicted: Numbers, targets: Numbers) -> float:
    """R² of (N,) predictions; 0 where the true numbers are all the same."""
    return metrics_of(predicted, targets)[_KEYS[0]]


def number_scores(predicted: Numbers, targets: Numbers) -> Floats:
    """(3, N) what each example says of R² and of the two errors.

    Their means are the three numbers, and their variance divided by N is that of the numbers, as
    with `core.evaluate.metrics.example_scores`: each number plus the example's influence on it
    (infinitesimal jackknife). Of the mean absolute error that is the example's own.
    """
    predicted, targets = _checked(predicted, targets)
    squares, around = (predicted - targets) ** 2, (targets - targets.mean()) ** 2
    mean, variance = squares.mean(), around.mean()
    root = np.sqrt(mean)
    r2 = np.zeros(len(targets))
    if variance > 0:
        r2 = 1 - mean / variance - (squares - mean / variance * around) / variance
    rooted = root + (squares - mean) / (2 * root) if root > 0 else np.zeros(len(targets))
    return np.stack([r2, np.abs(predicted - targets), rooted])


def _checked(predicted: Numbers, targets: Numbers) -> tuple[Floats, Floats]:
    assert predicted.shape == targets.shape
    assert targets.ndim == 1
    assert len(targets) > 0
    return predicted.astype(np.float64), targets.astype(np.float64)


def _values(predicted: Floats, targets: Floats) -> Floats:
    """(3, R) of (R, N) predictions."""
    errors = predicted - targets
    squares = (errors**2).mean(axis=-1)
    variance = targets.var(axis=-1)
    is_told = variance > 0
    r2 = np.where(is_told, 1 - squares / np.where(is_told, variance, 1.0), 0.0)
    found: Floats = np.stack([r2, np.abs(errors).mean(axis=-1), np.sqrt(squares)])
    return found
