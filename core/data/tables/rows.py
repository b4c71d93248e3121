"""The rows of any table, one by one: nothing larger than a row (or a row group) is in memory."""

import csv
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from core.data.tables.columns import Columns
from core.data.tables.encodings import SAID_BY_MARK, encoding_in_words, encoding_of, kind_of
from core.data.tables.guesses import Tell, unheard
from core.data.tables.json_rows import json_rows
from core.data.tables.parquet_rows import arrow_rows, parquet_rows
from core.data.tables.path_lists import path_list_rows
from core.data.tables.separated import separated_rows
from core.data.tables.workbook_rows import WORKBOOK_SUFFIXES, workbook_rows
from core.language import _

JSON_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
TABLE_SUFFIXES = (
    JSON_SUFFIXES
    | WORKBOOK_SUFFIXES
    | {*(".csv", ".tsv", ".tab", ".parquet", ".arrow", ".feather")}
)
# What reading a file can raise; whoever reads one names it as unusable then.
UNREADABLE = (OSError, EOFError, KeyError, ValueError, zlib.error, csv.Error)
SAMPLED = 200

Bad = Callable[[int, str], None]
Rows = Iterator[tuple[int, dict[str, Any]]]


def read_rows(
    file: Path,
    asked: Columns,
    bad: Bad,
    note: Callable[[str], None],
    *,
    tell: Tell = unheard,
    of_its_head: bool = False,
) -> Rows:
    """All rows of a table: (line from 1, cell by column).

    Args:
        file: A table, or one packed as `.gz`.
        asked: What the recipe says of tables.
        bad: Told (line, reason) of rows that can't be read.
        note: Told in words what was guessed.
        tell: Told the same by setting.
        of_its_head: Whether the encoding is told from its beginning: for who reads no further.

    Raises:
        OSError: As the file system says; and others of `UNREADABLE`: the file is damaged, its
            encoding can't be told, or it is no table; the words say so.
    """
    kind = kind_of(file)
    if kind == ".parquet":
        yield from parquet_rows(file)
        return
    if kind in {".arrow", ".feather"}:
        yield from arrow_rows(file)
        return
    if kind in WORKBOOK_SUFFIXES:
        yield from workbook_rows(file, asked, note)
        return
    encoding = encoding_of(file, asked.encoding, of_its_head=of_its_head)
    if encoding != "utf-8":
        note(_("read as {encoding} (data.encoding)").format(encoding=encoding_in_words(encoding)))
        if asked.encoding is None and encoding not in SAID_BY_MARK:
            tell("encoding", encoding)
    if kind == ".txt":
        note(_("each of its lines is an image and its class"))
        yield from path_list_rows(file, encoding, bad)
    elif kind in JSON_SUFFIXES:
        yield from json_rows(file, encoding, bad, note)
    else:
        yield from separated_rows(file, encoding, asked, bad, note, tell)


def sample_rows(file: Path, asked: Columns | None = None) -> list[dict[str, Any]]:
    """The first rows of a table, to see what it holds; empty when it can't be read."""
    try:
        rows = read_rows(
            file, asked or Columns(), lambda *_: None, lambda _: None, of_its_head=True
        )
        return [row for _, row in islice(rows, SAMPLED)]
    except UNREADABLE:
        return []


def message_of(error: BaseException) -> str:
    """What one of `UNREADABLE` says, for people."""
    words = getattr(error, "strerror", None) or (error.args[0] if error.args else "")
    if isinstance(error, UnicodeDecodeError):
        encoding = encoding_in_words(error.encoding)
        words = _("it is no {encoding} from byte {start} (data.encoding)").format(
            encoding=encoding, start=error.start
        )
    return str(words or type(error).__name__)


def is_submission(name: str) -> bool:
    """Whether a table holds answers to be handed in at a competition, not examples."""
    return "submission" in name.lower()
