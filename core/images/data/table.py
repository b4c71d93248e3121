"""Tables that name an image and its label per row: CSV, TSV, JSON lines, Parquet."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core.data.manifest import displayed
from core.data.splits import SPLIT_NAMES
from core.errors import RunError
from core.images.data.decode import in_words
from core.images.data.table_columns import Columns, find_columns, without_header

_JSON: Final = frozenset({".jsonl", ".ndjson"})
_ENCODINGS: Final = ("utf-8", "cp1252", "latin-1")
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One usable row: where it stands, the file as written there, label and split."""

    line: int
    path: str
    label: str
    split: str | None


@dataclass
class Table:
    """A table whose columns are known.

    Attributes:
        path: The file.
        names: Its column names.
        encoding: How its text was read; empty for Parquet.
    """

    path: Path
    names: Sequence[str]
    columns: Columns
    encoding: str
    _rows: Iterator[tuple[int, Sequence[Any] | str]] = field(repr=False)

    def rows(self) -> tuple[list[TableRow], list[tuple[int, str]]]:
        """All usable rows, and the others as (line, reason); lines count from 1."""
        good: list[TableRow] = []
        bad: list[tuple[int, str]] = []
        for line, values in self._rows:
            row = values if isinstance(values, str) else self._row(line, values)
            if isinstance(row, str):
                bad.append((line, row))
            elif row is not None:
                good.append(row)
        return good, bad

    def _row(self, line: int, values: Sequence[Any]) -> TableRow | str | None:
        if all(value is None or value == "" for value in values):
            return None
        columns = self.columns
        needed = max(columns.path, columns.label)
        if len(values) <= needed:
            return f"{len(values)} of {len(self.names)} columns"
        path, label = _text(values[columns.path]), _text(values[columns.label])
        if not path or not label:
            return "no label" if path else "no path"
        if "://" in path:
            return "an address on the network, not a file"
        split: str | None = None
        if columns.split is not None and columns.split < len(values):
            name = _text(values[columns.split]) or ""
            split = SPLIT_NAMES.get(name.lower())
            if name and split is None:
                return f"unknown split {name!r}"
        return TableRow(line, path, label, split)


def open_table(path: Path) -> Table:
    """Find out how a table is written and which columns it has.

    Raises:
        RunError: `table-unreadable`, `table-columns`.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return _parquet(path)
        text, encoding = _decoded(path.read_bytes())
        if path.suffix.lower() in _JSON:
            return _json_lines(path, text, encoding)
        return _separated(path, text, encoding)
    except (OSError, ValueError, csv.Error) as error:
        raise RunError("table-unreadable", path=path, reason=in_words(error)) from error


def _decoded(data: bytes) -> tuple[str, str]:
    """Text of a table: by its mark, else UTF-8, else as Windows writes it in the West."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding), encoding
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ValueError("its text encoding is unknown")


def _separated(path: Path, text: str, encoding: str) -> Table:
    if "\x00" in text:
        raise ValueError("it is not text")
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    separators = "\t" if path.suffix.lower() in {".tsv", ".tab"} else ",;\t|"
    separator = max(separators, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    first = next((row for row in reader if any(cell.strip() for cell in row)), [])
    headless = without_header(first)
    if headless is not None:
        head = (reader.line_num, first)
        return Table(path, ["path", "label"], headless, encoding, _numbered(reader, head))
    return Table(path, first, _columns(path, first), encoding, _numbered(reader, None))


def _numbered(
    reader: Any, head: tuple[int, list[str]] | None
) -> Iterator[tuple[int, Sequence[Any] | str]]:
    if head is not None:
        yield head
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, in_words(error)
            continue
        yield reader.line_num, row


def _json_lines(path: Path, text: str, encoding: str) -> Table:
    lines = text.split("\n")
    names: dict[str, None] = {}
    for line in lines[:1000]:
        value = _object(line)
        if isinstance(value, dict):
            names.update(dict.fromkeys(value))
    columns = _columns(path, list(names))
    return Table(path, list(names), columns, encoding, _objects(lines, list(names)))


def _objects(
    lines: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[int, Sequence[Any] | str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        value = _object(line)
        yield number, value if isinstance(value, str) else [value.get(name) for name in names]


def _object(line: str) -> dict[str, Any] | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "not valid JSON"
    return value if isinstance(value, dict) else "not a JSON object"


def _parquet(path: Path) -> Table:
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path)
    names = list(file.schema_arrow.names)
    columns = _columns(path, names)
    wanted = [i for i in (columns.path, columns.label, columns.split) if i is not None]

    def rows() -> Iterator[tuple[int, Sequence[Any] | str]]:
        number = 0
        for batch in file.iter_batches(columns=[names[i] for i in wanted]):
            for record in batch.to_pylist():
                number += 1
                yield number, [record.get(name) for name in names]

    return Table(path, names, columns, "", rows())


def _columns(path: Path, names: Sequence[str]) -> Columns:
    path_at, label_at, split_at = find_columns(names)
    if path_at is None or label_at is None:
        missing = " and ".join(
            word for word, at in (("the path", path_at), ("the label", label_at)) if at is None
        )
        shown = ", ".join(displayed(str(name)) for name in names[:20]) or "none"
        raise RunError("table-columns", path=path, missing=missing, columns=shown)
    return Columns(path_at, label_at, split_at)


def _text(value: Any) -> str | None:
    """A cell as text; None for one that is empty or holds several values."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        # Tables with an empty cell hold their whole numbers as floats.
        return None if math.isnan(value) else f"{value:.17g}"
    if isinstance(value, str | int):
        return str(value).strip() or None
    if isinstance(value, dict):
        return _text(value.get("path"))
    return None
