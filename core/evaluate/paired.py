"""An arm's metrics with both chances: its numbers by metric, their intervals, and differences."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.components import (
    Clusters,
    Estimate,
    Parts,
    difference_of,
    mean_of,
    take_apart,
)
from core.evaluate.intervals import estimate, exact_interval
from core.recipe.arms import ARMS
from core.recipe.tasks import Metric, Task

# Where nothing is known of a number without bounds: so many times as far as it is from 0, or from
# its unit. JSON has no infinity.
_UNKNOWN = 1e9


def per_pretraining(
    arm: str, tables: Sequence[NDArray[np.floating[Any]]], number: int
) -> Sequence[NDArray[np.floating[Any]]]:
    """The scores of an arm by pre-training, where that was repeated and has a part in it."""
    if number < 2 or arm not in ARMS or not ARMS[arm].start:
        return tables
    return [np.mean(tables[first::number], axis=0) for first in range(min(number, len(tables)))]


def parts_of(
    tables: Sequence[NDArray[np.floating[Any]]], clusters: Clusters | None, task: Task
) -> dict[str, Parts]:
    """By metric, the first one first."""
    stacked, are_shares = np.stack(tables), not task.is_number
    return {
        metric.key: take_apart(stacked[:, i], clusters, are_shares=are_shares)
        for i, metric in enumerate(task.metrics)
    }


def interval_of(own: Parts, task: Task, metric: Metric) -> dict[str, float]:
    """The mean with its 95 % interval, ready for JSON."""
    if task.is_number:
        found = mean_of(own)
        half = _finite(found.half_width(), found.value)
        low, high = found.value - half, found.value + half
        # A mean of seeds may miss a bound by rounding, and so may its interval.
        low = low if metric.least is None else max(metric.least, low)
        high = high if metric.most is None else min(metric.most, high)
        return estimate(found.value, low, high)
    # Macro averages may miss 0 and 1 by rounding.
    if not 1e-9 < own.mean < 1 - 1e-9:
        # No example differs from another, so none says how far off the share may be.
        num_examples = max(1, round(own.df + 1))
        return estimate(
            round(own.mean), *exact_interval(round(own.mean) * num_examples, num_examples)
        )
    found = mean_of(own)
    low, high = found.share_interval()
    if task.is_multi:
        # What is no share of examples may lie far nearer to 1 than one example is worth: there
        # the even interval on the log odds reaches down to nothing.
        low = max(low, found.value - found.half_width())
    return estimate(found.value, low, high)


def paired_difference(
    own: dict[str, Parts], others: dict[str, Parts], error: float, task: Task, *, is_judged: bool
) -> dict[str, Any]:
    """By how much more one arm has than another: of the first metric, and of the others.

    More of the first is better; of an error in another one it is worse.
    """
    found = {name: difference_of(own[name], others[name]) for name in own}
    first, *rest = found
    most = None if task.is_number else 1.0
    return {
        **_as_json(found[first], error, most),
        # Of the intervals: 0.95, or more where a comparison may be looked at again.
        "level": 1 - error,
        "is_judged": is_judged,
        "is_clear": is_judged and found[first].p < error,
        **{name: _as_json(found[name], error, most) for name in rest},
    }


def _as_json(found: Estimate, error: float, most: float | None) -> dict[str, float]:
    half = _finite(found.half_width(error), found.value)
    low, high = found.value - half, found.value + half
    if most is not None:
        low, high = max(-most, low), min(most, high)
    return {"value": found.value, "low": low, "high": high, "p": found.p}


def _finite(half: float, value: float) -> float:
    """Half of an interval as JSON can hold it; in whatever unit the numbers are, it is theirs."""
    return half if math.isfinite(half) else _UNKNOWN * max(1.0, abs(value))
