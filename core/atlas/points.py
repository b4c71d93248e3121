"""Which examples of a run are points of its map, and what is known of each."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import Example, Manifest
from core.data.modality import DataModality
from core.data.splits import SPLIT_ORDER
from core.data.tags import names_in
from core.labeling.to_label import NO_CLASS
from core.readers.atlas import LIKENESS, SPLITS
from core.readers.point_tags import Tags
from core.recipe import DataRecipe
from core.recipe.tasks import SINGLE

# Of the points, unlabeled examples have at least this share, if there are so many.
_UNLABELED_SHARE: Final = 0.5


@dataclass(frozen=True)
class Pointed:
    """A manifest as a map needs it.

    Attributes:
        manifest: Every point is a labeled example of it, unlabeled ones as if they had a class.
        num_left_out: Examples that are no point, because there are too many.
    """

    manifest: Manifest
    num_left_out: int


def pointed(
    manifest: Manifest, part: DataModality, data: DataRecipe, *, most: int, seed: int
) -> Pointed:
    """The labeled examples, and the unlabeled ones that are no copies; of too many a draw.

    Args:
        manifest: Of the run.
        part: What reads its files.
        data: How they are read.
        most: How many points at most.
        seed: Of the draw.
    """
    # Copies that training leaves out are examples like others here.
    whole = replace(manifest, left_out=frozenset(), left_out_texts=frozenset())
    least = min(whole.num_unlabeled, int(_UNLABELED_SHARE * most))
    room = max(most - len(whole.labeled), least)
    unlabeled = part.to_label(whole, data, most=room, seed=seed) if room else []
    labeled = _some(whole.labeled, most - len(unlabeled), seed)
    pool = tuple(replace(each, label=NO_CLASS, split=SPLIT_ORDER[0]) for each in unlabeled)
    left_out = len(whole.labeled) - len(labeled)
    if len(unlabeled) == room:
        left_out += whole.num_unlabeled - room
    classes = (*whole.classes, *([NO_CLASS] if pool else []))
    if whole.task.is_number:
        # What has no number can't be read as one: for the time of the map each is a class.
        whole = replace(whole, task_name=SINGLE)
        classes = tuple(sorted({each.label or NO_CLASS for each in (*labeled, *pool)}))
    found = replace(
        whole,
        unlabeled=(),
        corpora=(),
        labeled=(*labeled, *pool),
        classes=classes,
        groups=(),
    )
    return Pointed(found, left_out)


def _some(examples: Sequence[Example], most: int, seed: int) -> list[Example]:
    if len(examples) <= most:
        return list(examples)
    rows = sorted(Random(seed).sample(range(len(examples)), most))
    return [examples[row] for row in rows]


def listed_in(manifest: Manifest) -> list[Example]:
    """The points of a `pointed` manifest, in the order in which their features come."""
    return [each for split in SPLIT_ORDER for each in manifest.used_split(split)]


def splits_of(listed: Sequence[Example]) -> NDArray[np.int8]:
    """(N,) index into `SPLITS`."""
    found = [SPLITS.index(each.split or "") if each.label != NO_CLASS else 0 for each in listed]
    return np.asarray(found, dtype=np.int8)


def labels_of(listed: Sequence[Example], classes: Sequence[str]) -> NDArray[np.int32]:
    """(N,) index into the classes; -1 for none."""
    index: dict[str | None, int] = {name: number for number, name in enumerate(classes)}
    found = [-1 if each.label == NO_CLASS else index[each.label] for each in listed]
    return np.asarray(found, dtype=np.int32)


def tags_of(listed: Sequence[Example], whole: Manifest) -> Tags | None:
    """Where examples may have several labels, these; None where each has one."""
    if not whole.task.is_multi:
        return None
    index = {name: number for number, name in enumerate(whole.classes)}
    return Tags.of_lists(
        sorted(index[name] for name in names_in(each.label or None, whole.task)) for each in listed
    )


def numbers_of(listed: Sequence[Example], whole: Manifest) -> NDArray[np.float64] | None:
    """(N,) where labels are numbers, these, NaN for none; else None."""
    if not whole.task.is_number:
        return None
    found = [math.nan if each.label == NO_CLASS else float(each.label or 0) for each in listed]
    return np.asarray(found, dtype=np.float64)


def rows_of(listed: Sequence[Example], whole: Manifest) -> NDArray[np.int64]:
    """(N,) which of its split in the whole manifest each is; -1 for unlabeled ones."""
    at = {
        (each.root, each.path): row
        for split in SPLIT_ORDER
        for row, each in enumerate(whole.labeled_split(split))
    }
    found = [-1 if each.label == NO_CLASS else at[each.root, each.path] for each in listed]
    return np.asarray(found, dtype=np.int64)


def likeness_of(listed: Sequence[Example], whole: Manifest) -> NDArray[np.int8]:
    """(N,) index into `LIKENESS`: whether it is a copy of another point, or one of it."""
    counts = Counter(each.sha256 for each in listed)
    same, near = LIKENESS.index("identical"), LIKENESS.index("nearly identical")
    alike = {
        (side.root, side.path)
        for pair in whole.pairs
        if pair.kind == "near"
        for side in (pair.of, pair.copy)
    }
    found = [
        same if counts[each.sha256] > 1 else near if (each.root, each.path) in alike else 0
        for each in listed
    ]
    return np.asarray(found, dtype=np.int8)
