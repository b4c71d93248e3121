"""Ranges of the numbers that examples are labeled with: to count them, and to look through them."""

import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Self

from core.data.manifest import Manifest
from core.data.splits import SPLIT_ORDER

_MOST: Final = 10
_TO: Final = " to "
# Steps that people count by.
_STEPS: Final = tuple(map(Decimal, ("1", "2", "2.5", "5", "10")))
# Digits of the widest float, and of the smallest one beside it, are far more than a label has.
_PRECISION: Final = 700
# Powers of ten that are written out.
_SHORT: Final = (-9, 15)


@dataclass(frozen=True)
class NumberRanges:
    """Ranges of equal width, each with its lower end and without its upper one.

    Their ends are decimals: what their names say is what they are, however large or near each
    other the numbers are.

    Attributes:
        ends: Ascending; one more than there are ranges.
    """

    ends: tuple[Decimal, ...]

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """Those of the labeled examples; none without any."""
        return cls.over([float(example.label or 0) for example in manifest.labeled])

    @classmethod
    def over(cls, numbers: Sequence[float]) -> Self:
        """At most ten or so, on round numbers, that hold all of these."""
        if not numbers:
            return cls(())
        with localcontext(prec=_PRECISION):
            least, most = (Decimal(repr(found)) for found in (min(numbers), max(numbers)))
            rough = (most - least) / _MOST or abs(most) or Decimal(1)
            power = Decimal(10) ** rough.adjusted()
            step = next(each * power for each in _STEPS if each * power >= rough)
            first = (least / step).to_integral_value(ROUND_FLOOR)
            # The largest number lies within the last one.
            number = int((most / step).to_integral_value(ROUND_FLOOR) - first) + 1
            return cls(tuple((first + at) * step for at in range(number + 1)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """`10 to 15`."""
        shown = [_spelled(end) for end in self.ends]
        return tuple(f"{low}{_TO}{high}" for low, high in pairwise(shown))

    @property
    def index(self) -> Mapping[str, int]:
        """The place of each by its name."""
        return {name: at for at, name in enumerate(self.names)}

    def tags_of(self, label: str) -> tuple[str]:
        """The range that a label is in."""
        at = bisect.bisect_right(self.ends, Decimal(label)) - 1
        return (self.names[max(0, min(at, len(self.ends) - 2))],)

    def counted(self, manifest: Manifest) -> list[dict[str, Any]]:
        """How many labeled examples of each split are in each range."""
        counts = Counter(
            (*self.tags_of(example.label), example.split)
            for example in manifest.labeled
            if example.label is not None
        )
        return [
            {"name": name, **{split: counts[name, split] for split in SPLIT_ORDER}}
            for name in self.names
        ]


def holds(name: str, label: str | None) -> bool:
    """Whether a label is in the range of that name."""
    if label is None:
        return False
    low, high = (Decimal(end.replace(",", "")) for end in name.split(_TO))
    return low <= Decimal(label) < high


def _spelled(end: Decimal) -> str:
    """As it is, to the last digit."""
    plain = end.normalize()
    return f"{plain:,f}" if _SHORT[0] <= plain.adjusted() < _SHORT[1] else f"{plain:e}"
