"""The work of a prediction into files: classify, keep, copy, write."""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from core.language import _
from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.outputs import LETTERS_SHOWN, Outputs, Refreshing
from core.predict.parts import Parts, Stamp, stamp_of
from core.predict.prediction import Prediction
from core.predict.sorted_rows import write_sorted_rows
from core.predict.sorting import Copies, Copy, class_folders, unknown_folder
from core.predict.unknown import Sets
from core.predict.wanted import Listeners, Row, Wanted, Written
from core.recipe import DataRecipe

# Rows are kept at least this often.
_LONGEST_S: Final = 10.0
_MOST_TOLD: Final = 10
_OF_COPIES: Final = ("file", "size", "mtime_ns", "folder", "whole")


class Work:
    """Classifies file after file, and keeps what was found."""

    def __init__(
        self,
        classifier: OpenedClassifier,
        parts: Parts,
        outputs: Outputs,
        sets: Sets | None,
        wanted: Wanted,
        listeners: Listeners,
        piece: int,
    ) -> None:
        self._classifier, self._parts, self._outputs, self._sets = classifier, parts, outputs, sets
        self._wanted, self._listeners, self._piece = wanted, listeners, piece
        self._sorts_into = wanted.sort_into
        width = classifier.feature_dim if wanted.keeps_embeddings else 0
        self._schema = _with_places(outputs.schema(width))
        self._refresh = Refreshing(lambda: outputs.write_table(parts), listeners.tell)
        self._folders: dict[str, str] = {}
        self._copies: Copies | None = None
        if self._sorts_into is not None:
            name = hashlib.sha256(os.fsencode(self._sorts_into.absolute())).hexdigest()[:12]
            self._journal = parts.folder / f"copies-{name}.jsonl"
            self._copies = Copies(self._sorts_into, self._journal, listeners.tell)
        self._num_told = 0
        self._is_whole = True

    def refresh(self) -> None:
        """Write the table if it has grown and it is time."""
        self._refresh.if_grown()

    def is_done(self, file: Path, stamp: Stamp) -> bool:
        """Whether all of a file was classified."""
        return self._parts.num_done(file, stamp) is None

    def tell_of_before(self) -> None:
        """What earlier calls found; copies that they did not finish are made."""
        before = len(self._parts)
        if before:
            self._listeners.tell(
                _("Going on after {before:,} that were classified before.").format(before=before)
            )
        if self._copies is not None:
            for table in self._parts.tables(_OF_COPIES):
                self._copies.sort(_copies_of(table.to_pylist()))
        if self._listeners.found is not None:
            for table in self._parts.tables(["file", *self._shown]):
                self._listeners.found(_as_found(table.to_pylist(), self._shown))

    @property
    def _shown(self) -> list[str]:
        return list(self._outputs.columns)

    def classify(self, files: Sequence[Path], modality: PredictModality, data: DataRecipe) -> None:
        """Classify what is not done of files, and keep it piece by piece."""
        stamps: dict[Path, Stamp] = {}
        begun: dict[Path, int] = {}
        to_come = 0
        for file in files:
            stamp = stamp_of(file)
            num_done = self._parts.num_done(file, stamp)
            if num_done is not None:
                stamps[file], begun[file] = stamp, num_done
                to_come += max(0, modality.num_in(file, data) - num_done)
            if self._listeners.stopped():
                self._is_whole = False
                return
        total = len(self._parts) + to_come
        self._listeners.report(len(self._parts), total)
        self._keep_all(stamps, begun, total)

    def _keep_all(self, stamps: dict[Path, Stamp], begun: dict[Path, int], total: int) -> None:
        rows: list[Row] = []
        kept = time.monotonic()
        keeps = self._wanted.keeps_embeddings
        found = self._classifier.of_files(list(stamps), embeddings=keeps, begun=begun)
        with contextlib.closing(found):
            for prediction, is_last in _with_last(found):
                row = self._row(prediction)
                rows.append({**row, "stamp": stamps[prediction.source], "is_last": is_last})
                is_stopped = self._listeners.stopped()
                is_late = time.monotonic() - kept > _LONGEST_S
                if len(rows) >= self._piece or is_stopped or is_late:
                    self._keep(rows, total)
                    rows, kept = [], time.monotonic()
                if is_stopped:
                    self._is_whole = False
                    return
        if rows:
            self._keep(rows, total)
        for file in stamps:
            self._parts.complete(file)

    def _keep(self, rows: list[Row], total: int) -> None:
        self._parts.append(rows, self._schema)
        if self._copies is not None:
            self._copies.sort(_copies_of(rows))
        if self._listeners.found is not None:
            self._listeners.found(_as_found(rows, self._shown))
        self._refresh()
        done = len(self._parts)
        self._listeners.report(done, max(done, total))

    def finish(self) -> Written:
        """Write everything; an `OSError` is the file system's."""
        self._outputs.write_table(self._parts)
        if self._is_whole:
            schema = self._outputs.schema(self._classifier.feature_dim)
            self._outputs.write_embeddings(self._parts, schema)
        made = missing = 0
        if self._copies is not None and self._sorts_into is not None:
            self._copies.again()
            if self._outputs.has_texts:
                journal = self._journal.with_suffix(".json")
                write_sorted_rows(self._parts, self._sorts_into, journal, self._copies)
            made, missing = self._copies.num_made, self._copies.num_missing
        unreadable = sum(1 for row in self._parts.rows(["problem"]) if row["problem"])
        return Written(
            len(self._parts), unreadable, self._is_whole, made, missing, self._classifier.where
        )

    def _row(self, prediction: Prediction) -> Row:
        first = prediction.probabilities[0] if prediction.probabilities else (None, None)
        row: Row = {
            "file": prediction.source,
            # Names on disk need not be valid Unicode.
            "path": _plain(prediction.name),
            "label": first[0],
            "probability": first[1],
            "problem": prediction.problem or None,
            "embedding": prediction.embedding,
        }
        if self._outputs.has_several and not prediction.problem:
            row |= {"labels": prediction.said or (), "probabilities": prediction.probabilities}
        if prediction.number is not None:
            value, margin = prediction.number.value, prediction.number.margin
            row["prediction"] = value
            if margin is not None:
                row |= {"low": value - margin, "high": value + margin}
        if prediction.problem:
            self._tell_of(prediction)
        is_unknown = False
        if self._sets is not None and not prediction.problem:
            found = self._sets.with_candidates(prediction)
            is_unknown = found.is_unknown
            row |= {"is_unknown": is_unknown, "candidates": found.candidates}
        if self._outputs.has_texts:
            row["text"] = " ".join(prediction.read[: 2 * LETTERS_SHOWN].split())[:LETTERS_SHOWN]
        return {**row, **self._sorted(prediction, is_unknown)}

    def _sorted(self, prediction: Prediction, is_unknown: bool) -> Row:
        if prediction.problem or not prediction.probabilities or self._outputs.has_several:
            return {"folder": None, "whole": None}
        if not self._folders:
            self._folders = class_folders(name for name, _ in prediction.probabilities)
        folder = self._folders[prediction.probabilities[0][0]]
        if is_unknown:
            folder = unknown_folder(self._folders.values())
        is_file = prediction.path == prediction.source
        return {"folder": folder, "whole": None if is_file else prediction.read}

    def _tell_of(self, prediction: Prediction) -> None:
        self._num_told += 1
        if self._num_told <= _MOST_TOLD:
            self._listeners.tell(
                _("{name} can't be read: {problem}").format(
                    name=_plain(prediction.name), problem=prediction.problem
                )
            )
        if self._num_told == _MOST_TOLD:
            self._listeners.tell(_("More that can't be read is named in the files only."))


