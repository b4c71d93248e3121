"""Predictions as tables: CSV, Parquet, and plain numbers; each appears whole or not at all."""

import csv
import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.csv_name import refuse_other_formats
from core.errors import RunError
from core.language import _
from core.predict.parts import Parts
from core.system.atomic import write_atomically
from core.system.table_cells import plain_cell

COLUMNS: Final = ("path", "label", "probability", "problem")
# Of models that predict numbers; low and high are nine of ten's.
NUMBERS: Final = ("path", "prediction", "low", "high", "problem")
# Of classifiers that may say several labels, or none.
SEVERAL: Final = ("path", "labels", "probabilities", "problem")
_OF_SETS: Final = ("is_unknown", "candidates")
_PLAIN_NUMBERS: Final = ".npy"
# Rewriting a growing table takes at most this share of the time.
_SHARE: Final = 0.05
_SOONEST_S: Final = 5.0
# Letters of a text that stand in the table.
LETTERS_SHOWN: Final = 300


@dataclass(frozen=True)
class Outputs:
    """What is written, and where.

    Attributes:
        table: CSV; None for none.
        embeddings: Parquet, or `.npy` for (N, D) float32, a row for each of the table.
        has_sets: Whether unknown ones are told apart.
        has_texts: Whether texts were read.
        has_several: Whether an example may have several labels.
        has_numbers: Whether the answer is a number.
    """

    table: Path | None
    embeddings: Path | None
    has_sets: bool
    has_texts: bool
    has_several: bool = False
    has_numbers: bool = False

    def schema(self, width: int) -> pa.Schema:
        """Of the table of the representations.

        Args:
            width: Of a representation; 0 leaves it out.
        """
        answer = [pa.field("label", pa.string()), pa.field("probability", pa.float32())]
        if self.has_several:
            answer = [
                pa.field("labels", pa.list_(pa.string())),
                pa.field("probabilities", pa.map_(pa.string(), pa.float32())),
            ]
        if self.has_numbers:
            answer = [pa.field(name, pa.float32()) for name in NUMBERS[1:-1]]
        fields = [
            pa.field("path", pa.string()),
            *answer,
            pa.field("problem", pa.string()),
        ]
        if self.has_sets:
            fields.append(pa.field("is_unknown", pa.bool_()))
            fields.append(pa.field("candidates", pa.list_(pa.string())))
        if self.has_texts:
            fields.append(pa.field("text", pa.string()))
        if width:
            fields.append(pa.field("embedding", pa.list_(pa.float32(), width)))
        return pa.schema(fields)

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the table."""
        sets, texts = (_OF_SETS if self.has_sets else ()), (("text",) if self.has_texts else ())
        if self.has_numbers:
            return (*NUMBERS, *texts)
        return (*(SEVERAL if self.has_several else COLUMNS), *sets, *texts)

    def write_table(self, parts: Parts) -> None:
        """Write the CSV file as far as it is known; `OSError` as the file system says."""
        if self.table is not None:
            write_atomically(self.table, lambda out: self._write_csv(out, parts))

    def write_embeddings(self, parts: Parts, schema: pa.Schema) -> None:
        """Write the representations; `OSError` as the file system says."""
        if self.embeddings is None:
            return
        if self.embeddings.suffix == _PLAIN_NUMBERS:
            write_atomically(self.embeddings, lambda out: _write_numbers(out, parts, schema))
        else:
            write_atomically(self.embeddings, lambda out: _write_parquet(out, parts, schema))

    def _write_csv(self, out: IO[bytes], parts: Parts) -> None:
        text = io.TextIOWrapper(out, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(self.columns)
        for row in parts.rows(self.columns):
            writer.writerow([plain_cell(_cell(name, row[name])) for name in self.columns])
        text.flush()
        text.detach()


class Refreshing:
    """Rewrites a table while it grows, seldom enough to cost little.

    Args:
        write: Writes it.
        tell: Told once in words when it can't be written; it is tried again.
    """

    def __init__(self, write: Callable[[], None], tell: Callable[[str], None]) -> None:
        self._write, self._tell = write, tell
        self._next = time.monotonic() + _SOONEST_S
        self._has_told = self._has_grown = False

    def __call__(self) -> None:
        """It has grown: write it if it is time."""
        self._has_grown = True
        self.if_grown()

    def if_grown(self) -> None:
        """Write if it is time and there is anything new."""
        began = time.monotonic()
        if began < self._next or not self._has_grown:
            return
        try:
            self._write()
            self._has_told = self._has_grown = False
        except OSError as error:
            if not self._has_told:
                what = error.strerror or str(error)
                self._tell(
                    _("The table can't be written at the moment ({what}); going on.").format(
                        what=what
                    )
                )
            self._has_told = True
        now = time.monotonic()
        self._next = now + max(_SOONEST_S, (now - began) / _SHARE)


def with_table(table: Path | None, embeddings: Path | None) -> Path | None:
    """The table to write: beside plain numbers, which have no names, there is always one.

    Raises:
        RunError: `predict-table-form`: the name of the representations has another ending;
            `table-is-csv`: that of the table has one of another format.
    """
    refuse_other_formats(table)
    if embeddings is None:
        return table
    if embeddings.suffix not in (".parquet", _PLAIN_NUMBERS):
        suffix = embeddings.suffix or "nothing"
        raise RunError("predict-table-form", path=embeddings, suffix=suffix)
    needs_names = table is None and embeddings.suffix == _PLAIN_NUMBERS
    return embeddings.with_suffix(".csv") if needs_names else table


def _cell(name: str, value: Any) -> object:
    if name == "candidates":
        return json.dumps(value or [], ensure_ascii=False)
    if value is None:
        return ""
    if name in {"labels", "probabilities"}:
        whole = value if name == "labels" else {label: round(share, 6) for label, share in value}
        return json.dumps(whole, ensure_ascii=False)
    if name == "probability":
        return f"{value:.6f}"
    if name in NUMBERS[1:-1]:
        # As many digits as the numbers have that it was kept as.
        return f"{value:.7g}"
    return ("yes" if value else "no") if name == "is_unknown" else value


def _write_parquet(out: IO[bytes], parts: Parts, schema: pa.Schema) -> None:
    names: Sequence[str] = schema.names
    with pq.ParquetWriter(out, schema) as writer:
        for table in parts.tables(names):
            writer.write_table(table)


def _write_numbers(out: IO[bytes], parts: Parts, schema: pa.Schema) -> None:
    """Rows of what can't be read are NaN, so that they stay those of the table."""
    width = schema.field("embedding").type.list_size
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(parts), width)}
    np.lib.format.write_array_header_1_0(out, header)
    for table in parts.tables(["embedding"]):
        for vector in table["embedding"].to_pylist():
            row = np.full(width, np.nan) if vector is None else np.asarray(vector)
            out.write(row.astype("<f4").tobytes())
