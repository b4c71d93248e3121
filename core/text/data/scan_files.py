"""Reads the files of a scan of texts: labeled ones are listed, unlabeled ones counted."""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.data.census import census
from core.data.findings import MOST_LISTED
from core.data.groups import Key
from core.data.left_out import LEFT_OUT, LeftOut
from core.data.manifest import Example, Guess, Quarantined, counted, displayed
from core.data.number_labels import number_of_folder
from core.data.tables.guesses import FileGuesses
from core.data.tables.rows import is_submission
from core.data.tags import join_tags
from core.errors import RunError
from core.language import _
from core.recipe.tasks import MULTI, REGRESSION, SINGLE, TASKS, Task
from core.system.progress import Paced
from core.system.stopping import Stopped
from core.system.units import MIB
from core.text.about import MODALITY
from core.text.data.corpus import Corpus, TextIndex
from core.text.data.decode import kind_of
from core.text.data.hashes import normalised_hash, short_hash
from core.text.data.head import with_task
from core.text.data.lists import is_list
from core.text.data.nameless import shared_columns
from core.text.data.places import (
    KNOWN,
    FilePlace,
    TextPlaces,
    is_variant,
    read_places,
    reference,
    seen_in,
    text_files,
)
from core.text.data.read import TABLES, UNREADABLE, Columns, Text, message_of, read_texts
from core.text.data.scan_words import of_files

_READING = _("reading texts (MiB)")
# A corpus is one file, or train, validation and test; documents come in larger numbers.
_FEW_FILES = 3
# Of plain files in one folder, where some may be lists: documents come in larger numbers.
_MOST_LISTS = 20
_FEW_NAMED = 6


