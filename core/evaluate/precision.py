"""Average precision, of weighted examples and of each example's part in it.

The area under the steps of the precision-recall curve, as scikit-learn has it: the mean over the
positive examples of the precision at their score, equal scores taken together.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class RankedTag:
    """One label's examples in the order of their scores; at least one is positive.

    Args:
        scores: (N,) the higher, the surer.
        is_positive: (N,) whether the label applies.
    """

    def __init__(self, scores: NDArray[np.floating[Any]], is_positive: NDArray[np.bool_]) -> None:
        self._order = np.argsort(-scores, kind="stable")
        ranked = scores[self._order]
        self._positive = is_positive[self._order].astype(np.float64)
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        ends = np.r_[starts[1:], len(ranked)] - 1
        group = np.cumsum(np.r_[True, ranked[1:] != ranked[:-1]]) - 1
        # Of those with equal scores the last one knows how many are above.
        self._start, self._end = starts[group], ends[group]

    def average_precision(self, weights: NDArray[np.floating[Any]]) -> Floats:
        """(R,) of (R, N) weights of the examples; NaN where no positive one has weight."""
        ranked = weights[:, self._order].astype(np.float64)
        positive = ranked * self._positive
        above = np.cumsum(ranked, axis=1)[:, self._end]
        found = np.cumsum(positive, axis=1)[:, self._end]
        precision = found / np.maximum(above, 1e-12)
        total = positive.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Floats = (positive * precision).sum(axis=1) / total
        return result

    def influences(self) -> tuple[float, Floats]:
        """The average precision, and (N,) its derivative by each example's weight at weight 1."""
        y = self._positive
        total = y.sum()
        above = self._end + 1.0
        precision = np.cumsum(y)[self._end] / above
        value = float((y * precision).sum() / total)
        # From each place on, over those that rank no higher.
        of_one = np.cumsum((y / above)[::-1])[::-1][self._start]
        of_precision = np.cumsum((y * precision / above)[::-1])[::-1][self._start]
        ranked = (y * precision + y * of_one - of_precision - value * y) / total
        influences = np.empty_like(ranked)
        influences[self._order] = ranked
        return value, influences
