"""Where the numbers lie that a model predicts: it is trained on them in standard deviations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scale:
    """Of the training labels, in their unit.

    Attributes:
        mean: Of them; a model's output 0.
        spread: Their standard deviation; a model's output 1.
        median: Of them.
    """

    mean: float = 0.0
    spread: float = 1.0
    median: float = 0.0

    @classmethod
    def of(cls, numbers: NDArray[np.floating[Any]]) -> Self:
        """That of (N,) labels; of none, or of equal ones, a spread of 1."""
        if not len(numbers):
            return cls()
        exact = numbers.astype(np.float64)
        return cls(float(exact.mean()), float(exact.std()) or 1.0, float(np.median(exact)))

    def to_json(self) -> dict[str, float]:
        """As it stands in files."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        found = cls(*(float(values[key]) for key in ("mean", "spread", "median")))
        if not found.spread > 0:
            raise ValueError(f"a spread of {found.spread:g}")
        return found


# Where nothing is known: numbers as they are.
STANDARD = Scale()
