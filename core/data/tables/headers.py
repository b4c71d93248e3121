"""The first rows of a table: titles above it, and the names of its columns, if it has any."""

import statistics
from collections.abc import Callable, Sequence
from typing import Final

from core.data.manifest import counted
from core.data.tables.columns import NUMBER, Columns, in_words, is_known, is_picture_name
from core.language import _

# A cell with more letters holds words rather than a name.
_LONG_HEAD: Final = 60


def is_header(first: Sequence[str], rest: Sequence[Sequence[str]], asked: Columns) -> bool:
    """Whether the first row of a table names its columns, rather than being one of its rows."""
    if any(is_known(cell) or cell.strip() in asked.named for cell in first):
        return True
    if any(map(_looks_like_data, first)):
        return False
    for at, cell in enumerate(first):
        below = [row[at] for row in rest if len(row) > at]
        if cell.strip() and cell in below:
            return False
    return True


def header(
    rows: Sequence[Sequence[str]], asked: Columns, note: Callable[[str], None]
) -> tuple[list[str], int]:
    """Names of the columns, and how many of the rows stand above what they name."""
    num_titles = _num_title_rows(rows, asked)
    if num_titles:
        note(
            _("{num_rows} above its header passed over").format(num_rows=counted(num_titles, "row"))
        )
    if is_header(rows[num_titles], rows[num_titles + 1 :], asked):
        return column_names(rows[num_titles]), num_titles + 1
    names = [f"column {number}" for number in range(1, len(rows[num_titles]) + 1)]
    note(
        _("its first row names no columns, so they are called {names}").format(
            names=in_words(names)
        )
    )
    return names, num_titles


def _num_title_rows(rows: Sequence[Sequence[str]], asked: Columns) -> int:
    """How many rows stand above the header, as a title alone in its first cell."""
    filled = [[at for at, cell in enumerate(row) if cell.strip()] for row in rows]
    if not filled or statistics.mode(map(len, filled)) < 2:
        return 0
    number = next((n for n, cells in enumerate(filled) if cells != [0] or is_known(rows[n][0])), 0)
    return number if is_header(rows[number], rows[number + 1 :], asked) else 0


def _looks_like_data(cell: str) -> bool:
    cell = cell.strip()
    return (
        NUMBER.fullmatch(cell) is not None
        or is_picture_name(cell)
        or "://" in cell
        or len(cell) > _LONG_HEAD
        or len(cell.split()) > 6
        or (len(cell.split()) >= 3 and cell[-1] in ".!?")
    )


def column_names(first: Sequence[str]) -> list[str]:
    """Names without blanks around them, each once, none empty."""
    names: list[str] = []
    for at, cell in enumerate(first, start=1):
        name = cell.strip().lstrip("\ufeff").strip() or f"column {at}"
        while name in names:
            name = f"{name} ({at})"
        names.append(name)
    return names
