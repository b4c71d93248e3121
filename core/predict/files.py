"""Classes and embeddings of many examples, into files: piece by piece, resumed where it ended.

Beside the file to write, a folder of the same name with `.parts` grows (`core.predict.parts`). A
killed prediction goes on after the last whole piece. The table appears early and is rewritten as it
grows, whole each time; representations are written at the end. Then the folder goes, unless copies
were sorted, or new files are waited for: a later call classifies what has come since.
"""

import errno
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from core.data.own_places import refuse_data_of
from core.errors import RunError
from core.predict.answer import refuse_lacking
from core.predict.arriving import Arriving, is_unfinished
from core.predict.modality import PredictModality
from core.predict.outputs import Outputs, with_table
from core.predict.parts import open_parts
from core.predict.placing import place_for
from core.predict.sorting import refuse_near_data
from core.predict.unknown import open_sets
from core.predict.wanted import Listeners, Wanted, Written
from core.predict.work import Work
from core.run.decision import read_decision
from core.run.files import CLASSIFIER, CLASSIFIER_JSON
from core.run.folder import RunFolder
from core.run.placing import given_at

# Examples between two points that a killed prediction can go on from.
PIECE: Final = 256
_SETTLE_S: Final = 2.0
# Of the rows that are kept.
_FORMAT: Final = 2


def predict_files(
    run: RunFolder,
    folder: Path,
    paths: Sequence[Path],
    wanted: Wanted,
    *,
    modality: PredictModality,
    listeners: Listeners,
    piece: int = PIECE,
    settle_s: float = _SETTLE_S,
) -> Written:
    """Classify examples and write what was found; goes on where an earlier call ended.

    Args:
        run: A run.
        folder: Of its classifier that shall answer.
        paths: Files of examples, and folders of them.
        wanted: What to write.
        modality: Of the run.
        listeners: Who is told what on the way.
        piece: Examples between two points to go on from.
        settle_s: How long a new file has to stay the same before it is read.

    Raises:
        RunError: The classifier is damaged, a folder can't be read or holds nothing, a file can't
            be written where it was asked for, or this machine lacks the device.
    """
    table = with_table(wanted.table, wanted.embeddings)
    _refuse_data([p for p in (table, *wanted.targets) if p is not None], paths, run)
    if wanted.sort_into is not None:
        refuse_near_data(wanted.sort_into, paths)
    _refuse_other_kind(wanted, table)
    refuse_nowhere([] if wanted.watch else paths)
    decision = read_decision(folder)
    if wanted.sort_into is not None:
        refuse_lacking(decision, "sort")
    recipe = run.recipe()
    place = place_for(recipe.runtime, wanted.device)

    def listed() -> list[Path]:
        found = dict.fromkeys(modality.files_in(paths))
        return [file for file in found if not (wanted.watch and is_unfinished(file))]

    files = listed()
    if not files and not wanted.watch:
        shown = " and ".join(map(str, paths))
        raise RunError("predict-nothing-found", path=shown, examples=recipe.modality.examples)
    sets = open_sets(folder, wanted.unknown) if wanted.unknown is not None else None
    parts_folder = wanted.parts_folder
    try:
        with open_parts(parts_folder) as (parts, remove):
            parts.begin(_asked(folder, wanted, paths, place.precision), listeners.tell)
            classifier = modality.open(folder, recipe.data, place)
            outputs = Outputs(
                table,
                wanted.embeddings,
                has_sets=sets is not None,
                has_texts=modality.takes_texts,
                has_several=decision.task.is_multi,
                has_numbers=decision.task.is_number,
            )
            work = Work(classifier, parts, outputs, sets, wanted, listeners, piece)
            if not wanted.watch:
                parts.want_only(files)
            work.tell_of_before()
            work.classify(files, modality, recipe.data)
            if wanted.watch:
                arriving = Arriving(listed, work.is_done, listeners.tell, settle_s)
                while new := arriving.wait(listeners.stopped, work.refresh):
                    work.classify(new, modality, recipe.data)
            written = work.finish()
            if written.is_whole and not wanted.is_continued:
                remove()
            return written
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(
            "file-not-writable", path=error.filename or parts_folder, reason=reason
        ) from error


def refuse_nowhere(paths: Sequence[Path]) -> None:
    """Refuse names of which nothing is there: what went on the way is a row, a slip is none.

    Raises:
        RunError: `predict-nothing-there`.
    """
    if paths and not any(path.exists() for path in paths):
        raise RunError("predict-nothing-there", path=" nor ".join(map(str, paths)))


def _refuse_other_kind(wanted: Wanted, table: Path | None) -> None:
    """A folder can't become a table; that is said before hours of work, not after them."""
    for path in (table, wanted.embeddings):
        if path is not None and path.is_dir():
            raise RunError("file-not-writable", path=path, reason=os.strerror(errno.EISDIR))
    folder = wanted.sort_into
    if folder is not None and folder.exists() and not folder.is_dir():
        raise RunError("file-not-writable", path=folder, reason=os.strerror(errno.ENOTDIR))


def _refuse_data(targets: Sequence[Path], paths: Sequence[Path], run: RunFolder) -> None:
    """Neither what is classified nor what was learned from is written into, or over."""
    for target in targets:
        data = given_at(target, paths)
        if data is not None and data.is_dir():
            raise RunError("predict-inside-data", path=target, data=data)
        if data is not None:
            raise RunError("out-is-data", path=target)
        refuse_data_of(run, target)


def _asked(folder: Path, wanted: Wanted, paths: Sequence[Path], precision: str) -> dict[str, Any]:
    """What rows depend on, apart from their files."""
    digest = hashlib.sha256()
    for name in (CLASSIFIER_JSON, CLASSIFIER):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    decision = read_decision(folder)
    several = {} if decision.task.is_single else {"decision": decision.to_json()}
    return {
        **several,
        "format": _FORMAT,
        "classifier": digest.hexdigest(),
        "paths": [os.fsencode(path.absolute()).hex() for path in paths],
        "embeddings": wanted.keeps_embeddings,
        "unknown": wanted.unknown,
        "precision": precision,
    }
