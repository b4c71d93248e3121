"""What predicted numbers are off by, in the unit of the labels: for people who know that unit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.regression import metrics_of
from core.recipe.arms import BASE, DISTILLED, phrase_of
from core.recipe.tasks import REGRESSION, TASKS, in_digits
from core.run.scale import Scale

_FIRST, _ERROR, _ = TASKS[REGRESSION].metrics


def errors_in_words(arms: Mapping[str, Any]) -> list[str]:
    """How far off the arm that the run is about is on average, and the base; of numbers alone."""
    if not all(_ERROR.key in row for row in arms.values()):
        return []
    others = [arm for arm in arms if arm != BASE]
    subject = DISTILLED if DISTILLED in arms else (others or [BASE])[-1]
    own = arms[subject]
    low, high = (_ERROR.number(own["intervals"][_ERROR.key][end]) for end in ("low", "high"))
    off = f"{_ERROR.number(own[_ERROR.key])} on average (95 % interval {low} to {high})"
    beside = ""
    if subject != BASE and BASE in arms:
        beside = f", those of {phrase_of(BASE)} by {_ERROR.number(arms[BASE][_ERROR.key])}"
    spread = in_digits(float(own["seeds"][0]["spread"]))
    words = (
        f"Predictions of {phrase_of(subject)} are off by {off}{beside}; the true numbers spread by "
        f"{spread} (standard deviation)."
    )
    return [words]


def constants(targets: NDArray[np.floating[Any]], scale: Scale) -> dict[str, Any]:
    """What always saying the mean, or the median, of the training labels is worth.

    Args:
        targets: (N,) true numbers of held-out examples.
        scale: Of the training labels.

    Returns:
        By `mean` and `median`, the number `said` and its metrics; `words` for the mean.
    """
    found: dict[str, Any] = {}
    for name, said in (("mean", scale.mean), ("median", scale.median)):
        found[name] = {"said": said, **metrics_of(np.full(len(targets), said), targets)}
    mean = found["mean"]
    words = (
        f"always saying the mean of the training labels, {in_digits(scale.mean)}: "
        f"{_FIRST.shown(mean[_FIRST.key])}, off by {_ERROR.number(mean[_ERROR.key])} on average "
        f"(their median, {in_digits(scale.median)}: by "
        f"{_ERROR.number(found['median'][_ERROR.key])})"
    )
    return {**found, "words": words}
