"""What a run knows of the points of its map beside where they are: answers, labels to doubt."""

import csv
import io
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.data.corrections import SUGGESTED
from core.data.manifest import displayed
from core.errors import RunError
from core.language import _
from core.readers.answers import classifier_stage, read_predictions
from core.readers.atlas import SPLITS, Atlas
from core.readers.point_tags import Tags
from core.run.decision import read_decision
from core.run.files import DECISION, PREDICTIONS, SUSPECTS, VALIDATION
from core.run.folder import RunFolder
from core.system.table_cells import raw_cell

_FILES = (("val", VALIDATION), ("test", PREDICTIONS))


@dataclass(frozen=True, eq=False)
class Said:
    """What a classifier said of N points.

    Attributes:
        predicted: (N,) the most likely class; -1 where it was not asked, and of numbers.
        confidence: (N,) its probability; NaN there.
        tags: Where each may have several labels, those that are above their thresholds.
        number: (N,) where labels are numbers, what was predicted; NaN where it was not asked.
    """

    predicted: NDArray[np.int32]
    confidence: NDArray[np.float32]
    tags: Tags | None = None
    number: NDArray[np.float64] | None = None


def said_of(atlas: Atlas, run: RunFolder, arm: str, seed: int) -> Said:
    """What a classifier of the run said of validation and test examples, which it never learned.

    Raises:
        RunError: There is no such classifier, or its answers are damaged.
    """
    folder = classifier_stage(run, arm, seed)
    predicted = np.full(len(atlas), -1, np.int32)
    confidence = np.full(len(atlas), np.nan, np.float32)
    number = np.full(len(atlas), np.nan)
    flags = np.zeros((len(atlas), len(atlas.classes) if atlas.tags is not None else 0), np.bool_)
    limits = np.array(read_decision(folder).thresholds)
    if len(limits) != flags.shape[1]:
        reason = _("it has other labels")
        raise RunError("run-damaged", file=DECISION, path=folder, reason=reason)
    for split, name in _FILES:
        if not (folder / name).exists():
            continue
        probabilities, _targets, rows = read_predictions(run, folder / name)
        rows = np.arange(len(probabilities)) if rows is None else rows
        # Where in the answers a row of the split is; -1: it could not be read then.
        place = np.full(int(max(rows.max(initial=-1), atlas.row.max(initial=-1))) + 1, -1)
        place[rows] = np.arange(len(rows))
        points = np.flatnonzero(atlas.split == SPLITS.index(split))
        at = place[atlas.row[points]]
        points, at = points[at >= 0], at[at >= 0]
        if atlas.number is not None:
            number[points] = probabilities[at, 0]
            continue
        predicted[points] = probabilities[at].argmax(axis=1)
        confidence[points] = probabilities[at].max(axis=1)
        if atlas.tags is not None:
            flags[points] = probabilities[at] >= limits
    return Said(
        predicted,
        confidence,
        tags=Tags.of_flags(flags) if atlas.tags is not None else None,
        number=number if atlas.number is not None else None,
    )


def with_suspects(atlas: Atlas, run: RunFolder) -> Atlas:
    """The map with labels to doubt, as the run's table has them; those that were kept are none.

    A table that can't be read tells nothing.
    """
    suggested: dict[str, str] = {}
    with suppress(OSError, ValueError, csv.Error, KeyError):
        text = (run.path / SUSPECTS).read_text(encoding="utf-8")
        suggested = {
            raw_cell(row["example"]): raw_cell(row[SUGGESTED])
            for row in csv.DictReader(io.StringIO(text, newline=""))
            if row["decision"].strip() != "keep"
        }
    index = {displayed(name): number for number, name in enumerate(atlas.classes)}
    found = np.full(len(atlas), -1, np.int32)
    for number, (name, label) in enumerate(zip(atlas.names, atlas.label, strict=True)):
        if label >= 0 and name in suggested:
            found[number] = index.get(suggested[name], -1)
    return replace(atlas, suggested=found)


def without_kept(atlas: Atlas, kept: Collection[str]) -> Atlas:
    """The map without doubts on labels that the user decided to keep.

    Args:
        atlas: The map.
        kept: Names of their examples.
    """
    if not kept:
        return atlas
    is_kept = np.fromiter((name in kept for name in atlas.names), bool, len(atlas))
    found = np.where(is_kept, np.int32(-1), atlas.suggested)
    return replace(atlas, suggested=found)
