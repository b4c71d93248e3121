"""Which labels on a map are to doubt, judged by the features that lay it out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import Example, Manifest
from core.labeling.suspects import judged, splits_to_judge


def suggested_of(
    whole: Manifest,
    listed: Sequence[Example],
    labels: NDArray[np.int32],
    features: np.ndarray,
    seed: int,
) -> NDArray[np.int32]:
    """(N,) the class that a suspected label should be; -1 for all others, and for test labels.

    Args:
        whole: The manifest.
        listed: The N points.
        labels: (N,) their classes; -1 for none.
        features: (N, D) of the frozen encoder.
        seed: Of the folds.
    """
    found = np.full(len(listed), -1, np.int32)
    if whole.task.lacks.get("label-work"):
        return found
    splits = splits_to_judge(with_test=False)
    rows = np.array(
        [
            row
            for row, each in enumerate(listed)
            if labels[row] >= 0
            and each.split in splits
            and (each.root, each.path) not in whole.left_out
        ],
        dtype=np.intp,
    )
    targets = labels[rows].astype(np.int64)
    if len(np.unique(targets)) < 2:
        return found
    told = judged(whole, [listed[row] for row in rows], features[rows], targets, seed)
    if told is None:
        return found
    found[rows[told.rows]] = told.likelier[told.rows]
    return found
