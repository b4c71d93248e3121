"""Whether a classifier is as often right as it says: answers in bins of how sure they are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Of equal width, from 0 to 1; the calibration error is a mean over the same ones.
CALIBRATION_BINS = 15


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers that are about as sure.

    Attributes:
        low, high: Ends of the bin.
        count: How many answers are in it.
        said: Their mean probability.
        right: The share of them that is right.
    """

    low: float
    high: float
    count: int
    said: float
    right: float


def reliability(
    confidence: NDArray[np.floating[Any]], is_right: NDArray[np.bool_]
) -> list[ReliabilityBin]:
    """The bins that have answers (DeGroot & Fienberg 1983; Guo et al. 2017, section 2).

    Args:
        confidence: (N,) probabilities of what was answered.
        is_right: (N,) whether it was.
    """
    ends = np.linspace(0, 1, CALIBRATION_BINS + 1)
    # The upper end belongs to a bin.
    places = np.clip(np.searchsorted(ends, confidence, side="left") - 1, 0, CALIBRATION_BINS - 1)
    found = []
    for number in range(CALIBRATION_BINS):
        inside = places == number
        if count := int(inside.sum()):
            said, right = float(confidence[inside].mean()), float(is_right[inside].mean())
            low, high = float(ends[number]), float(ends[number + 1])
            found.append(ReliabilityBin(low, high, count, said, right))
    return found


def calibration_error(bins: list[ReliabilityBin]) -> float:
    """Expected calibration error: how far said and right are apart, mean over the answers."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.said - each.right) for each in bins) / max(1, total)


def before_temperature(
    probabilities: NDArray[np.floating[Any]], temperature: float
) -> NDArray[np.float64]:
    """(N, C) probabilities as they were before their logits were divided by a temperature."""
    logs = temperature * np.log(np.maximum(probabilities.astype(np.float64), 1e-37))
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    whole: NDArray[np.float64] = shares / shares.sum(axis=1, keepdims=True)
    return whole
