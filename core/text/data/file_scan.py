"""One file of a scan of texts: its labeled ones are listed, its unlabeled ones counted."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.data.findings import MOST_LISTED
from core.data.left_out import LEFT_OUT
from core.data.manifest import Example, Quarantined, displayed
from core.data.number_labels import number_of_folder
from core.data.tags import join_tags
from core.language import _
from core.system.stopping import Stopped
from core.text.data.corpus import Corpus, TextIndex
from core.text.data.decode import kind_of
from core.text.data.hashes import normalised_hash, short_hash
from core.text.data.places import (
    reference,
)
from core.text.data.read import TABLES, UNREADABLE, Text, message_of, read_texts

if TYPE_CHECKING:
    from core.text.data.scan_files import TextScan

# A corpus is one file, or train, validation and test; documents come in larger numbers.
_FEW_FILES = 3


class FileScan:
    """One file of a scan."""

    def __init__(self, work: "TextScan", file: Path, folder: Path, *, is_labeled: bool) -> None:
        self._work = work
        self._file = file
        self._folder, self._name = folder, file.relative_to(folder).as_posix()
        self._root = work.roots.index(folder)
        place = work.places[file]
        self._is_labeled = is_labeled and not place.is_unlabeled
        self._split, label = place.split or "train", place.label
        # A Mac writes accents as letters of their own.
        self._label = None if label is None else unicodedata.normalize("NFC", label)
        if self._label and work.columns.takes_several:
            self._label = join_tags([self._label])
        if self._label and work.columns.takes_numbers:
            self._label = number_of_folder(self._label, folder)
        held_out = "test" if self._split == "test" else None
        self._corpus = Corpus(file, self._name, self._root, held_out, len(work.index))
        # Unlabeled texts that a column puts into the test split, while others are read.
        self._test = TextIndex(work.index.scratch)
        self._mtime_ns = file.stat().st_mtime_ns
        self._num_bad = 0

    def read(self, tell: Callable[[int], None]) -> None:
        """Add its texts to the scan; `tell` is told how many characters were read."""
        work = self._work
        texts = read_texts(
            self._file,
            work.shared.get(self._file, work.columns),
            self._bad,
            self._note,
            wants_labels=self._is_labeled,
            tell=work.of_files.of(self._name),
            is_corpus=self._may_be_corpus(),
        )
        characters = 0
        try:
            for found in texts:
                if work.stopped():
                    raise Stopped
                characters += len(found.text)
                tell(characters)
                name = reference(self._name, found)
                if work.left_out.has(self._folder, name):
                    # Beside the others, of which only the first are listed.
                    work.bad.append(Quarantined(name, self._root, LEFT_OUT))
                elif found.text.strip():
                    self._add(found)
                else:
                    self._bad(found.line, _("it is empty"))
        except UNREADABLE as error:
            self._bad(0, message_of(error))
        if self._num_bad > MOST_LISTED:
            more = _("{number:,} more of its lines can't be used either").format(
                number=self._num_bad - MOST_LISTED
            )
            work.bad.append(Quarantined(self._name, self._root, more))
        if self._corpus.num_texts:
            work.corpora.append(self._corpus)
        if len(self._test):
            self._add_test()

    def _may_be_corpus(self) -> bool:
        """Whether it has no label, and hardly any plain file lies beside it."""
        has_label = self._is_labeled and self._label is not None
        beside = self._work.num_plain[self._file.parent]
        return not has_label and beside <= _FEW_FILES and kind_of(self._file) != ".md"

    def _add(self, found: Text) -> None:
        label = (found.label or self._label) if self._is_labeled else None
        split = found.split or self._split
        if label is None:
            if split == "test" and self._corpus.split is None:
                self._test.add(found.line, short_hash(found.text))
                return
            self._work.index.add(found.line, short_hash(found.text))
            self._corpus.num_texts += 1
            return
        path = reference(self._name, found)
        if found.group is not None:
            self._work.groups[self._root, path] = found.group
        self._work.texts.append(
            Example(
                path=path,
                root=self._root,
                num_bytes=len(found.text.encode()),
                mtime_ns=self._mtime_ns,
                sha256=normalised_hash(found.text),
                size=(len(found.text), 1),
                note="",
                label=label,
                split=split,
            )
        )

    def _add_test(self) -> None:
        work = self._work
        corpus = Corpus(self._file, self._name, self._root, "test", len(work.index))
        for text_hash, line in zip(*self._test.views(), strict=True):
            work.index.add(int(line), int(text_hash))
            corpus.num_texts += 1
        work.corpora.append(corpus)

    def _bad(self, line: int, reason: str) -> None:
        self._num_bad += 1
        if self._num_bad <= MOST_LISTED:
            path = f"{self._name}:{line}" if line else self._name
            self._work.bad.append(Quarantined(path, self._root, reason))

    def _note(self, words: str) -> None:
        if kind_of(self._file) in TABLES:
            self._work.notes.append(f"{displayed(self._name)}: {words}")
        else:
            self._work.alike.setdefault(words, []).append(displayed(self._name))
