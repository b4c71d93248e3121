"""Classes and embeddings of many examples, into files: piece by piece, resumed where it ended.

Beside the file to write, a folder of the same name with `.parts` grows by one Parquet file per
piece. A killed prediction goes on after the last whole piece. At the end the pieces are streamed
into one CSV or Parquet file, which appears whole or not at all, and the folder goes.
"""

import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import RunError
from core.predict.modality import OpenedClassifier, PredictModality
from core.predict.placing import place_for
from core.predict.predict import classifier_folder
from core.predict.prediction import Prediction
from core.predict.unknown import Sets, open_sets
from core.run.files import CLASSIFIER
from core.run.folder import RunFolder
from core.system.atomic import write_atomically, write_json
from core.system.table_cells import plain_cell

# Images between two points that a killed prediction can go on from.
PIECE = 256
_COLUMNS = ("path", "label", "probability", "problem")
_OF_SETS = ("is_unknown", "candidates")


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the class: representations, and sets of candidates."""

    embeddings: bool
    sets: Sets | None


@dataclass(frozen=True)
class Written:
    """How many images were looked at in all, and how many of them can't be read.

    Attributes:
        where: Where and how precisely the classifier answered, in words.
    """

    num_images: int
    num_unreadable: int
    where: str = field(default="", compare=False)


def predict_files(
    run: RunFolder,
    paths: Sequence[Path],
    *,
    modality: PredictModality,
    arm: str | None,
    table: Path | None,
    embeddings: Path | None,
    report: Callable[[int, int], None],
    piece: int = PIECE,
    device: str | None = None,
    unknown: float | None = None,
) -> Written:
    """Classify examples and write what was found; goes on where an earlier call ended.

    Args:
        run: A run with a classifier.
        paths: Files of examples, and folders of them.
        modality: Of the run.
        arm: Whose classifier; the recommended one if None.
        table: CSV to write: path, label, probability, problem.
        embeddings: Parquet to write: the same and `embedding`, a list of D float32.
        report: Told how many of how many images are done.
        piece: Images between two points to go on from.
        device: Where to compute; where the recipe says, or what is best here, by default.
        unknown: How often the candidates of an image are to hold its true class; then the files
            have `is_unknown` (several candidates, or none) and `candidates`, too.

    Raises:
        RunError: The run has no classifier, a folder can't be read, a file can't be written
            where it was asked for, or this machine lacks the device.
    """
    if not modality.takes_folders:
        raise RunError("run-not-on-images", path=run.path)
    targets = [path for path in (table, embeddings) if path is not None]
    _refuse_inside_data(targets, paths)
    folder = classifier_folder(run, arm)
    recipe = run.recipe()
    place = place_for(recipe.runtime, device)
    images = modality.files_in(paths)
    parts = targets[0].with_name(f"{targets[0].name}.parts")
    try:
        sets = open_sets(folder, unknown) if unknown is not None else None
        asked = _fingerprint(folder, images, embeddings is not None, piece)
        asked["unknown"] = unknown
        _begin(parts, {**asked, "precision": place.precision})
        classifier = modality.open(folder, recipe.data, place)
        wanted = Wanted(embeddings=embeddings is not None, sets=sets)
        _compute_parts(classifier, images, parts, wanted, report, piece)
        files = sorted(parts.glob("part-*.parquet"))
        if table is not None:
            write_atomically(table, lambda out: _write_csv(out, files, wanted))
        if embeddings is not None:
            schema = _schema(wanted, classifier.feature_dim)
            write_atomically(embeddings, lambda out: _write_parquet(out, files, schema))
        unreadable = sum(sum(1 for row in _rows(file) if row["problem"]) for file in files)
        shutil.rmtree(parts)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError("file-not-writable", path=error.filename or parts, reason=reason) from error
    return Written(len(images), unreadable, classifier.where)


def _refuse_inside_data(targets: Sequence[Path], paths: Sequence[Path]) -> None:
    for target in targets:
        for data in paths:
            if data.is_dir() and target.resolve().is_relative_to(data.resolve()):
                raise RunError("predict-inside-data", path=target, data=data)


def _fingerprint(
    folder: Path, images: Sequence[Path], with_embeddings: bool, piece: int
) -> dict[str, Any]:
    """What the parts depend on: the images, as far as names, sizes and times tell, and the rest."""
    seen = hashlib.sha256()
    for path in images:
        try:
            about = path.stat()
            seen.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode(errors="replace"))
        except OSError:
            seen.update(f"{path}\0gone\n".encode(errors="replace"))
    weights = (folder / CLASSIFIER).stat()
    return {
        "images": seen.hexdigest(),
        "classifier": [os.fspath(folder), weights.st_size, weights.st_mtime_ns],
        "embeddings": with_embeddings,
        "piece": piece,
    }


def _begin(parts: Path, asked: dict[str, Any]) -> None:
    """Keep the parts of an earlier call only if it was asked the very same."""
    record = parts / "asked.json"
    try:
        if json.loads(record.read_text(encoding="utf-8")) == asked:
            return
    except (OSError, ValueError):
        pass
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True, exist_ok=True)
    write_json(record, asked)


def _compute_parts(
    classifier: OpenedClassifier,
    images: Sequence[Path],
    parts: Path,
    wanted: Wanted,
    report: Callable[[int, int], None],
    piece: int,
) -> None:
    """Write the parts that are missing."""
    schema = _schema(wanted, classifier.feature_dim)
    files = {
        start: parts / f"part-{start // piece:08d}.parquet"
        for start in range(0, len(images), piece)
    }
    missing = {start for start, file in files.items() if not file.exists()}
    ahead = [image for start in sorted(missing) for image in images[start : start + piece]]
    # All at once: what is read ahead is for the next part, too.
    with contextlib.closing(classifier.of_files(ahead, embeddings=wanted.embeddings)) as found:
        for start, file in files.items():
            count = min(piece, len(images) - start)
            if start in missing:
                rows = [_row(prediction, wanted) for prediction in islice(found, count)]
                assert len(rows) == count
                part = pa.Table.from_pylist(rows, schema=schema)
                write_atomically(file, partial(pq.write_table, part))
            report(start + count, len(images))


def _schema(wanted: Wanted, width: int) -> pa.Schema:
    fields = [
        pa.field("path", pa.string()),
        pa.field("label", pa.string()),
        pa.field("probability", pa.float32()),
        pa.field("problem", pa.string()),
    ]
    if wanted.sets is not None:
        fields.append(pa.field("is_unknown", pa.bool_()))
        fields.append(pa.field("candidates", pa.list_(pa.string())))
    if wanted.embeddings:
        fields.append(pa.field("embedding", pa.list_(pa.float32(), width)))
    return pa.schema(fields)


def _row(prediction: Prediction, wanted: Wanted) -> dict[str, Any]:
    label, probability = prediction.probabilities[0] if prediction.probabilities else (None, None)
    row: dict[str, Any] = {
        # Names on disk need not be valid Unicode.
        "path": prediction.name.encode(errors="replace").decode(),
        "label": label,
        "probability": probability,
        "problem": prediction.problem or None,
    }
    if wanted.sets is not None:
        found = wanted.sets.with_candidates(prediction)
        is_read = not prediction.problem
        row |= {"is_unknown": found.is_unknown if is_read else None, "candidates": found.candidates}
    return {**row, "embedding": prediction.embedding} if wanted.embeddings else row


def _rows(file: Path, columns: Sequence[str] = _COLUMNS) -> Iterator[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(file, columns=list(columns)).to_pylist()
    yield from rows


def _write_csv(out: IO[bytes], files: Sequence[Path], wanted: Wanted) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text)
    columns = (*_COLUMNS, *(_OF_SETS if wanted.sets is not None else ()))
    writer.writerow(columns)
    for file in files:
        for row in _rows(file, columns):
            probability = row["probability"]
            shown = "" if probability is None else f"{probability:.6f}"
            cells = [row["path"], row["label"] or "", shown, row["problem"] or ""]
            if wanted.sets is not None:
                is_unknown = row["is_unknown"]
                cells.append("" if is_unknown is None else "yes" if is_unknown else "no")
                cells.append(json.dumps(row["candidates"] or [], ensure_ascii=False))
            writer.writerow([plain_cell(cell) for cell in cells])
    text.flush()
    text.detach()


def _write_parquet(out: IO[bytes], files: Sequence[Path], schema: pa.Schema) -> None:
    with pq.ParquetWriter(out, schema) as writer:
        for file in files:
            writer.write_table(pq.read_table(file))
