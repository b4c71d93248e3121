"""Rows of numbers with a step each: the compact form of what a stage reported."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_LEAST_ROOM = 256


class Table:
    """Grows at its end, and can be cut back.

    Columns lie one after another in memory, because curves are drawn column by column.

    Attributes:
        cuts: How often rows were taken back; whoever keeps sums of them begins anew then.
    """

    def __init__(self, columns: tuple[str, ...], rows: Array | None = None) -> None:
        self.columns = columns
        self.cuts = 0
        self._count = 0
        self._values = np.empty((1 + len(columns), 0))
        if rows is not None:
            # With room to grow, so that the next row copies nothing.
            self._reserve(len(rows) + len(rows) // 4 + _LEAST_ROOM)
            self._values[:, : len(rows)] = rows.T
            self._count = len(rows)

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> Array:
        """(N, 1 + columns): the step, then the columns; nan where there is no value."""
        return self._values[:, : self._count].T

    @property
    def steps(self) -> Array:
        """(N,) steps, rising."""
        return self._values[0, : self._count]

    def column(self, name: str) -> Array:
        """(N,) values."""
        return self._values[1 + self.columns.index(name), : self._count]

    def append(self, step: int, values: Mapping[str, float | None]) -> None:
        """Add a row; a step that is not after the last one takes its place."""
        if self._count and step <= self._values[0, self._count - 1]:
            self.cut(step - 1)
        if self._count == self._values.shape[1]:
            self._reserve(max(_LEAST_ROOM, 2 * self._count))
        found = [values.get(name) for name in self.columns]
        self._values[:, self._count] = [step, *(np.nan if v is None else v for v in found)]
        self._count += 1

    def cut(self, step: int) -> None:
        """Forget everything after `step`: it is done again."""
        kept = int(np.searchsorted(self.steps, step, side="right"))
        if kept < self._count:
            self._count = kept
            self.cuts += 1

    def _reserve(self, room: int) -> None:
        values = np.empty((self._values.shape[0], room))
        values[:, : self._count] = self._values[:, : self._count]
        self._values = values
