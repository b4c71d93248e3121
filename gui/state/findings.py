"""A complete scan as the window holds it: words and counts, and the examples in arrays."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.findings import IMAGES, SPLITS, SUMMARY, TEXTS, Sample
from core.language import _
from core.recipe.modality import Modality, modality_named
from core.recipe.tasks import Task, task_named

# What a split is called on a picture.
_PARTS = {"train": _("train"), "val": _("val"), "test": _("test")}
_ARRAYS = ("names", "ends", "root", "label", "split", "tags", "tag_ends")


@dataclass(frozen=True, eq=False)
class Findings:
    """What a scan found.

    Attributes:
        summary: As `core.data.findings.summary_of` wrote it.
        names: Paths of all examples in one block of bytes; labeled ones first.
        ends: (N,) where each path ends in it.
        root: (N,) index into `summary["roots"]`.
        label: (N,) index into `summary["classes"]`, -1 for unlabeled examples; where an example may
            have several labels the first of them, or -2 for none.
        tags: All of these, one example after the other.
        tag_ends: (N,) where those of each example end.
        split: (N,) index into `core.data.findings.SPLITS`.
        texts: Some of them in full where they are texts, labeled ones first.
    """

    summary: dict[str, Any]
    names: NDArray[np.uint8]
    ends: NDArray[np.int64]
    root: NDArray[np.int16]
    label: NDArray[np.int32]
    split: NDArray[np.int8]
    tags: NDArray[np.int32]
    tag_ends: NDArray[np.int64]
    texts: tuple[Sample, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> "Findings":
        """Read what the scan helper wrote.

        Raises:
            OSError, ValueError, KeyError: The files are not there or damaged.
        """
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        with np.load(folder / IMAGES, allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in _ARRAYS}
        texts = json.loads((folder / TEXTS).read_text(encoding="utf-8"))
        return cls(summary, **parts, texts=tuple(Sample(*values) for values in texts))

    @property
    def task(self) -> Task:
        """What is asked of a classifier."""
        return task_named(self.summary.get("task"))

    @property
    def modality(self) -> Modality:
        """What the examples are."""
        return modality_named(self.summary["kind"])

    def count(self, label: str | None, split: str | None) -> int:
        """How many examples there are of a class ("": unlabeled) and a split; None is any."""
        summary = self.summary
        found = 0 if label or split else int(summary["num_unlabeled"])
        if label == "":
            return found
        splits = SPLITS[1:] if split is None else (split,)
        if label is None:
            return found + sum(int(summary["splits"][name]) for name in splits)
        classes = [entry for entry in summary["classes"] if entry["name"] == label]
        return found + sum(int(entry[name]) for entry in classes for name in splits)

    def has_own_split(self, split: str) -> bool:
        """Whether the data came with a `test` or `val` split: nothing is then held out for it."""
        held_out = any(f"no {split} " in str(note) for note in self.summary["notes"])
        return not held_out and any(entry[split] for entry in self.summary["classes"])

    def __len__(self) -> int:
        return len(self.ends)

    def counts(self, *, with_test: bool) -> tuple[int, int]:
        """Examples for pre-training, those of the test split included or not, and labeled ones."""
        key = "num_pretraining_with_test" if with_test else "num_pretraining"
        return int(self.summary[key]), int(self.summary["num_labeled"])

    def path(self, index: int) -> Path:
        """The file that an example is in."""
        start = int(self.ends[index - 1]) if index else 0
        name = os.fsdecode(self.names[start : int(self.ends[index])].tobytes())
        return Path(self.summary["roots"][int(self.root[index])], name)

    def caption(self, index: int) -> str:
        """Class and split of an example, as far as it has them."""
        start = int(self.tag_ends[index - 1]) if index else 0
        own = self.tags[start : int(self.tag_ends[index])]
        words = [self.summary["classes"][int(tag)]["name"] for tag in own]
        if not words:
            words = [_("unlabeled") if self.label[index] == -1 else _("none of the labels")]
        split = SPLITS[int(self.split[index])]
        return ", ".join([*words, _PARTS[split]] if split else words)

    def chosen(self, label: int | None, split: str | None) -> NDArray[np.int64]:
        """Indices of the examples of a class (-1: unlabeled) and a split; None is any."""
        keep = np.ones(len(self), dtype=bool)
        if label == -1:
            keep &= self.label == -1
        elif label is not None:
            counts = np.diff(self.tag_ends, prepend=0)
            has = np.repeat(np.arange(len(self)), counts)[self.tags == label]
            keep &= np.isin(np.arange(len(self)), has)
        if split is not None:
            keep &= self.split == SPLITS.index(split)
        return np.flatnonzero(keep)

    def rows_of(self, files: Iterable[Path]) -> NDArray[np.int64]:
        """Indices of the examples that are in these files, sorted."""
        names: list[set[bytes]] = [set() for _ in self.summary["roots"]]
        for file in files:
            for root, found in zip(self.summary["roots"], names, strict=True):
                # A table may name files outside of its folder, by their whole path.
                inside = file.relative_to(root) if file.is_relative_to(root) else file
                found |= {os.fsencode(inside.as_posix()), os.fsencode(file.as_posix())}
        block, ends = self.names.tobytes(), [0, *self.ends.tolist()]
        rows = [
            row
            for row, root in enumerate(self.root.tolist())
            if block[ends[row] : ends[row + 1]] in names[root]
        ]
        return np.asarray(rows, dtype=np.int64)

    def mixed(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same examples in an order in which all classes alternate, by chance but always alike.

        Folders are read class by class: the first thousand examples look like one class.
        """
        chance = np.random.default_rng(0)
        shuffled = indices[chance.permutation(len(indices))]
        labels = self.label[shuffled]
        places = np.empty(len(shuffled))
        for label in np.unique(labels):
            of_class = np.flatnonzero(labels == label)
            places[of_class] = (np.arange(len(of_class)) + chance.random()) / len(of_class)
        mixed: NDArray[np.int64] = shuffled[np.argsort(places, kind="stable")]
        return mixed
