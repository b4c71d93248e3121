"""A number of the results with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.readers.judgement import level_in_words


@dataclass(frozen=True)
class ScoreEstimate:
    """A number with its interval.

    Attributes:
        value: The number.
        low: Lower end.
        high: Upper end.
        p_holm: Of a difference among several, its p-value after Holm's correction; else None.
        level: How often such intervals hold it, in words: `95 %`; of a difference that may be
            looked at again, more.
    """

    value: float
    low: float
    high: float
    p_holm: float | None = None
    level: str = level_in_words({})

    @property
    def half_width(self) -> float:
        """The number after ±; the interval need not be symmetric."""
        return (self.high - self.low) / 2


def read_estimate(values: Mapping[str, Any]) -> ScoreEstimate:
    """A number as it stands in `results.json`."""
    value, low, high = (float(values[key]) for key in ("value", "low", "high"))
    p_holm = values.get("p_holm")
    p_holm = None if p_holm is None else float(p_holm)
    return ScoreEstimate(value, low, high, p_holm, level_in_words(values))
