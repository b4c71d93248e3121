"""Texts of one file, one by one: nothing larger than a text (or a row group) is in memory."""

import csv
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, Self, TextIO

from core.recipe import DataRecipe
from core.text.data.columns import find_columns
from core.text.data.decode import IN_WORDS, encoding_of, kind_of, open_text

PLAIN = frozenset({".txt", ".md"})
TABLES = frozenset({".jsonl", ".csv", ".tsv", ".parquet"})
# What reading a file can raise; whoever reads one names it as unusable then.
UNREADABLE = (OSError, EOFError, KeyError, ValueError, zlib.error, csv.Error)
_SAMPLE = 200
# Lines that tell whether a TSV file quotes anything.
_SAMPLED_LINES = 10_000
# A plain file beyond this is a corpus of many documents; none of them is longer.
_ONE_DOCUMENT = 1 << 20
# Characters of a line or field of a table: beyond it, it is taken for damage.
_LONGEST = 1 << 24
_NO_TEXT = re.compile("[\ud800-\udfff]")
Bad = Callable[[int, str], None]
Rows = Iterator[tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Text:
    """A text: where it starts (line or row, from 1; 0 for a whole file), and its label."""

    line: int
    text: str
    label: str | None


@dataclass(frozen=True)
class Columns:
    """Columns of a table as they were asked for; None to find them."""

    text: str | None = None
    label: str | None = None

    @classmethod
    def of(cls, data: DataRecipe) -> Self:
        """As a recipe names them."""
        return cls(data.text_column, data.label_column)


def read_texts(
    file: Path,
    columns: Columns,
    bad: Bad,
    note: Callable[[str], None],
    *,
    wants_labels: bool = True,
) -> Iterator[Text]:
    """All texts of a file, in order.

    A plain file of up to a mebibyte is one text. A larger one is a corpus: its paragraphs are its
    texts, or its lines where no line is blank; one beyond a mebibyte is cut.

    Args:
        file: A plain text or a table, or one packed as `.gz`.
        columns: Which columns of a table to take.
        bad: Told (line, reason) of what can't be used.
        note: Told in words what was found: encoding, columns.
        wants_labels: Whether a label column is looked for, in which no label may be missing.

    Raises:
        OSError: As the file system says; and others of `UNREADABLE`: the file is damaged, or its
            columns can't be found (KeyError; its words say why).
    """
    choose = partial(_chosen, columns=columns, wants_labels=wants_labels, bad=bad, note=note)
    for found in _read(file, choose, bad, note):
        if not found.text.isascii() and _NO_TEXT.search(found.text):
            bad(found.line, "it has bytes or characters that are no Unicode text")
        else:
            yield found


def message_of(error: BaseException) -> str:
    """What one of `UNREADABLE` says, for people."""
    words = getattr(error, "strerror", None) or (error.args[0] if error.args else "")
    if isinstance(error, UnicodeDecodeError):
        words = f"it is no {IN_WORDS.get(error.encoding, error.encoding)} from byte {error.start}"
    return str(words or type(error).__name__)


def sample_rows(file: Path) -> list[dict[str, Any]]:
    """The first rows of a table, to see what it holds; empty when it can't be read."""
    try:
        if kind_of(file) == ".parquet":
            rows = _parquet_rows(file)
        else:
            reader = _json_rows if kind_of(file) == ".jsonl" else _csv_rows
            rows = reader(file, encoding_of(file, of_its_head=True), lambda *_: None)
        return [row for _, row in islice(rows, _SAMPLE)]
    except UNREADABLE:
        return []


def _read(
    file: Path, choose: Callable[[Rows], Iterator[Text]], bad: Bad, note: Callable[[str], None]
) -> Iterator[Text]:
    suffix = kind_of(file)
    if suffix == ".parquet":
        yield from choose(_parquet_rows(file))
        return
    encoding = encoding_of(file)
    if encoding != "utf-8":
        note(f"read as {IN_WORDS[encoding]}")
    if suffix not in TABLES:
        yield from _plain(file, encoding, note)
    elif suffix == ".jsonl":
        yield from choose(_json_rows(file, encoding, bad))
    else:
        yield from choose(_csv_rows(file, encoding, bad))


def _lines(stream: TextIO, longest: int) -> Iterator[tuple[int, str]]:
    """(number, line); a line that is too long comes in pieces of the same number."""
    number = 1
    while line := stream.readline(longest):
        yield number, line
        number += line.endswith("\n")


def _plain(file: Path, encoding: str, note: Callable[[str], None]) -> Iterator[Text]:
    with open_text(file, encoding) as stream:
        head = stream.read(_ONE_DOCUMENT)
        if len(head) < _ONE_DOCUMENT:
            yield Text(0, head, None)
            return
        has_blank_lines = re.search(r"\n[ \t]*\n", head) is not None
    note(f"its {'paragraphs' if has_blank_lines else 'lines'} are its texts")
    with open_text(file, encoding) as stream:
        lines = _lines(stream, _ONE_DOCUMENT)
        if has_blank_lines:
            yield from _paragraphs(lines)
        else:
            yield from (Text(number, line, None) for number, line in lines if line.strip())


def _paragraphs(lines: Iterator[tuple[int, str]]) -> Iterator[Text]:
    paragraph: list[str] = []
    start = size = 0
    for number, line in chain(lines, [(0, "")]):
        is_blank = not line.strip()
        if paragraph and (is_blank or size + len(line) > _ONE_DOCUMENT):
            yield Text(start, "".join(paragraph), None)
            paragraph, size = [], 0
        if not is_blank:
            start = start if paragraph else number
            paragraph.append(line)
            size += len(line)


def _json_rows(file: Path, encoding: str, bad: Bad) -> Rows:
    with open_text(file, encoding) as stream:
        too_long = 0
        for number, line in _lines(stream, _LONGEST):
            if len(line) == _LONGEST or number == too_long:
                if number != too_long:
                    bad(number, f"it is longer than {_LONGEST:,} characters")
                too_long = number
            elif line.strip():
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    bad(number, f"it is no JSON ({error})")
                    continue
                if isinstance(row, dict):
                    yield number, row
                else:
                    bad(number, "it is no JSON object")


def _csv_rows(file: Path, encoding: str, bad: Bad) -> Rows:
    delimiter = "\t" if kind_of(file) == ".tsv" else ","
    is_plain = kind_of(file) == ".tsv" and _quotes_nothing(file, encoding)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if is_plain else csv.QUOTE_MINIMAL
    # For the whole process: the module has no other way, and its own limit is that of a novel.
    csv.field_size_limit(_LONGEST)
    with open_text(file, encoding, newline="") as stream:
        lines = (line for _, line in _lines(stream, _LONGEST))
        reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)
        header = [_unquoted(name) if is_plain else name for name in next(reader, [])]
        while True:
            line = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                bad(line, str(error))
                continue
            if not values:
                continue
            if len(values) == len(header):
                if is_plain:
                    values = [_unquoted(value) for value in values]
                yield line, dict(zip(header, values, strict=True))
                continue
            fields = f"{len(values):,} field{'' if len(values) == 1 else 's'}"
            reason = f"it has {fields} instead of {len(header)}"
            if reader.line_num > line:
                reason += f'; a quote (") in it reaches to line {reader.line_num}'
            bad(line, reason)