def _with_places(schema: pa.Schema) -> pa.Schema:
    """With the class folder of each row, and the text where it is no file of its own."""
    return pa.schema([*schema, *(pa.field(name, pa.string()) for name in ("folder", "whole"))])


def _copies_of(rows: Sequence[Row]) -> list[Copy]:
    """Texts of a table are no files; they go into a table of their class at the end."""
    return [
        Copy(_path_of(row), _stamp_in(row), row["folder"])
        for row in rows
        if row["folder"] is not None and row["whole"] is None
    ]


def _path_of(row: Row) -> Path:
    return Path(os.fsdecode(row["file"]))


def _stamp_in(row: Row) -> Stamp:
    return row["stamp"] if "stamp" in row else (row["size"], row["mtime_ns"])


def _with_last(found: Iterable[Prediction]) -> Iterator[tuple[Prediction, bool]]:
    """Each with whether it is the last of its file."""
    before: Prediction | None = None
    for prediction in found:
        if before is not None:
            yield before, before.source != prediction.source
        before = prediction
    if before is not None:
        yield before, True


def _as_found(rows: Sequence[Row], columns: Sequence[str]) -> list[Row]:
    """Rows for a listener, without what is only kept."""
    return [
        {"file": os.fsdecode(row["file"]), **{name: row.get(name) for name in columns}}
        for row in rows
    ]


def _plain(name: str) -> str:
    return name.encode(errors="replace").decode()
