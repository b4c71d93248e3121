"""Texts of one file, one by one: nothing larger than a text (or a row group) is in memory."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.data.text.columns import find_columns
from core.data.text.decode import encoding_of

PLAIN = frozenset({".txt", ".md"})
TABLES = frozenset({".jsonl", ".csv", ".tsv", ".parquet"})
_SAMPLE = 200
# A plain file beyond this is a corpus: its paragraphs are its documents.
_ONE_DOCUMENT = 1 << 20
Bad = Callable[[int, str], None]


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


def read_texts(
    file: Path, columns: Columns, bad: Bad, note: Callable[[str], None]
) -> Iterator[Text]:
    """All texts of a file, in order.

    Args:
        file: A plain text or a table.
        columns: Which columns of a table to take.
        bad: Told (line, reason) of what can't be used.
        note: Told in words what was found: encoding, columns.

    Raises:
        OSError: As the file system says.
        KeyError: Columns can't be found; its words say why.
    """
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        yield from _chosen(_parquet_rows(file), columns, bad, note)
        return
    encoding = encoding_of(file)
    if encoding != "utf-8":
        from core.data.text.decode import IN_WORDS

        note(f"read as {IN_WORDS[encoding]}")
    if suffix in PLAIN:
        yield from _plain(file, encoding)
    elif suffix == ".jsonl":
        yield from _chosen(_json_rows(file, encoding, bad), columns, bad, note)
    else:
        yield from _chosen(_csv_rows(file, encoding, bad), columns, bad, note)


def _plain(file: Path, encoding: str) -> Iterator[Text]:
    if file.stat().st_size <= _ONE_DOCUMENT:
        yield Text(0, file.read_text(encoding=encoding), None)
        return
    with file.open(encoding=encoding) as lines:
        start = 1
        paragraph: list[str] = []
        for number, line in enumerate(lines, 1):
            if line.strip():
                start = start if paragraph else number
                paragraph.append(line)
            elif paragraph:
                yield Text(start, "".join(paragraph), None)
                paragraph = []
        if paragraph:
            yield Text(start, "".join(paragraph), None)


def _json_rows(file: Path, encoding: str, bad: Bad) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding=encoding) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                bad(number, f"it is no JSON ({error})")
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                bad(number, "it is no JSON object")


def _csv_rows(file: Path, encoding: str, bad: Bad) -> Iterator[tuple[int, dict[str, Any]]]:
    delimiter = "\t" if file.suffix.lower() == ".tsv" else ","
    with file.open(encoding=encoding, newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter)
        header = next(reader, [])
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
                yield line, dict(zip(header, values, strict=True))
            else:
                bad(line, f"it has {len(values)} fields instead of {len(header)}")


def _parquet_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(file) as table:
        for batch in table.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def _chosen(
    rows: Iterator[tuple[int, dict[str, Any]]],
    columns: Columns,
    bad: Bad,
    note: Callable[[str], None],
) -> Iterator[Text]:
    sample = list(islice(rows, _SAMPLE))
    if not sample:
        return
    text, label = find_columns([row for _, row in sample], columns.text, columns.label)
    note(
        f"the text is column {text} (data.text_column), "
        + (f"the label is column {label} (data.label_column)" if label else "there is no label")
    )
    yield from _texts(iter(sample), text, label, bad)
    yield from _texts(rows, text, label, bad)


def _texts(
    rows: Iterator[tuple[int, dict[str, Any]]], text: str, label: str | None, bad: Bad
) -> Iterator[Text]:
    for number, row in rows:
        value = row.get(text)
        if not isinstance(value, str):
            bad(number, f"its {text} is no text")
            continue
        name = row.get(label) if label is not None else None
        if label is not None and (name is None or str(name) == ""):
            bad(number, f"its {label} is missing")
            continue
        yield Text(number, value, None if name is None else str(name))
