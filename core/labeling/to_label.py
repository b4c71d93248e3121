"""What to label next, as a table to label in: it is the labeled data of the next run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.data.label_table import Row
from core.data.manifest import Example, Manifest, displayed
from core.data.modality import DataModality
from core.data.ways import Way, usual_way
from core.errors import RunError
from core.evaluate.worth_labeling import Pool, worth_labeling
from core.labeling.examples import Looked
from core.labeling.features import features_of
from core.recipe import DataRecipe

# More unlabeled examples than these are drawn from: looking at each takes time.
MOST_LOOKED_AT: Final = 20_000
# The class of what has none, while it is looked at.
NO_CLASS: Final = ""


@dataclass(frozen=True)
class ToLabel:
    """What was chosen.

    Attributes:
        rows: To be labeled, the most worth first; those that were so before are the first.
        num_unlabeled: How many there are to choose from.
        num_labeled: How many labels the choice knew of.
        way: How they were chosen.
    """

    rows: tuple[Row, ...]
    num_unlabeled: int
    num_labeled: int
    way: Way


def pooled(manifest: Manifest, part: DataModality, data: DataRecipe, seed: int) -> Manifest:
    """A manifest of labeled training examples, and unlabeled ones as if they had a class.

    Raises:
        RunError: `nothing-to-label`: there is no unlabeled example.
    """
    unlabeled = part.to_label(manifest, data, most=MOST_LOOKED_AT, seed=seed)
    if not unlabeled:
        raise RunError("nothing-to-label", path=", ".join(map(displayed, manifest.roots)))
    pool = tuple(replace(each, label=NO_CLASS, split="train") for each in unlabeled)
    known = tuple(each for each in manifest.labeled if each.split != "test")
    return replace(
        manifest,
        unlabeled=(),
        corpora=(),
        labeled=(*known, *pool),
        classes=(*manifest.classes, NO_CLASS),
        groups=(),
    )


def choose_to_label(
    looked: Looked,
    before: Sequence[Row],
    part: DataModality,
    data: DataRecipe,
    *,
    count: int,
    way: Way | None,
    seed: int,
) -> ToLabel:
    """Choose what to label, beside what waits for it already.

    Args:
        looked: Of a manifest as `pooled` makes it.
        before: Rows of the table that there is; their labels count.
        part: What reads the files.
        data: How they are read.
        count: How many shall wait for a label in all.
        way: How to choose; None: as suits the labels.
        seed: Of the choice.

    Raises:
        RunError: Memory ran out.
        Interrupted: Asked to end; features that were computed are kept.
    """
    manifest = looked.manifest
    listed = manifest.used_split("train")
    parts = looked.examples.labeled["train"]
    said = {row.place: row for row in before}
    rows = [said.get(place_of(manifest, each)) for each in listed]
    labels = [
        each.label or (row.label if row is not None else "")
        for each, row in zip(listed, rows, strict=True)
    ]
    is_labeled = np.array([bool(label) for label in labels])
    # What waits for a label, or was passed over, is no news either.
    is_known = is_labeled | np.array([row is not None for row in rows])
    left = np.flatnonzero(~is_known)
    classes = {label: number for number, label in enumerate(sorted({*labels} - {NO_CLASS}))}
    way = _way_that_can(way, int(is_labeled.sum()), len(classes))
    waiting = [row for row in before if not row.label and not row.is_skipped]
    wanted = max(0, count - len(waiting))
    chosen: list[Example] = []
    if wanted and len(left):
        features = features_of(looked, parts.examples)
        told = is_labeled if way == "uncertain" else is_known
        targets = np.array([classes.get(label, 0) for label in labels], dtype=np.int64)
        pool = Pool(features[left], features[told], targets[told])
        chosen = [listed[left[row]] for row in worth_labeling(pool, wanted, way, seed)]
    new = rows_of(manifest, chosen, part, data)
    num_labeled = int(is_labeled.sum())
    return ToLabel((*waiting, *new), len(listed) - num_labeled, num_labeled, way)


def _way_that_can(way: Way | None, num_labeled: int, num_classes: int) -> Way:
    """The way to choose: no probe can be unsure before there are two classes."""
    chosen = usual_way(num_labeled, num_classes) if way is None else way
    return "typical" if chosen == "uncertain" and num_classes < 2 else chosen


def rows_of(
    manifest: Manifest, examples: Sequence[Example], part: DataModality, data: DataRecipe
) -> list[Row]:
    """Examples as rows, with their labels and texts."""
    texts: Mapping[tuple[int, str], str] = part.texts_again(manifest, examples, data)[0]
    return [
        Row(
            place=place_of(manifest, each),
            label=displayed(each.label or ""),
            split=each.split or "train",
            text=texts.get((each.root, each.path), ""),
        )
        for each in examples
    ]


def place_of(manifest: Manifest, example: Example) -> str:
    """Where an example is, as the table says it."""
    return displayed(str(manifest.absolute(example)))
