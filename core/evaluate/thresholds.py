"""From which probability on a label is said: chosen on validation examples.

Each label has the threshold with the best F1 on them. A label that applies to few of them would
follow their chance (Yang 2001, A study on thresholding strategies for text categorization): it has
the one threshold that is best for all labels together.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# Positive validation examples from which on a label has a threshold of its own.
ENOUGH: Final = 10
USUAL: Final = 0.5
_LEAST: Final = 1e-4


def chosen_thresholds(
    probabilities: NDArray[np.floating[Any]], targets: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """(C,) thresholds; one half for all where no label applies to any example.

    Args:
        probabilities: (N, C) finite, of validation examples.
        targets: (N, C) 1 where a label applies.
    """
    applies = targets.astype(bool)
    found = np.full(probabilities.shape[1], USUAL)
    if not applies.any():
        return found
    found[:] = _best(probabilities.ravel(), applies.ravel())
    for c in np.flatnonzero(applies.sum(axis=0) >= ENOUGH):
        found[c] = _best(probabilities[:, c], applies[:, c])
    return found


def _best(scores: NDArray[np.floating[Any]], applies: NDArray[np.bool_]) -> float:
    """The threshold with the best F1, in the middle between two scores."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order].astype(np.float64)
    right = np.cumsum(applies[order])
    f1 = 2 * right / (np.arange(1, len(ranked) + 1) + right[-1])
    # Equal scores are on one side.
    f1[np.flatnonzero(ranked[1:] == ranked[:-1])] = -1.0
    place = int(f1.argmax())
    below = ranked[place + 1] if place + 1 < len(ranked) else 0.0
    return float(np.clip((ranked[place] + below) / 2, _LEAST, 1 - _LEAST))
