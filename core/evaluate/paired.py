"""An arm's metrics with both chances: its numbers by metric, their intervals, and differences."""

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
from core.recipe.tasks import Task


def per_pretraining(
    arm: str, tables: Sequence[NDArray[np.floating[Any]]], number: int
) -> Sequence[NDArray[np.floating[Any]]]:
    """The scores of an arm by pre-training, where that was repeated and has a part in it."""
    if number < 2 or arm not in ARMS or not ARMS[arm].start:
        return tables
    return [np.mean(tables[first::number], axis=0) for first in range(min(number, len(tables)))]


def parts_of(
    tables: Sequence[NDArray[np.floating[Any]]], clusters: Clusters | None, metrics: Sequence[str]
) -> dict[str, Parts]:
    """By metric, the first one first."""
    stacked = np.stack(tables)
    return {name: take_apart(stacked[:, i], clusters) for i, name in enumerate(metrics)}


def interval_of(own: Parts, task: Task) -> dict[str, float]:
    """The mean with its 95 % interval, ready for JSON."""
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
    own: dict[str, Parts], others: dict[str, Parts], error: float, *, is_judged: bool
) -> dict[str, Any]:
    """By how much one arm is better than another: of the first metric, and of the others."""
    found = {name: difference_of(own[name], others[name]) for name in own}
    first, *rest = found
    return {
        **_as_json(found[first], error),
        "is_judged": is_judged,
        "is_clear": is_judged and found[first].p < error,
        **{name: _as_json(found[name], error) for name in rest},
    }


def _as_json(found: Estimate, error: float) -> dict[str, float]:
    half = found.half_width(error)
    low, high = found.value - half, found.value + half
    return {"value": found.value, "low": max(-1.0, low), "high": min(1.0, high), "p": found.p}
