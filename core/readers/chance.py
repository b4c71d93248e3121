"""What an accuracy has to be measured against: always saying the most frequent class."""

from dataclasses import dataclass

import numpy as np

from core.readers.outcome import RunOutcome


@dataclass(frozen=True)
class Majority:
    """The most frequent class of the test examples.

    Attributes:
        name: The class; the first of several.
        share: Of the test examples, which is how often saying nothing else is right.
    """

    name: str
    share: float

    @property
    def words(self) -> str:
        """`always saying anger: 39.3 %`."""
        return f"always saying {self.name}: {100 * self.share:.1f} %"


def majority_of(outcome: RunOutcome) -> Majority | None:
    """The most frequent class of a run's test examples; None where nothing was tested."""
    for row in outcome.rows:
        for seed in row.seeds:
            counts = seed.matrix.sum(axis=1)
            if counts.sum():
                most = int(np.argmax(counts))
                return Majority(outcome.classes[most], float(counts[most] / counts.sum()))
    return None


def against_chance(outcome: RunOutcome) -> str:
    """How the best row compares with always saying the same, a sentence; empty where untested.

    A row counts as better when its whole interval lies above.
    """
    majority = majority_of(outcome)
    if majority is None:
        return ""
    best = max(outcome.rows, key=lambda row: row.accuracy.value)
    if best.accuracy.value <= majority.share:
        return f"No better than {majority.words}."
    if best.accuracy.low <= majority.share:
        return f"Hardly better than {majority.words}."
    return f"For comparison, {majority.words}."
