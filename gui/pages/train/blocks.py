"""Blocks of rows: what is needed to draw a long stage without touching all of it."""

import numpy as np
from numpy.typing import NDArray

from core.readers.history_table import Table
from gui.pages.train.decimate import extremes, means

Array = NDArray[np.float64]
BLOCK = 64
# Rows taken in at a time: more would hold up the window.
_MOST_AT_ONCE = 1 << 18


class Blocks:
    """Extremes and means of whole blocks of a column, extended as the table grows.

    Attributes:
        x, y: Two points per block, its least and its greatest value.
        last_x, mean: The last step of each block and the mean of its values.
    """

    def __init__(self) -> None:
        self._cuts = 0
        self.x, self.y = np.empty(0), np.empty(0)
        self.last_x, self.mean = np.empty(0), np.empty(0)

    @property
    def rows(self) -> int:
        """How many rows are in the blocks."""
        return BLOCK * len(self.mean)

    def extend(self, table: Table, column: str) -> bool:
        """Take in new rows, not too many at once; returns whether that were all."""
        if table.cuts != self._cuts:
            self._cuts = table.cuts
            self.x, self.y, self.last_x, self.mean = (np.empty(0) for _ in range(4))
        whole = len(table) // BLOCK * BLOCK
        last = min(whole, self.rows + _MOST_AT_ONCE)
        if last > self.rows:
            new = slice(self.rows, last)
            x, y = table.steps[new], table.column(column)[new]
            few_x, few_y = extremes(x, y, BLOCK)
            self.x, self.y = np.concatenate([self.x, few_x]), np.concatenate([self.y, few_y])
            self.last_x = np.concatenate([self.last_x, x[BLOCK - 1 :: BLOCK]])
            self.mean = np.concatenate([self.mean, means(y, BLOCK)])
        return last == whole
