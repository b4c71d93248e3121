"""Plain files that are tables: a header above tabs or commas, or cells between marks like `:::`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from core.data.tables.columns import Columns, is_known, label_column
from core.data.tables.dialect import SEPARATORS, lines_of
from core.data.tables.encodings import open_text
from core.data.tables.guesses import Tell
from core.data.tables.separated import Bad, Rows, separated_rows
from core.language import _
from core.text.data.labeled_lines import LEAST_LINES, SAMPLED_LINES

_MARK: Final = re.compile(r"(?:[^\w\s]|_){2,6}")
# Signs that prose and addresses have side by side.
_IN_PROSE: Final = re.compile(r"""[.!?,'"*()\[\]{}<>\-…]+|:?/+|_+|&+\#?""")


@dataclass(frozen=True)
class PlainTable:
    """How a plain file has its cells.

    Attributes:
        mark: Between two of them; None where the first line names the columns, as in CSV.
        names: What the first line names.
    """

    mark: str | None
    names: tuple[str, ...] = ()

    @property
    def may_have_labels(self) -> bool:
        """Whether one of its columns may be the label."""
        return self.mark is not None or label_column(self.names) is not None

    def rows(
        self,
        file: Path,
        encoding: str,
        asked: Columns,
        bad: Bad,
        note: Callable[[str], None],
        tell: Tell,
    ) -> Rows:
        """(line, row by column)."""
        if self.mark is None:
            yield from separated_rows(file, encoding, asked, bad, note, tell)
            return
        note(_("its columns are separated by {mark}").format(mark=self.mark))
        yield from _marked_rows(file, encoding, self.mark, bad)


def plain_table(file: Path, encoding: str) -> PlainTable | None:
    """How a plain file is a table; None if it is none."""
    with open_text(file, encoding) as stream:
        lines = [line for _, line in islice(lines_of(stream), SAMPLED_LINES) if line.strip()]
    if len(lines) < LEAST_LINES:
        return None
    for separator in SEPARATORS.values():
        if names := _named_columns(lines, separator):
            return PlainTable(None, names)
    marks = dict.fromkeys(_MARK.findall(lines[0]))
    return next((PlainTable(mark) for mark in marks if _parts_cells(lines, mark)), None)


def _named_columns(lines: list[str], separator: str) -> tuple[str, ...]:
    """Names in the first line, if two are well known and the others have as many cells at least."""
    names = tuple(name.strip() for name in lines[0].split(separator))
    are_cells = all(line.count(separator) + 1 >= len(names) for line in lines)
    return names if are_cells and sum(map(is_known, names)) > 1 else ()


def _parts_cells(lines: list[str], mark: str) -> bool:
    counts = {line.count(mark) for line in lines}
    return len(counts) == 1 and 0 not in counts and not _IN_PROSE.fullmatch(mark)


def _marked_rows(file: Path, encoding: str, mark: str, bad: Bad) -> Rows:
    width = 0
    with open_text(file, encoding) as stream:
        for number, line in lines_of(stream):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split(mark)]
            width = width or len(cells)
            if len(cells) == width:
                yield number, {f"column {at}": cell for at, cell in enumerate(cells, start=1)}
            else:
                bad(number, _("{cells} of {width} columns").format(cells=len(cells), width=width))
