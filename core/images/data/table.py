"""Tables that name an image and its label per row: CSV, TSV, JSON, Parquet."""

import contextlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from core.data.found_task import TaskCount
from core.data.label_cells import LabelCells
from core.data.labels import Labels, group_of_cell, label_in_words
from core.data.manifest import displayed
from core.data.number_labels import NumberLabels, label_reader
from core.data.packed_pictures import picture_column
from core.data.tables.columns import Columns, in_words
from core.data.tables.encodings import kind_of
from core.data.tables.guesses import Tell, unheard
from core.data.tables.remarks import remarks
from core.data.tables.rows import SAMPLED, UNREADABLE, message_of, read_rows
from core.data.tables.splits import UNLABELED, split_of_cell
from core.data.tags import join_tags
from core.errors import RunError
from core.images.data.table_columns import LabelColumns, find_columns
from core.language import _

# As Label Studio writes a file that it was given.
_UPLOADED = "/data/upload/"
_LOCAL = "/data/local-files/?d="


@dataclass(frozen=True, slots=True)
class TableRow:
    """One usable row.

    Attributes:
        line: Where it stands.
        path: The file as written there.
        labels: No label, one or several.
        says_none: Whether there is no label because none applies.
        split: `train`, `val` or `test` if the row says so.
        group: What it belongs to, if the table was asked for that.
    """

    line: int
    path: str
    labels: tuple[str, ...]
    split: str | None
    group: str | None = None
    says_none: bool = False


@dataclass
class Table:
    """A table whose columns are known.

    Attributes:
        path: The file.
        columns: What its columns are.
        notes: What was guessed, in words.
        count: How many labels its first rows have.
    """

    path: Path
    columns: LabelColumns
    notes: list[str]
    count: TaskCount
    _asked: Columns
    _labels: Labels | NumberLabels = field(repr=False)
    _cells: LabelCells = field(repr=False)

    def rows(self) -> tuple[list[TableRow], list[tuple[int, str]]]:
        """All usable rows, and the others as (line, reason); lines count from 1.

        Raises:
            RunError: `table-unreadable`.
        """
        good: list[TableRow] = []
        bad: list[tuple[int, str]] = []
        try:
            for line, values in read_rows(
                self.path, self._asked, lambda at, why: bad.append((at, why)), lambda _: None
            ):
                row = self._row(line, values)
                if isinstance(row, str):
                    bad.append((line, row))
                else:
                    good.append(row)
        except UNREADABLE as error:
            raise RunError("table-unreadable", path=self.path, reason=message_of(error)) from error
        return good, sorted(bad)

    def _row(self, line: int, values: Mapping[str, Any]) -> TableRow | str:
        columns = self.columns
        path = path_in(values.get(columns.path or ""))
        if path is None:
            return _("no path")
        try:
            labels = self._labels.of(self._cells.of(values))
        except ValueError as error:
            return str(error)
        split: str | None = None
        if columns.split is not None:
            cell = values.get(columns.split)
            split = split_of_cell(columns.split, cell)
            if split is None and cell is not None and str(cell).strip():
                return _("unknown split {name!r}").format(name=str(cell).strip())
        says_none = not labels and self._cells.says_none(values, self._labels)
        if split == UNLABELED:
            labels, split, says_none = (), None, False
        group = group_of_cell(values.get(columns.group)) if columns.group is not None else None
        return TableRow(line, path, labels, split, group, says_none)


def open_table(path: Path, asked: Columns | None = None, tell: Tell = unheard) -> Table:
    """Find out how a table is written and which columns it has.

    Args:
        path: The file.
        asked: What the recipe says of tables.
        tell: Told by setting what was guessed.

    Raises:
        RunError: `table-unreadable`, `table-columns`.
    """
    asked = asked or Columns()
    notes: list[str] = []
    sample: list[dict[str, Any]] = []
    bad: list[str] = []
    try:
        if kind_of(path) == ".parquet" and (column := picture_column(path)) is not None:
            words = _(
                "its column {column} holds pictures, which are read where no others lie beside "
                "the table: give the table itself, or a folder of such tables alone"
            )
            raise ValueError(words.format(column=column))
        for _line, row in read_rows(
            path, asked, lambda _line, why: bad.append(why), notes.append, tell=tell
        ):
            sample.append(row)
            if len(sample) == SAMPLED:
                break
        columns = find_columns(sample, asked)
    except UNREADABLE as error:
        raise RunError("table-unreadable", path=path, reason=message_of(error)) from error
    names = list(dict.fromkeys(name for row in sample for name in row))
    if columns.missing and (sample or bad or not path.stat().st_size):
        shown = displayed(in_words(names))
        raise RunError("table-columns", path=path, missing=columns.missing, columns=shown)
    columns.tell_guesses(asked, tell)
    cells = columns.cells_in(sample)
    labels = label_reader(cells.in_rows(sample), asked, path)
    count = TaskCount()
    for row in sample:
        with contextlib.suppress(ValueError):
            count.add(labels.of(cells.of(row)))
    notes.append(_in_words(columns))
    notes += filter(None, (cells.words, labels.words))
    if columns.unused:
        notes.append(columns.unused)
    notes += remarks(sample, names, cells.names, columns.split, columns.group)
    return Table(path, columns, notes, count, asked, labels, cells)


def path_in(cell: Any) -> str | None:
    """The name of a file in a cell; None if it holds none."""
    if isinstance(cell, dict):
        cell = cell.get("path")
    if isinstance(cell, float):
        # Tables with an empty cell hold their whole numbers as floats.
        cell = int(cell) if cell.is_integer() else None
    if not isinstance(cell, str | int) or isinstance(cell, bool):
        return None
    path = str(cell).strip()
    if _LOCAL in path:
        path = unquote(path.partition(_LOCAL)[2])
    elif is_address(path):
        # What follows may be a signature.
        path = unquote(path.partition("?")[0].partition("#")[0])
    if _UPLOADED in path:
        path = unquote(path.rpartition("/")[2])
    return path or None


def is_address(path: str) -> bool:
    """Whether a cell is an address on the network: `https://…`, `gs://…`."""
    return "://" in path


def label_of(rows: Sequence[TableRow], *, takes_several: bool) -> str | None:
    """The label of the rows of one file; several joined where that is what they are.

    Args:
        rows: They don't contradict each other.
        takes_several: Whether an example may have several labels, or none of them.
    """
    names = [name for row in rows for name in row.labels]
    if not takes_several:
        return names[0] if names else None
    return join_tags(names) if names or any(row.says_none for row in rows) else None


def several_in_words(row: TableRow) -> str:
    """Why a row with several labels is left out."""
    return label_in_words(row.labels)


def _in_words(columns: LabelColumns) -> str:
    words = _("the image is column {path} (data.path_column)").format(path=columns.path)
    if columns.classes:
        words = _("{words}, the labels are columns {classes}").format(
            words=words, classes=in_words(columns.classes)
        )
    else:
        words = _("{words}, the label is column {label} (data.label_column)").format(
            words=words, label=columns.label
        )
    if columns.split is not None:
        words = _("{words}, the split is column {split} (data.split_column)").format(
            words=words, split=columns.split
        )
    if columns.group is not None:
        words = _("{words}, the group is column {group} (data.group_column)").format(
            words=words, group=columns.group
        )
    return displayed(unicodedata.normalize("NFC", words))