@dataclass
class TextScan:
    """Files of texts, found and then read once.

    Attributes:
        columns: Of tables, as asked for.
        progress: Told how far the reading is.
        stopped: Asked whether to end.
        index: Hashes of all unlabeled texts.
        left_out: Names of texts that are not used.
        roots: Folders that were given.
        files: Each with its folder, and whether its labels count.
        alike: Notes that many plain files share, with their names.
        places: What the place of each file says.
        passed_over: How many files were not looked at, by reason.
        guesses: What was found out rather than said.
        of_files: The same, of single files.
        texts: Labeled ones.
        corpora: Files with unlabeled ones.
        bad: What can't be used.
        notes: Decisions, in words.
        groups: By root and path, what labeled texts belong to.
        num_plain: How many plain files a folder has.
        shared: Columns of tables that those beside them tell.
    """

    columns: Columns
    progress: Paced
    stopped: Callable[[], bool]
    index: TextIndex
    left_out: LeftOut = field(default_factory=LeftOut)
    roots: list[Path] = field(default_factory=list)
    files: dict[Path, tuple[Path, bool]] = field(default_factory=dict)
    alike: dict[str, list[str]] = field(default_factory=dict)
    places: dict[Path, FilePlace] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)
    guesses: list[Guess] = field(default_factory=list)
    of_files: FileGuesses = field(default_factory=FileGuesses)
    texts: list[Example] = field(default_factory=list)
    corpora: list[Corpus] = field(default_factory=list)
    bad: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    groups: dict[Key, str] = field(default_factory=dict)
    num_plain: Counter[Path] = field(default_factory=Counter)
    shared: dict[Path, Columns] = field(default_factory=dict)
    _counted: set[Path] = field(default_factory=set)

    def add(self, path: Path, *, is_labeled: bool) -> None:
        """Find the files of a folder; one that was found before stays what it is."""
        if not path.exists():
            raise RunError("folder-not-found", path=path)
        folder = path if path.is_dir() else path.parent
        if folder not in self.roots:
            self.roots.append(folder)
        files = text_files(path)
        if not files:
            raise RunError("no-texts", path=path, seen=seen_in(path))
        names = {file.name.lower() for file in files if file.parent == folder}
        places = read_places(path, files, is_labeled=is_labeled)
        if lists := self._lists(files, places):
            files = [file for file in files if file not in lists]
            places = read_places(path, files, is_labeled=is_labeled)
        if is_labeled or places.plain.splits or places.plain.kind == "sets":
            self.notes.extend(note for note in places.notes if note not in self.notes)
            self.guesses.extend(g for g in places.guesses if g not in self.guesses)
        self._pass_over(path, {kind_of(file) for file in files} - KNOWN - {""})
        for file in files:
            if file in self.files:
                continue
            if len(files) > 1 and is_submission(file.name):
                self.notes.append(f"{displayed(file.name)}: left out, it is a sample submission")
                continue
            if len(files) > 1 and file.parent == folder and is_variant(file, names):
                self.notes.append(
                    f"{displayed(file.name)}: passed over, because the split itself lies beside "
                    "it; to use it, put it with the other splits into a folder of their own"
                )
            else:
                self.files[file] = (folder, is_labeled)
                self.num_plain[file.parent] += kind_of(file) not in TABLES
                self.places[file] = places.place(file)

    def _lists(self, files: list[Path], places: TextPlaces) -> set[Path]:
        """Files that hold names or numbers only, where others beside them hold texts."""
        plain = [file for file in files if kind_of(file) not in TABLES]
        beside = Counter(file.parent for file in plain)
        loose = [f for f in plain if beside[f.parent] <= _MOST_LISTS and not places.place(f).label]
        lists = set(filter(is_list, loose))
        if not lists or len(lists) == len(files):
            return set()
        names = [displayed(file.name) for file in sorted(lists)]
        self.passed_over["list, no texts"] += len(lists)
        shown = ", ".join(names[:_FEW_NAMED]) + (", …" if len(names) > _FEW_NAMED else "")
        self.notes.append(f"lists of names or numbers, not texts: passed over ({shown})")
        return lists

    def _pass_over(self, path: Path, used: set[str]) -> None:
        """Say what else is in a folder, once, and which odd suffixes are those of its texts."""
        if not path.is_dir() or path in self._counted:
            return
        self._counted.add(path)
        found = census(path)
        others = {s: n for s, n in found.others.items() if s not in KNOWN | used}
        self.passed_over.update({f"no text ({s})": n for s, n in others.items()})
        odd = sorted(used & found.others.keys())
        self.notes.extend(f"{suffix} files are read as plain text" for suffix in odd)
        if found.num_pictures:
            self.passed_over["picture"] += found.num_pictures
            shown = ", ".join(displayed(name) for name in found.pictures)
            self.notes.append(
                f"{counted(found.num_pictures, 'picture')} among the texts passed over ({shown})"
            )
            guess = Guess("the kind of the examples", MODALITY.name, "data.kind")
            self.guesses.extend([guess] if guess not in self.guesses else [])

    @property
    def task(self) -> Task:
        """Whether a text has one label or several; known once files were read."""
        if self.columns.takes_numbers:
            return TASKS[REGRESSION]
        return TASKS[MULTI if self.columns.takes_several else SINGLE]

    def read(self) -> None:
        """Read every file."""
        total, before = sum(file.stat().st_size for file in self.files), 0
        self.shared = shared_columns(self.files, self.columns)
        has_labels = (f for f, (_, has) in self.files.items() if has)
        labeled = [file for file in has_labels if not self.places[file].is_unlabeled]
        self.columns, self.shared, found = with_task(self.columns, self.shared, labeled)
        self.guesses.extend(found)
        for file, (folder, is_labeled) in self.files.items():
            size = file.stat().st_size

            def tell(characters: int, before: int = before, size: int = size) -> None:
                self.progress(_READING, (before + min(characters, size)) // MIB, -(-total // MIB))

            _FileScan(self, file, folder, is_labeled=is_labeled).read(tell)
            before += size
        self.progress(_READING, -(-total // MIB), -(-total // MIB))
        self.notes.extend(map(of_files, self.alike, self.alike.values()))


class _FileScan:
    """One file of a scan."""

    def __init__(self, work: TextScan, file: Path, folder: Path, *, is_labeled: bool) -> None:
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
                    self._bad(found.line, "it is empty")
        except UNREADABLE as error:
            self._bad(0, message_of(error))
        if self._num_bad > MOST_LISTED:
            more = f"{self._num_bad - MOST_LISTED:,} more of its lines can't be used either"
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
