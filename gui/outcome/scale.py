"""The scale of an axis: where a value lies, and at which values to put a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MARKS = 6


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`, in equal steps or in equal ratios."""

    low: float
    high: float
    log: bool = False

    @classmethod
    def over(
        cls,
        arrays: Sequence[NDArray[np.float64]],
        *,
        log: bool = False,
        margin: float = 0.0,
        least_span: float = 0.0,
    ) -> "Scale":
        """The scale that holds all these values, with some room below and above.

        Args:
            arrays: The values.
            log: In equal ratios.
            margin: Room at each end, in shares of what the values span.
            least_span: So much is shown at least: noise that fills an axis looks like a triumph.
        """
        values = np.concatenate(arrays) if arrays else np.zeros(0)
        values = values[values > 0] if log else values
        if not len(values):
            return cls(0.1, 1.0, True) if log else cls(0.0, 1.0)
        low, high = float(values.min()), float(values.max())
        if log:
            room = (high / low) ** margin if high > low else 1.5
            return cls(low / room, high * room, True)
        room = (high - low) * margin if high > low else max(abs(high) * 0.1, 0.05)
        room = max(room, (least_span - (high - low)) / 2)
        return cls(low - room, high + room)

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high one."""
        return float(self.shares(np.asarray([value], dtype=np.float64))[0])

    def shares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values lie."""
        low, high = self.low, self.high
        if self.log:
            values = np.log(np.maximum(values, low))
            low, high = float(np.log(low)), float(np.log(high))
        shares: NDArray[np.float64] = (values - low) / (high - low)
        return shares

    def value(self, share: float) -> float:
        """The value at a place."""
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + (self.high - self.low) * share

    def ticks(self) -> list[float]:
        """Round values for marks."""
        if self.log:
            found = self._decades()
            if len(found) >= 2:
                return found
        rough = (self.high - self.low) / _MARKS
        power = 10.0 ** np.floor(np.log10(rough))
        step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough)
        first = np.ceil(self.low / step)
        last = np.floor(self.high / step + 1e-9)
        return [float(round(number * step, 12)) for number in np.arange(first, last + 1)]

    def _decades(self) -> list[float]:
        powers = range(int(np.floor(np.log10(self.low))), int(np.ceil(np.log10(self.high))) + 1)
        marks = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
        return [mark for mark in marks if self.low <= mark <= self.high]
