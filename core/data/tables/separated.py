"""Rows of CSV, TSV and their kin, one by one."""

import csv
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from core.data.tables.columns import SAMPLED_ROWS, Columns
from core.data.tables.dialect import Dialect, lines_of, sniffed, unquoted
from core.data.tables.encodings import open_text
from core.data.tables.guesses import Tell, unheard
from core.data.tables.headers import header
from core.language import _

Bad = Callable[[int, str], None]
Rows = Iterator[tuple[int, dict[str, Any]]]


def separated_rows(
    file: Path,
    encoding: str,
    asked: Columns,
    bad: Bad,
    note: Callable[[str], None],
    tell: Tell = unheard,
) -> Rows:
    """(line, row by column) of a table of separated values.

    Raises:
        ValueError: It is no text.
    """
    dialect = sniffed(file, encoding, asked.separator)
    for words in dialect.words(file):
        note(words)
    unusual = dialect.unusual_separator(file)
    if unusual and asked.separator is None and not dialect.has_sep_line:
        tell("separator", unusual)
    with open_text(file, encoding, newline="") as stream:
        cells = _cells((line for _number, line in lines_of(stream)), dialect, bad)
        sample = list(islice(cells, 1 + SAMPLED_ROWS))
        if not sample:
            return
        if any("\0" in cell for cell in sample[0][1]):
            raise ValueError(_("it is not text"))
        names, num_above = header([each[1] for each in sample], asked, note)
        rows = chain(sample[num_above:], cells)
        for line, values, last in rows:
            # Spreadsheets end rows with empty cells.
            while len(values) > len(names) and not values[-1]:
                values.pop()
            if len(values) == len(names):
                yield line, dict(zip(names, values, strict=True))
                continue
            reason = _("{values} of {names} columns").format(values=len(values), names=len(names))
            if last > line:
                reason = _('{reason}; a quote (") in it reaches to line {last}').format(
                    reason=reason, last=last
                )
            bad(line, reason)


def _cells(
    lines: Iterator[str], dialect: Dialect, bad: Bad
) -> Iterator[tuple[int, list[str], int]]:
    """First line, cells and last line of each row that is not empty."""
    reader = dialect.reader(lines)
    if dialect.has_sep_line:
        next(reader, None)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad(line, str(error))
            continue
        if not any(value.strip() for value in values):
            continue
        if not dialect.has_quotes:
            values = [unquoted(value) for value in values]
        yield line, values, reader.line_num
