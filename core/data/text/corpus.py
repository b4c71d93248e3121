"""Unlabeled texts of one file, by their hashes and lines alone."""

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np

from core.data.manifest import ImageFile, TextFile, displayed
from core.data.text.copies import first_of_each, groups_of_copies
from core.data.text.hashes import shortened

_LAST_LINE = 2**32 - 1
# Names of one group of copies that are listed.
_MOST_NAMES = 50


@dataclass
class Corpus:
    """A file of unlabeled texts while it is read: 12 bytes of each.

    Attributes:
        file: Where it is.
        path: Its name in the manifest.
        root: Index of its root.
        split: `test` if it is to be kept out of pre-training.
        hashes: 8 bytes of each text's hash.
        lines: Where each text starts; 0 for the whole file.
    """

    file: Path
    path: str
    root: int
    split: str | None
    hashes: "array[int]" = field(default_factory=lambda: array("Q"))
    lines: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, line: int, text_hash: int) -> None:
        """One more text."""
        self.hashes.append(text_hash)
        self.lines.append(min(line, _LAST_LINE))

    def described(self, num_fresh: int) -> TextFile:
        """As it stands in the manifest; reads the file for its hash."""
        stat = self.file.stat()
        with self.file.open("rb") as raw:
            sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
        size, time = stat.st_size, stat.st_mtime_ns
        return TextFile(
            self.path, self.root, size, time, sha256, len(self.hashes), num_fresh, self.split
        )


@dataclass
class Overlaps:
    """What labeled and unlabeled texts have in common.

    Args:
        labeled: Texts that are listed.
        corpora: Files of unlabeled ones, those of a test split first.
    """

    labeled: Sequence[ImageFile]
    corpora: Sequence[Corpus]

    def __post_init__(self) -> None:
        own = np.array([shortened(text.sha256) for text in self.labeled], dtype=np.uint64)
        parts = [own, *(np.frombuffer(each.hashes, dtype=np.uint64) for each in self.corpora)]
        self._ends = list(accumulate(map(len, parts)))
        self._hashes = np.concatenate(parts)
        self._is_first = first_of_each(self._hashes)

    @property
    def num_copies(self) -> int:
        """How many texts are copies of one before them."""
        return int(len(self._is_first) - self._is_first.sum())

    def num_fresh(self) -> list[int]:
        """Of each file: texts that are copies neither of a text before nor of a labeled one."""
        between = zip(self._ends, self._ends[1:], strict=False)
        return [int(self._is_first[start:end].sum()) for start, end in between]

    def num_held_out(self) -> int:
        """How many unlabeled texts outside a test split are copies of a test text."""
        test = np.array([text.split == "test" for text in self.labeled], dtype=bool)
        own = self._hashes[: len(self.labeled)][test]
        held_out = [np.frombuffer(c.hashes, dtype=np.uint64) for c in self.corpora if c.split]
        known = np.unique(np.concatenate([own, *held_out]))
        rest = (np.frombuffer(c.hashes, dtype=np.uint64) for c in self.corpora if not c.split)
        return sum(int(_is_in(hashes, known).sum()) for hashes in rest)

    def groups(self, most: int) -> tuple[tuple[str, ...], ...]:
        """Names of copies of each other, at most so many groups."""
        found = groups_of_copies(self._hashes, most)
        return tuple(tuple(self._name(int(at)) for at in group[:_MOST_NAMES]) for group in found)

    def _name(self, position: int) -> str:
        part = bisect_right(self._ends, position)
        if part == 0:
            return displayed(self.labeled[position].path)
        corpus = self.corpora[part - 1]
        line = corpus.lines[position - self._ends[part - 1]]
        return displayed(f"{corpus.path}:{line}" if line else corpus.path)


def _is_in(hashes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(N,) bool: which of them are among the sorted `known`."""
    if not len(known):
        return np.zeros(len(hashes), dtype=bool)
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found: np.ndarray = known[at] == hashes
    return found
