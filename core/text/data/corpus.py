"""Unlabeled texts of one file, by their hashes and lines alone."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np

from core.data.manifest import Example, TextFile, displayed
from core.text.data.copies import sorted_by_hash
from core.text.data.hashes import shortened
from core.text.data.number_file import NumberFile

_LAST_LINE = 2**32 - 1
# Names of one group of copies that are listed.
_MOST_NAMES = 50
# Hashes compared together.
_AT_ONCE = 1 << 20


class TextIndex:
    """Hash and line of every unlabeled text of a scan, 12 bytes each, on disk.

    Args:
        scratch: Folder for them.
    """

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self._hashes, self._lines = NumberFile("Q", scratch), NumberFile("I", scratch)

    def __len__(self) -> int:
        return len(self._hashes)

    def add(self, line: int, text_hash: int) -> None:
        """One more text: where it starts (0 for a whole file), and 8 bytes of its hash."""
        self._hashes.append(text_hash)
        self._lines.append(min(line, _LAST_LINE))

    def views(self) -> tuple[np.ndarray, np.ndarray]:
        """(N,) uint64 hashes and (N,) uint32 lines."""
        return self._hashes.view(), self._lines.view()


@dataclass
class Corpus:
    """A file of unlabeled texts while it is read.

    Attributes:
        file: Where it is.
        path: Its name in the manifest.
        root: Index of its root.
        split: `test` if it is to be kept out of pre-training.
        start: Where its texts begin in the index.
        num_texts: How many there are.
    """

    file: Path
    path: str
    root: int
    split: str | None
    start: int
    num_texts: int = 0

    @property
    def places(self) -> slice:
        """Where its texts are in the index."""
        return slice(self.start, self.start + self.num_texts)

    def described(self, num_fresh: int) -> TextFile:
        """As it stands in the manifest; reads the file for its hash."""
        stat = self.file.stat()
        with self.file.open("rb") as raw:
            sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
        size, time = stat.st_size, stat.st_mtime_ns
        return TextFile(
            self.path, self.root, size, time, sha256, self.num_texts, num_fresh, self.split
        )


@dataclass
class Overlaps:
    """What labeled and unlabeled texts have in common.

    Args:
        labeled: Texts that are listed.
        corpora: Files of unlabeled ones, those of a test split first.
        index: Of their texts.
        most: Groups of copies that are kept.
    """

    labeled: Sequence[Example]
    corpora: Sequence[Corpus]
    index: TextIndex
    most: int
    num_copies: int = field(init=False, default=0)
    _groups: list[np.ndarray] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._hashes, self._lines = self.index.views()
        self._own = np.array([shortened(text.sha256) for text in self.labeled], dtype=np.uint64)
        parts = [self._own, *(self._hashes[corpus.places] for corpus in self.corpora)]
        self._ends = list(accumulate(map(len, parts)))
        self._num_copies_of = np.zeros(len(parts), dtype=np.int64)
        for positions, starts in sorted_by_hash(parts, self.index.scratch):
            self._count(positions, starts)
        self.num_copies = int(self._num_copies_of.sum())

    def _count(self, positions: np.ndarray, starts: np.ndarray) -> None:
        is_copy = np.ones(len(positions), dtype=bool)
        is_copy[starts] = False
        part = np.searchsorted(self._ends, positions[is_copy], side="right")
        self._num_copies_of += np.bincount(part, minlength=len(self._ends))
        ends = np.append(starts[1:], len(positions))
        shared = np.flatnonzero(ends - starts > 1)[: self.most - len(self._groups)]
        for at in shared:
            last = min(ends[at], starts[at] + _MOST_NAMES)
            # A copy: a view would keep all positions in memory.
            self._groups.append(positions[starts[at] : last].copy())

    def num_fresh(self) -> list[int]:
        """Of each file: texts that are copies neither of a text before nor of a labeled one."""
        copies = self._num_copies_of[1:]
        return [c.num_texts - int(n) for c, n in zip(self.corpora, copies, strict=True)]

    def num_held_out(self) -> int:
        """How many unlabeled texts outside a test split are copies of a test text."""
        test = np.array([text.split == "test" for text in self.labeled], dtype=bool)
        held_out = [self._hashes[corpus.places] for corpus in self.corpora if corpus.split]
        known = np.unique(np.concatenate([self._own[test], *held_out]))
        return sum(int(_is_in(some, known).sum()) for some in self._pretraining())

    def _pretraining(self) -> Iterator[np.ndarray]:
        """Hashes of texts outside a test split."""
        for corpus in self.corpora:
            if not corpus.split:
                whole = self._hashes[corpus.places]
                for start in range(0, len(whole), _AT_ONCE):
                    yield whole[start : start + _AT_ONCE]

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Names of copies of each other, by the first of each group."""
        found = sorted(self._groups, key=lambda group: int(group[0]))
        return tuple(tuple(self._name(int(at)) for at in group) for group in found)

    def _name(self, position: int) -> str:
        part = bisect_right(self._ends, position)
        if part == 0:
            return displayed(self.labeled[position].path)
        corpus = self.corpora[part - 1]
        line = self._lines[corpus.start + position - self._ends[part - 1]]
        return displayed(f"{corpus.path}:{line}" if line else corpus.path)


def _is_in(hashes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(N,) bool: which of them are among the sorted `known`."""
    if not len(known):
        return np.zeros(len(hashes), dtype=bool)
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found: np.ndarray = known[at] == hashes
    return found
