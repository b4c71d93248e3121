"""The label of a row of a table: one, several joined, or none."""

from collections.abc import Sequence
from typing import Any

from core.data.label_cells import LabelCells
from core.data.labels import label_in_words
from core.data.number_labels import label_reader
from core.data.tables.columns import Columns
from core.data.tags import join_tags


class SeveralLabelsError(ValueError):
    """A row has several labels where one is asked for."""


class LabelReader:
    """Reads the labels of rows as one string each.

    Args:
        sample: The first rows.
        cells: Where the label is.
        columns: What the recipe says of tables.
    """

    def __init__(
        self, sample: Sequence[dict[str, Any]], cells: LabelCells, columns: Columns
    ) -> None:
        self._cells, self._columns = cells, columns
        has_any = bool(cells.names)
        self._labels = label_reader(cells.in_rows(sample), columns) if has_any else None

    @property
    def words(self) -> str:
        """What is to be said of how labels are read."""
        return self._cells.words or (self._labels.words if self._labels is not None else "")

    def label(self, row: dict[str, Any]) -> str | None:
        """The label of a row; several joined, where that is what they are.

        Raises:
            SeveralLabelsError: It has several, and is asked to have one.
            ValueError: It is nothing that can be a label, in words.
        """
        if self._labels is None:
            return None
        found = self._labels.of(self._cells.of(row))
        if len(found) > 1 and self._columns.leaves_out_several:
            raise SeveralLabelsError(label_in_words(found))
        if self._columns.takes_several:
            return join_tags(found) if found or self._cells.says_none(row, self._labels) else None
        return (found[0] if len(found) == 1 else join_tags(found)) if found else None
