"""Any number of labels for each point of a map, one point after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import displayed


@dataclass(frozen=True, eq=False)
class Tags:
    """Labels of N points.

    Attributes:
        of: (T,) indices into the classes: those of all points.
        ends: (N,) where those of each point end.
    """

    of: NDArray[np.int32]
    ends: NDArray[np.int64]

    @classmethod
    def of_lists(cls, lists: Iterable[Sequence[int]]) -> "Tags":
        """Of a list of indices for each point."""
        found = list(lists)
        ends = np.cumsum([len(each) for each in found], dtype=np.int64)
        return cls(np.array([tag for each in found for tag in each], np.int32), ends)

    @classmethod
    def of_flags(cls, flags: NDArray[np.bool_]) -> "Tags":
        """Of (N, C) whether each class applies."""
        return cls(np.nonzero(flags)[1].astype(np.int32), flags.sum(axis=1).cumsum())

    @property
    def counts(self) -> NDArray[np.int64]:
        """(N,) how many labels each point has."""
        return np.diff(self.ends, prepend=0)

    @property
    def points(self) -> NDArray[np.int64]:
        """(T,) the point that each label is of."""
        return np.repeat(np.arange(len(self.ends)), self.counts)

    def at(self, row: int) -> NDArray[np.int32]:
        """The labels of a point."""
        start = int(self.ends[row - 1]) if row else 0
        return self.of[start : int(self.ends[row])]

    def names(self, row: int, classes: Sequence[str]) -> list[str]:
        """The same as they can be printed."""
        return [displayed(classes[int(tag)]) for tag in self.at(row)]

    def has(self, tag: int) -> NDArray[np.bool_]:
        """(N,) which points have a label."""
        found = np.zeros(len(self.ends), np.bool_)
        found[self.points[self.of == tag]] = True
        return found

    def same_as(self, other: "Tags") -> NDArray[np.bool_]:
        """(N,) which points have the same labels in both."""
        width = 1 + max(int(self.of.max(initial=0)), int(other.of.max(initial=0)))
        mine, theirs = (each.points * width + each.of for each in (self, other))
        found = np.ones(len(self.ends), np.bool_)
        found[np.setxor1d(mine, theirs) // width] = False
        return found
