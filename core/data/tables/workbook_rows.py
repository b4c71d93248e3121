"""Rows of a spreadsheet (Excel, OpenDocument), read by calamine; formulas count as their values."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from core.data.manifest import counted, displayed
from core.data.tables.columns import SAMPLED_ROWS, Columns
from core.data.tables.headers import header
from core.language import _

Rows = Iterator[tuple[int, dict[str, Any]]]
_LISTED: Final = 5
WORKBOOK_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})


def workbook_rows(file: Path, asked: Columns, note: Callable[[str], None]) -> Rows:
    """(row from 1, cell by column) of the first sheet that is a table.

    Args:
        file: A workbook.
        asked: What the recipe says of tables.
        note: Told which sheet is read where there are several.

    Raises:
        ValueError: It is damaged, has a password, or is no workbook.
    """
    rows = list(_sheet(file, note))
    if not rows:
        return
    cells = [[str(cell) for cell in row] for _, row in rows[: SAMPLED_ROWS + 1]]
    names, num_above = header(cells, asked, note)
    rows = rows[num_above:]
    for line, row in rows:
        yield line, dict(zip(names, row, strict=True))


def _sheet(file: Path, note: Callable[[str], None]) -> Iterator[tuple[int, list[Any]]]:
    """Row from 1 and cells of the rows that are not empty; all of one length.

    They are those of the first sheet with several rows and columns; before it may lie a shorter
    one that says what the others are. Where there is none, of the first that is not empty.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

    try:
        with CalamineWorkbook.from_path(file) as book:
            sheets = ((name, _filled_rows(book, name)) for name in book.sheet_names)
            name = ""
            rows: list[tuple[int, list[Any]]] = []
            for other, found in sheets:
                if found and (not rows or (_is_table(found) and len(found) > len(rows))):
                    name, rows = other, found
                if _is_table(rows):
                    break
            others = [other for other in book.sheet_names if other != name]
            if rows and others:
                shown = ", ".join(map(displayed, others[:_LISTED]))
                shown += ", …" if len(others) > _LISTED else ""
                words = _(
                    "sheet {name} is read, {sheets} not ({shown}): save one as a file of its own "
                    "to have it read"
                )
                number = counted(len(others), "other sheet")
                note(words.format(name=displayed(name), sheets=number, shown=shown))
            yield from rows
    except PasswordError as error:
        raise ValueError(_("it is protected by a password; save it without one")) from error
    except (CalamineError, ZipError) as error:
        words = _("it can't be read as a spreadsheet ({error})").format(error=error)
        raise ValueError(words) from error


def _filled_rows(book: Any, name: str) -> list[tuple[int, list[Any]]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [
        (line, [_plain(cell) for cell in row])
        for line, row in enumerate(rows, 1)
        if any(str(cell).strip() for cell in row)
    ]


def _is_table(rows: list[tuple[int, list[Any]]]) -> bool:
    """Whether there are several rows of several cells each."""
    return sum(sum(bool(str(cell).strip()) for cell in row) > 1 for _, row in rows) > 1


def _plain(cell: Any) -> Any:
    """Whole numbers as such: a spreadsheet has no others than floats."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, date | datetime | time | timedelta):
        return str(cell)
    return cell
