"""How a table of separated values is written: its separator, its quotes, its escapes."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal, TextIO

from core.data.tables.columns import is_known
from core.data.tables.encodings import kind_of, open_text
from core.language import _

# Characters of a line or field of a table: beyond it, it is taken for damage.
LONGEST = 1 << 24
_HEAD = 1 << 16
_SAMPLED_LINES = 10_000
# In no table: its rows are whole lines.
NOTHING = "\x1f"
_IN_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# As `data.separator` calls them.
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_ESCAPED = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
_SEP_LINE = re.compile(r"^\ufeff?sep=(.)\r?\n?$", re.IGNORECASE)
_CONSISTENT = 0.5
_ALIKE = 0.9


@dataclass(frozen=True)
class Dialect:
    """How rows are told apart and cut.

    Attributes:
        separator: Between two cells.
        has_quotes: Whether quotes hold cells and lines together.
        has_escapes: Whether quotes within quotes have a backslash before them.
        has_sep_line: Whether the first line names the separator, as for Excel.
        has_blanks: Whether blanks stand between separators and quotes: `label, "a, b"`.
    """

    separator: str
    has_quotes: bool = True
    has_escapes: bool = False
    has_sep_line: bool = False
    has_blanks: bool = False

    def reader(self, lines: Iterable[str]) -> "csv._reader":  # type: ignore[name-defined]
        """Rows of these lines."""
        # For the whole process: the module has no other way, and its own limit is that of a novel.
        csv.field_size_limit(LONGEST)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self.has_quotes else csv.QUOTE_NONE
        if self.has_escapes:
            lines = (_ESCAPED.sub(r'\1""', line) for line in lines)
        return csv.reader(
            lines, delimiter=self.separator, quoting=quoting, skipinitialspace=self.has_blanks
        )

    def unusual_separator(self, file: Path) -> str:
        """The name of a separator that the file's own name doesn't tell; empty if it does."""
        usual = "\t" if kind_of(file) in {".tsv", ".tab"} else ","
        names = {sign: name for name, sign in SEPARATORS.items()}
        return names.get(self.separator, "") if self.separator != usual else ""

    def words(self, file: Path) -> list[str]:
        """What is unusual about it."""
        words = []
        if self.unusual_separator(file):
            words.append(
                _("its columns are separated by {separator}").format(
                    separator=_IN_WORDS[self.separator]
                )
            )
        if self.has_escapes:
            words.append(_("its quotes have a backslash before them"))
        return words


def lines_of(stream: TextIO, longest: int = LONGEST) -> Iterator[tuple[int, str]]:
    """(number, line); a line that is too long comes in pieces of the same number."""
    number = 1
    while line := stream.readline(longest):
        yield number, line
        number += line.endswith(("\n", "\r"))


def sniffed(file: Path, encoding: str, asked: str | None = None) -> Dialect:
    """How a file is written, from its beginning.

    Args:
        file: The table.
        encoding: Its encoding.
        asked: The separator that the recipe names.
    """
    with open_text(file, encoding, newline="") as stream:
        head = stream.read(_HEAD)
    lines = list(io.StringIO(head, newline=""))
    is_cut = len(head) == _HEAD
    if is_cut and len(lines) > 1:
        lines.pop()
    if lines and (told := _SEP_LINE.match(lines[0])):
        return replace(_dialect(lines, told[1]), has_sep_line=True)
    is_tsv = kind_of(file) in {".tsv", ".tab"}
    separator = SEPARATORS[asked] if asked else _separator(lines, is_cut=is_cut, is_tsv=is_tsv)
    if separator == "\t" and _quotes_nothing(file, encoding):
        return Dialect(separator, has_quotes=False)
    return _dialect(lines, separator)


def _dialect(lines: list[str], separator: str) -> Dialect:
    # A quote that begins a cell after a blank: within quotes it would be doubled, or the last.
    after_blank = re.compile(rf'{re.escape(separator)} +"[^"{re.escape(separator)}\r\n]')
    has_blanks = any(map(after_blank.search, lines))
    return Dialect(separator, has_escapes=_has_escapes(lines, separator), has_blanks=has_blanks)


def _separator(lines: list[str], *, is_cut: bool, is_tsv: bool) -> str:
    best, best_score = "", 0.0
    steady = ""
    for separator in "\t,;|" if is_tsv else ",;\t|":
        widths, is_named = _widths(lines, separator, is_cut=is_cut)
        if not widths:
            continue
        share = widths.count(widths[0]) / len(widths)
        score = share + is_named
        if widths[0] > 1 and score > best_score and score >= _CONSISTENT:
            best, best_score = separator, score
        below = widths[1:]
        usual = max(set(below), key=below.count, default=1)
        if usual > 1 and len(below) > 2 and below.count(usual) >= _ALIKE * len(below):
            steady = steady or separator
    return best or steady or NOTHING


def _widths(lines: list[str], separator: str, *, is_cut: bool) -> tuple[list[int], bool]:
    """Number of cells of each row, and whether the first holds a well-known name."""
    rows = _rows(lines, _dialect(lines, separator), is_cut=is_cut)
    return [len(row) for row in rows], bool(rows) and any(map(is_known, rows[0]))


def _rows(lines: list[str], dialect: Dialect, *, is_cut: bool) -> list[list[str]]:
    try:
        rows = [row for row in dialect.reader(lines) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []
    return rows[:-1] if is_cut and len(rows) > 1 else rows


def _has_escapes(lines: list[str], separator: str) -> bool:
    """Whether a backslash stands before a quote that ends no cell, and no quote is doubled so."""
    inside = re.compile(rf'(?<!\\)(?:\\\\)*\\"(?=[^{re.escape(separator)}\r\n"])')
    quoted = re.compile(rf'(?:^|{re.escape(separator)})\s*"')
    return any(inside.search(line) and quoted.search(line) for line in lines)


def _quotes_nothing(file: Path, encoding: str) -> bool:
    """Whether no quote of a table with tabs holds cells or lines together.

    By its definition (IANA text/tab-separated-values) it has none, and a quote at the start of a
    text is one of its characters: read as CSV, it would swallow the lines to the next one. But
    spreadsheets write it with quotes around tabs and line ends. Then lines differ in their tabs;
    of a single column it can't be told, and it is read as they write it.
    """
    with open_text(file, encoding, newline="") as stream:
        lines = (line for _, line in islice(lines_of(stream), _SAMPLED_LINES))
        tabs = {line.count("\t") for line in lines if line.strip()}
    return len(tabs) == 1 and tabs != {0}


def unquoted(value: str) -> str:
    """Without the quotes around a whole cell."""
    inner = value[1:-1].replace('""', "")
    if len(value) < 2 or not value[0] == value[-1] == '"' or '"' in inner:
        return value
    return value[1:-1].replace('""', '"')
