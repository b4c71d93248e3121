"""Which answers are sure enough to be learned from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def least_confidence(confidence: Floats, is_right: NDArray[np.bool_], precision: float) -> float:
    """How sure an answer has to be, by validation examples; above 1 where no certainty is enough.

    It is the lowest confidence at which, of all answers that are at least so sure, the wanted share
    is right.

    Args:
        confidence: (N,) the largest probability of each validation example, N at least 1.
        is_right: (N,) whether the answer is.
        precision: The share that is to be right, above 0 to 1.
    """
    order = np.argsort(-confidence, kind="stable")
    sure, right = confidence[order], is_right[order]
    share = np.cumsum(right) / np.arange(1, len(right) + 1)
    # Of equally sure ones all are taken or none: only the last of them is a place to cut.
    is_cut = np.append(sure[1:] < sure[:-1], np.True_)
    enough = np.flatnonzero(is_cut & (share >= precision))
    return float(sure[enough[-1]]) if len(enough) else 2.0


def surest(confidence: Floats, share: float) -> float:
    """How sure an answer has to be for a share of them to be taken, the surest first."""
    if not len(confidence):
        return 2.0
    number = max(1, round(share * len(confidence)))
    return float(np.sort(confidence)[::-1][number - 1])
