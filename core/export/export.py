"""Export a run: write, reload through the format's own library, compare, move into place."""

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from core.data.manifest_file import read_manifest
from core.data.own_places import data_at
from core.errors import RunError
from core.export.card import model_card
from core.export.examples import CheckExamples
from core.export.export_result import Written
from core.export.formats import ExportFormat, chosen_precision, format_named, other_formats
from core.export.modality import ExportModality
from core.export.numbers import tolerance_of
from core.export.parity import Standard, Words, checked
from core.export.rounding import unavoidable_difference
from core.export.runner import open_runner, write_runner
from core.export.several_labels import THRESHOLDS, same_labels_of
from core.export.subject import Subject, place_of
from core.export.target import PARITY, folder_beside, refuse_foreign
from core.language import _
from core.run.folder import RunFolder
from core.system.atomic import write_json, write_text
from core.system.progress import ProgressReport
from core.system.stopping import Stopped
from core.version import __version__

_BATCH = 32
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exported:
    """A finished export: its folder, what the check found, and whether it is a classifier."""

    folder: Path
    parity: dict[str, Any]
    needs_classifier: bool


def default_target(run: RunFolder, format_name: str, precision: str) -> Path:
    """`RUN/exports/<format>`, with the precision where it is not the usual one."""
    return run.exports / (format_name if precision == "fp32" else f"{format_name}-{precision}")


def export(
    run: RunFolder,
    format_name: str,
    modality: ExportModality,
    *,
    out: Path | None = None,
    arm: str | None = None,
    precision: str | None = None,
    report: ProgressReport | None = None,
) -> Exported:
    """Export a run in a format, checked on the user's own examples.

    Args:
        run: With a classifier, or for `encoder` with a fitted encoder.
        format_name: One of the modality's formats.
        modality: Of the run.
        out: The folder to make; `RUN/exports/<format>` if None. An earlier export of the same
            format is replaced.
        arm: One of `core.recipe.arms`; the recommended one (of encoders the most fitted) if None.
        precision: `fp32`, `fp16` or `int8`, where the format has it.
        report: Told (what, done, total); a total of 0 is unknown.

    Raises:
        RunError: The run has nothing to export, the place is taken, the format can't hold the
            model, or what was written does not compute the same. Nothing is left behind.
    """
    report = report or _silent
    recipe = run.recipe()
    wanted = format_named(format_name, modality.formats, recipe.modality.name)
    precision = chosen_precision(wanted, precision)
    target = (out or default_target(run, format_name, precision)).absolute()
    manifest = read_manifest(run.manifest_file)
    _refuse_inside_data(target, run)
    refuse_foreign(target, format_name)
    report(_("Opening the model"), 0, 0)
    place = place_of(run, arm, needs_classifier=wanted.needs_classifier)
    subject = (modality.classifier if wanted.needs_classifier else modality.encoder)(run, place)
    others = other_formats(format_name, modality.formats)
    words = Words(format_name, others, recipe.modality.example)
    with folder_beside(target, format_name) as folder:
        # In there: what a killed export leaves is cleared by the next one.
        with tempfile.TemporaryDirectory(prefix=".converted-", dir=folder) as scratch:
            examples = modality.examples(manifest, recipe.data, subject, Path(scratch), report)
            outputs = _outputs(subject, examples)
            with _failing_in_words(words):
                report(f"Writing {wanted.title}", 0, 0)
                written = _written(subject, examples, modality, wanted, folder, precision)
                standard = _standard(subject, examples, outputs, written)
                found = checked(
                    open_runner(folder), outputs, examples, standard, words=words, report=report
                )
        parity = _noted(subject, wanted, precision, written, found)
        write_json(folder / PARITY, parity)
        card = model_card(subject, wanted, parity, written.notes, modality.templates)
        write_text(folder / "README.md", card)
    return Exported(target, parity, wanted.needs_classifier)


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total


@contextlib.contextmanager
def _failing_in_words(words: Words) -> Iterator[None]:
    """A converter that gives up on an architecture says so in an exception of any kind."""
    try:
        yield
    except (RunError, Stopped, OSError, MemoryError):
        raise
    except Exception as error:
        _log.exception("The conversion to %s failed.", words.format_name)
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise RunError(
            "export-not-converted",
            format=words.format_name,
            reason=lines[0][:300],
            others=words.others,
        ) from error


def _outputs(subject: Subject, examples: CheckExamples) -> np.ndarray:
    return np.concatenate([subject.outputs(some) for some in examples.batches(_BATCH)])


def _written(
    subject: Subject,
    examples: CheckExamples,
    modality: ExportModality,
    wanted: ExportFormat,
    folder: Path,
    precision: str,
) -> Written:
    """The files of the format, with the `run.py` that opens them."""
    known = replace(subject, examples=examples.inputs)
    written = modality.writers[wanted.name](known, folder, precision)
    template = f"{modality.templates}/run_{wanted.name}.py.jinja"
    write_runner(folder, template, subject.decision.task)
    if subject.thresholds:
        write_json(folder / THRESHOLDS, subject.thresholds)
    return written


def _standard(
    subject: Subject, examples: CheckExamples, outputs: np.ndarray, written: Written
) -> Standard:
    return Standard(
        tolerance_of(subject, written.tolerance),
        subject.classes,
        same_labels_of(subject),
        subject.unit if subject.decision.task.is_number else None,
        partial(unavoidable_difference, subject, examples, outputs, _BATCH),
    )


def _noted(
    subject: Subject,
    wanted: ExportFormat,
    precision: str,
    written: Written,
    found: dict[str, Any],
) -> dict[str, Any]:
    return {
        "made_by": "redistill",
        "format": wanted.name,
        "precision": precision,
        "architecture": written.architecture,
        "arm": subject.arm,
        "stage": subject.place.stage,
        **found,
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "redistill": __version__,
            **{name: version(name) for name in sorted({"torch", "pillow", *written.libraries})},
        },
    }


def _refuse_inside_data(target: Path, run: RunFolder) -> None:
    folder = data_at(run, target)
    if folder is not None:
        raise RunError("export-inside-data", path=target, data=folder)
