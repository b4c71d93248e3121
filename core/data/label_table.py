"""A table to label in: what waits for a label, and what has one; data like any other table.

On top stands what a person has labeled in it, then what is to be labeled, the most worth first. A
row without a label is an unlabeled example, whoever reads it. Cells are written as they are: names
and texts must come back the same.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.data.tables.columns import Columns
from core.data.tables.rows import UNREADABLE, message_of, read_rows
from core.errors import RunError
from core.system.atomic import write_bytes

PATH, TEXT, LABEL, SPLIT, EXAMPLE, SKIPPED = (
    *("path", "text", "label", "split"),
    *("example", "skipped"),
)
# Others would be lost when the table is written again.
_KNOWN: Final = frozenset({PATH, TEXT, LABEL, SPLIT, EXAMPLE, SKIPPED})
_YES: Final = "yes"


@dataclass(frozen=True)
class Row:
    """One row of a table to label in.

    Attributes:
        place: Where the example is: its file, with its line in a table; a text may be elsewhere.
        label: Its class; empty while it has none.
        split: `train`, `val` or `test`.
        text: What it says; empty where it is none.
        is_skipped: Whether a person passed it over.
    """

    place: str
    label: str = ""
    split: str = "train"
    text: str = ""
    is_skipped: bool = False


def read_table(table: Path) -> list[Row]:
    """The rows of a table to label in.

    Raises:
        RunError: `table-unreadable`, or `to-label-columns`: it is another kind of table, or has
            more columns.
    """
    bad: list[str] = []
    rows = []
    try:
        found = read_rows(table, Columns(), lambda n, why: bad.append(f"line {n}: {why}"), _unsaid)
        for _, row in found:
            cells = {name: str(value or "") for name, value in row.items()}
            place = cells.get(EXAMPLE, cells.get(PATH, ""))
            if LABEL not in cells or not place or not set(cells) <= _KNOWN:
                columns = ", ".join(cells) or "none"
                raise RunError("to-label-columns", path=table, columns=columns)
            rows.append(
                Row(
                    place=place,
                    label=cells[LABEL].strip(),
                    split=cells.get(SPLIT) or "train",
                    text=cells.get(TEXT, ""),
                    is_skipped=cells.get(SKIPPED) == _YES,
                )
            )
    except UNREADABLE as error:
        raise RunError("table-unreadable", path=table, reason=message_of(error)) from error
    if bad:
        raise RunError("table-unreadable", path=table, reason=bad[0])
    return rows


def write_table(table: Path, rows: Iterable[Row], *, are_texts: bool) -> None:
    """Write a table to label in, whole or not at all.

    Raises:
        OSError: As the file system says.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    first = (TEXT,) if are_texts else (PATH,)
    last = (EXAMPLE,) if are_texts else ()
    writer.writerow((*first, LABEL, SPLIT, *last, SKIPPED))
    for row in rows:
        place = (row.place,) if are_texts else ()
        cells = (row.text if are_texts else row.place, row.label, row.split, *place)
        writer.writerow((*cells, _YES if row.is_skipped else ""))
    write_bytes(table, out.getvalue().encode())


def _unsaid(words: str) -> None:
    del words
