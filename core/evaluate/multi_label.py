"""How good a multi-label classifier is on held-out examples: the numbers of one arm and seed.

Mean average precision asks how well each label ranks the examples, whatever the thresholds; micro-
and macro-F1 ask what is said at the thresholds (Manning et al. 2008, sections 8.4 and 13.6).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.intervals import bootstrap_interval, estimate, exact_interval
from core.evaluate.precision import Floats, RankedTag
from core.readers.reliability import CALIBRATION_BINS

Shares = NDArray[np.floating[Any]]
Tags = NDArray[np.integer[Any]] | NDArray[np.bool_] | NDArray[np.floating[Any]]


def evaluate_tags(
    probabilities: Shares,
    targets: Tags,
    thresholds: Shares,
    classes: Sequence[str],
    *,
    seed: int = 0,
    num_resamples: int = 1000,
) -> dict[str, Any]:
    """Everything about one classifier on one set of examples, ready for JSON.

    Means over the labels are over those that apply to an example here: what another one would get
    is unknown, not 0.

    Args:
        probabilities: (N, C) finite, of each label by itself; N at least 1.
        targets: (N, C) 1 where a label applies.
        thresholds: (C,) a label is said from there on.
        classes: The C names.
        seed: Seed of the bootstrap.
        num_resamples: How often to resample the examples.

    Returns:
        `num_images`, `classes`; `mean_average_precision`, `micro_f1`, `macro_f1`, each with `value`
        and the `low` and `high` ends of its 95 % interval; `calibration_error` (expected
        calibration error of single labels); `per_class`.
    """
    num_examples = len(probabilities)
    assert probabilities.shape == targets.shape
    assert num_examples > 0
    assert np.isfinite(probabilities).all()
    found = _Counted(probabilities, targets.astype(bool), thresholds)
    values = found.values(np.ones((1, num_examples)))[:, 0]
    low, high = _intervals(found, num_examples, seed, num_resamples)
    names = ("mean_average_precision", "micro_f1", "macro_f1")
    estimates = {}
    for place, name in enumerate(names):
        ends = (float(low[place]), float(high[place]))
        if values[place] in {0.0, 1.0}:
            # Resampling can't vary it: a perfect score on ten does not prove perfection.
            ends = exact_interval(round(values[place]) * num_examples, num_examples)
        estimates[name] = estimate(float(values[place]), *ends)
    return {
        "num_images": num_examples,
        "classes": list(classes),
        **estimates,
        "calibration_error": _calibration_error(probabilities, targets),
        "per_class": found.per_class(classes),
    }


def tag_scores(probabilities: Shares, targets: Tags, thresholds: Shares) -> Floats:
    """(3, N) what each example says of mean average precision, micro-F1 and macro-F1.

    Their means are the three numbers, and their variance divided by N is that of the numbers, as
    with `core.evaluate.metrics.example_scores`: each number plus the example's influence on it. Of
    a label with n positive examples the influence is made larger by the root of n / (n - 1).
    """
    return _Counted(probabilities, targets.astype(bool), thresholds).scores()


def mean_average_precision(probabilities: Shares, targets: Tags) -> float:
    """Mean over the labels that apply to an example here; 0 where none does."""
    half = np.full(probabilities.shape[1], 0.5)
    found = _Counted(probabilities, targets.astype(bool), half)
    return float(found.values(np.ones((1, len(probabilities))))[0, 0])


def first_is_right(probabilities: Shares, targets: Tags) -> NDArray[np.bool_]:
    """(N,) whether the likeliest label applies; where none applies, whether none is likely."""
    rows = np.arange(len(targets))
    is_right = targets.astype(bool)[rows, probabilities.argmax(axis=1)]
    is_none = ~targets.astype(bool).any(axis=1)
    found: NDArray[np.bool_] = np.where(is_none, probabilities.max(axis=1) < 0.5, is_right)
    return found


class _Counted:
    """What is right and wrong of each label and example."""

    def __init__(
        self, probabilities: Shares, targets: NDArray[np.bool_], thresholds: Shares
    ) -> None:
        said = probabilities.astype(np.float64) >= np.asarray(thresholds, dtype=np.float64)
        self._targets, self._said, self._thresholds = targets, said, thresholds
        self._present = np.flatnonzero(targets.any(axis=0))
        self._ranked = [RankedTag(probabilities[:, c], targets[:, c]) for c in self._present]
        # F1 is the first, summed, over the second, summed.
        self._right = 2.0 * (said & targets)
        self._both = said.astype(np.float64) + targets

    def values(self, weights: Shares) -> Floats:
        """(3, R) the numbers for (R, N) weights of the examples."""
        right, both = weights @ self._right, weights @ self._both
        micro = right.sum(axis=1) / np.maximum(both.sum(axis=1), 1e-12)
        positive = weights @ self._targets.astype(np.float64)
        is_there = positive[:, self._present] > 0
        f1 = (right / np.maximum(both, 1e-12))[:, self._present]
        precision = np.zeros((len(self._present), len(weights)))
        for place, tag in enumerate(self._ranked):
            precision[place] = np.nan_to_num(tag.average_precision(weights))
        number = np.maximum(is_there.sum(axis=1), 1)
        mean = np.where(is_there, precision.T, 0.0).sum(axis=1) / number
        macro = np.where(is_there, f1, 0.0).sum(axis=1) / number
        return np.stack([mean, micro, macro])

    def scores(self) -> Floats:
        """See `tag_scores`."""
        number = len(self._targets)
        values = self.values(np.ones((1, number)))[:, 0]
        influences = np.zeros((3, number))
        both = self._both.sum()
        if both:
            micro = self._right.sum(axis=1) - values[1] * self._both.sum(axis=1)
            influences[1] = number * micro / both
        for tag, c in zip(self._ranked, self._present, strict=True):
            positive = self._targets[:, c].sum()
            wider = np.sqrt(positive / max(positive - 1, 1)) / len(self._present)
            influences[0] += wider * number * tag.influences()[1]
            right, own = self._right[:, c], self._both[:, c]
            f1 = right.sum() / own.sum()
            influences[2] += wider * number * (right - f1 * own) / own.sum()
        influences -= influences.mean(axis=1, keepdims=True)
        found: Floats = values[:, None] + influences
        return found

    def per_class(self, classes: Sequence[str]) -> list[dict[str, Any]]:
        """One row per label; null where a number is not defined."""
        one = np.ones((1, len(self._targets)))
        precisions = {
            int(c): float(tag.average_precision(one)[0])
            for c, tag in zip(self._present, self._ranked, strict=True)
        }
        rows = []
        for c, name in enumerate(classes):
            right = float(self._right[:, c].sum()) / 2
            support, said = int(self._targets[:, c].sum()), int(self._said[:, c].sum())
            rows.append(
                {
                    "class": name,
                    "support": support,
                    "average_precision": precisions.get(c),
                    "precision": right / said if said else None,
                    "recall": right / support if support else None,
                    "f1": 2 * right / (said + support) if support else None,
                    "threshold": float(self._thresholds[c]),
                }
            )
        return rows


def _intervals(
    found: _Counted, num_examples: int, seed: int, num_resamples: int
) -> tuple[Floats, Floats]:
    if num_examples < 2:
        return np.zeros(3), np.ones(3)

    def statistic(examples: NDArray[np.int64], axis: int = -1) -> Floats:
        del axis
        rows = examples.reshape(-1, num_examples)
        first = num_examples * np.arange(len(rows))[:, None]
        counts = np.bincount((rows + first).ravel(), minlength=rows.size).reshape(rows.shape)
        return found.values(counts.astype(np.float64)).reshape(3, *examples.shape[:-1])

    return bootstrap_interval(num_examples, statistic, seed=seed, num_resamples=num_resamples)


def _calibration_error(probabilities: Shares, targets: Tags) -> float:
    # Late: the package imports all of its metrics, image and text models included.
    import torch
    from torchmetrics.functional.classification import binary_calibration_error

    error = binary_calibration_error(
        torch.from_numpy(probabilities.astype(np.float32).ravel()),
        torch.from_numpy(targets.astype(np.int64).ravel()),
        n_bins=CALIBRATION_BINS,
        norm="l1",
    )
    return float(error)
