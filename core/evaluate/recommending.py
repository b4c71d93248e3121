"""The choice of a classifier on validation examples.

The rule of one standard error (Breiman et al. 1984, Classification and Regression Trees, section
3.4.3): of all classifiers that are within one standard error of the most accurate, the simplest.
The error is that of the paired difference, of the examples and, where there are several, the seeds.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.evaluate.components import Clusters, difference_of, take_apart
from core.readers.recommendation import Recommendation, by_validation
from core.recipe.arms import SIMPLEST_FIRST
from core.recipe.tasks import SINGLE, TASKS, Task


def recommend_by_validation(
    scores: Mapping[str, Sequence[NDArray[Any]]],
    what: str,
    *,
    clusters: Clusters | None = None,
    task: Task = TASKS[SINGLE],
    chosen_on: Literal["validation", "held out"] = "validation",
) -> Recommendation | None:
    """The classifier to start from; None without one.

    Args:
        scores: Per classifier, per seed, (N,) what each of the same N validation examples says of
            the task's first metric: of one label whether it is right.
        what: One example: `image` or `text`.
        clusters: (N,) which examples belong together; None: none do.
        task: What they are asked.
        chosen_on: Which examples these are: of the validation part, or training examples that
            none of the classifiers, or one trained alike, had learned.
    """
    known = [arm for arm in SIMPLEST_FIRST if arm in scores]
    if not known:
        return None
    parts = {
        arm: take_apart(
            np.stack(list(scores[arm])).astype(np.float64), clusters, are_shares=not task.is_number
        )
        for arm in known
    }
    # Of equal ones the simplest.
    best = max(known, key=lambda arm: parts[arm].mean)

    def is_near(arm: str) -> bool:
        found = difference_of(parts[best], parts[arm])
        variance = max(found.examples, found.examples - found.shared + found.seeds)
        return bool(found.value <= math.sqrt(variance))

    chosen = next(arm for arm in known if arm == best or is_near(arm))
    number = parts[best].num_examples
    return by_validation(
        *(chosen, parts[chosen].mean, best, parts[best].mean, number, what),
        task=task,
        chosen_on=chosen_on,
    )
