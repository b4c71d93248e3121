"""Of two classes: what every threshold on the probability would give, as curves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ThresholdCurve:
    """One curve, and one number for all of it.

    Attributes:
        x, y: (N,) each, from the strictest threshold to the loosest.
        area: Of the area below it: of a ROC curve how often a positive example gets a higher
            probability than a negative one; of precision over recall the average precision.
    """

    x: Array
    y: Array
    area: float


def roc(scores: NDArray[np.floating[Any]], positive: NDArray[np.bool_]) -> ThresholdCurve:
    """True positives over false positives, both as shares (Fawcett 2006).

    Args:
        scores: (N,) probabilities of the positive class.
        positive: (N,) which examples are of it; some are, and some are not.
    """
    hits, falses = _counts(scores, positive)
    y = np.concatenate([[0.0], hits / hits[-1]])
    x = np.concatenate([[0.0], falses / falses[-1]])
    area = float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum())
    return ThresholdCurve(x, y, area)


def precision_recall(
    scores: NDArray[np.floating[Any]], positive: NDArray[np.bool_]
) -> ThresholdCurve:
    """Precision over recall.

    Its area is a sum of steps: a line between points would lie too high (Davis & Goadrich 2006).
    """
    hits, falses = _counts(scores, positive)
    recall, precision = hits / hits[-1], hits / (hits + falses)
    gained = np.diff(np.concatenate([[0.0], recall]))
    return ThresholdCurve(recall, precision, float((gained * precision).sum()))


def _counts(scores: NDArray[np.floating[Any]], positive: NDArray[np.bool_]) -> tuple[Array, Array]:
    """How many positive and negative examples lie at or above each score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    ordered, is_positive = scores[order], positive[order]
    # Of equal scores only the last one: no threshold lies between them.
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    hits = np.cumsum(is_positive)[last].astype(np.float64)
    return hits, (last + 1) - hits