def _quotes_nothing(file: Path, encoding: str) -> bool:
    """Whether no quote of a TSV file holds fields or lines together.

    By its definition (IANA text/tab-separated-values) it has none, and a quote at the start of a
    text is one of its characters: read as CSV, it would swallow the lines to the next one. But
    spreadsheets write TSV with quotes around tabs and line ends. Then lines differ in their tabs;
    of a single column it can't be told, and it is read as they write it.
    """
    with open_text(file, encoding, newline="") as stream:
        lines = (line for _, line in islice(_lines(stream, _LONGEST), _SAMPLED_LINES))
        tabs = {line.count("\t") for line in lines if line.strip()}
    return len(tabs) == 1 and tabs != {0}


def _unquoted(value: str) -> str:
    """Without the quotes around a whole field."""
    inner = value[1:-1].replace('""', "")
    if len(value) < 2 or not value[0] == value[-1] == '"' or '"' in inner:
        return value
    return value[1:-1].replace('""', '"')


def _parquet_rows(file: Path) -> Rows:
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(file) as table:
        for batch in table.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def _chosen(
    rows: Rows, *, columns: Columns, wants_labels: bool, bad: Bad, note: Callable[[str], None]
) -> Iterator[Text]:
    sample = list(islice(rows, _SAMPLE))
    if not sample:
        return
    text, label = find_columns([row for _, row in sample], columns.text, columns.label)
    words = f"the text is column {text} (data.text_column)"
    if not wants_labels:
        label = None
    elif label:
        words += f", the label is column {label} (data.label_column)"
    else:
        words += ", there is no label"
    note(words)
    for number, row in chain(sample, rows):
        value = row.get(text)
        if not isinstance(value, str):
            bad(number, f"its {text} is no text")
            continue
        name = row.get(label) if label is not None else None
        if label is not None and (name is None or not str(name).strip()):
            bad(number, f"its {label} is missing")
            continue
        yield Text(number, value, None if name is None else str(name))
