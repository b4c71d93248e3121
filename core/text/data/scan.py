"""Folders of text to a manifest: every text, every one that can't be used, copies and leaks.

A labeled text stands in the manifest as `file.jsonl:12` (file and line); its hash is that of its
words, so copies are found whatever their case and spacing; its width is its number of characters.
Unlabeled ones are counted by file, since there may be a hundred million of them.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from pathlib import Path

from core.data.census import census
from core.data.duplicates import find_leaks
from core.data.findings import MOST_LISTED
from core.data.labels import refuse_numbers
from core.data.manifest import (
    Example,
    Guess,
    Leak,
    Manifest,
    Quarantined,
    counted,
    displayed,
)
from core.data.tables.rows import is_submission
from core.errors import RunError
from core.system.cache_folder import cache_folder
from core.system.progress import Paced
from core.system.stopping import Stopped, never
from core.system.units import MIB
from core.text.about import MODALITY
from core.text.data.conflicts import without_conflicts
from core.text.data.corpus import Corpus, Overlaps, TextIndex
from core.text.data.decode import kind_of
from core.text.data.hashes import normalised_hash, short_hash
from core.text.data.known_scans import KnownScan
from core.text.data.places import (
    KNOWN,
    FilePlace,
    is_text,
    is_variant,
    read_places,
    reference,
    text_files,
)
from core.text.data.read import TABLES, UNREADABLE, Columns, Text, message_of, read_texts
from core.text.data.scan_words import of_files, split_in_words

__all__ = ["is_text", "reference", "scan_texts"]

_READING = "reading texts (MiB)"


@dataclass
class _TextScan:
    columns: Columns
    progress: Paced
    stopped: Callable[[], bool]
    index: TextIndex
    roots: list[Path] = field(default_factory=list)
    files: dict[Path, tuple[Path, bool]] = field(default_factory=dict)
    alike: dict[str, list[str]] = field(default_factory=dict)
    places: dict[Path, FilePlace] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)
    guesses: list[Guess] = field(default_factory=list)
    texts: list[Example] = field(default_factory=list)
    corpora: list[Corpus] = field(default_factory=list)
    bad: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

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
            raise RunError("no-texts", path=path)
        names = {file.name.lower() for file in files if file.parent == folder}
        places = read_places(path, files, is_labeled=is_labeled)
        if is_labeled or places.plain.splits:
            self.notes.extend(note for note in places.notes if note not in self.notes)
            self.guesses.extend(g for g in places.plain.guesses if g not in self.guesses)
        self._pass_over(path)
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
                self.places[file] = places.place(file)

    def _pass_over(self, path: Path) -> None:
        """Say what else is in a folder, once."""
        if not path.is_dir() or path in self._counted:
            return
        self._counted.add(path)
        found = census(path)
        self.passed_over.update(
            {f"no text ({s})": count for s, count in found.others.items() if s not in KNOWN}
        )
        if found.num_pictures:
            self.passed_over["picture"] += found.num_pictures
            shown = ", ".join(displayed(name) for name in found.pictures)
            self.notes.append(
                f"{counted(found.num_pictures, 'picture')} among the texts passed over ({shown})"
            )
            self.guesses.append(Guess("the kind of the examples", MODALITY.name, "data.kind"))

    def read(self) -> None:
        """Read every file."""
        total = sum(file.stat().st_size for file in self.files)
        before = 0
        for file, (folder, is_labeled) in self.files.items():
            size = file.stat().st_size

            def tell(characters: int, before: int = before, size: int = size) -> None:
                done = (before + min(characters, size)) // MIB
                self.progress(_READING, done, -(-total // MIB))

            _FileScan(self, file, folder, is_labeled=is_labeled).read(tell)
            before += size
        self.progress(_READING, -(-total // MIB), -(-total // MIB))
        self.notes.extend(map(of_files, self.alike, self.alike.values()))


class _FileScan:
    """One file of a scan."""

    def __init__(self, work: _TextScan, file: Path, folder: Path, *, is_labeled: bool) -> None:
        self._work = work
        self._file = file
        self._name = file.relative_to(folder).as_posix()
        self._root = work.roots.index(folder)
        place = work.places[file]
        self._is_labeled = is_labeled and not place.is_unlabeled
        self._split, label = place.split or "train", place.label
        # A Mac writes accents as letters of their own.
        self._label = None if label is None else unicodedata.normalize("NFC", label)
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
            self._file, work.columns, self._bad, self._note, wants_labels=self._is_labeled
        )
        characters = 0
        try:
            for found in texts:
                if work.stopped():
                    raise Stopped
                characters += len(found.text)
                tell(characters)
                if found.text.strip():
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
        self._work.texts.append(
            Example(
                path=reference(self._name, found),
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


def scan_texts(
    unlabeled: list[Path],
    labeled: Path | None,
    *,
    columns: Columns,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    report: Callable[[str, int, int], None] | None = None,
    stopped: Callable[[], bool] = never,
) -> Manifest:
    """Look at texts as a run would; many texts are read once, however often they are asked for.

    Args:
        unlabeled: Folders or files; labels in them are not used.
        labeled: Folder of class folders, of `train/dev/test` files, or a table.
        columns: Columns of tables; found if None.
        val_fraction: Share held out when there is no validation split.
        test_fraction: Share held out when there is no test split.
        seed: Which texts are held out.
        report: Told how far it is.
        stopped: Asked whether to end.

    Raises:
        RunError: There is no text, or a table can't be read.
        OSError: There is no room for 30 bytes of each unlabeled text in the cache folder.
        Stopped: Asked to end.
    """
    work = _TextScan(columns, Paced(report), stopped, TextIndex(cache_folder()))
    if labeled is not None:
        work.add(labeled.absolute(), is_labeled=True)
    for path in unlabeled:
        work.add(path.absolute(), is_labeled=False)
    asked = {
        "unlabeled": [str(path.absolute()) for path in unlabeled],
        "labeled": str(labeled.absolute()) if labeled is not None else None,
        "columns": [*astuple(columns)],
        "held_out": [val_fraction, test_fraction, seed],
    }
    known = KnownScan(asked, work.files)
    manifest = known.manifest()
    if manifest is None:
        manifest = _scanned(work, val_fraction, test_fraction, seed)
        known.keep(manifest)
    return manifest


def _scanned(work: _TextScan, val_fraction: float, test_fraction: float, seed: int) -> Manifest:
    work.read()
    if not work.texts and not work.corpora:
        first = f"{work.bad[0].path}: {work.bad[0].reason}" if work.bad else "nothing in it"
        where = ", ".join(map(str, work.roots))
        raise RunError("no-usable-texts", path=where, count=len(work.bad), first=first)
    if work.texts and not any(text.split == "test" for text in work.texts):
        drawn = f"{100 * test_fraction:g} % of each class, drawn by us"
        work.guesses.append(Guess("the test split", drawn, "data.test_fraction"))
    # Of all that the files hold: what is left out for its labels is a copy all the same.
    leaks = find_leaks(work.texts, lambda text: displayed(text.path))
    work.texts, left_out, conflicts = without_conflicts(work.texts)
    work.bad += left_out
    # Of a table each label has a line.
    labels = [str(text.label) for text in work.texts if text.path.rpartition(":")[2].isdigit()]
    where = ", ".join(displayed(str(root)) for root in work.roots)
    refuse_numbers(labels, path=where, examples=MODALITY.examples)
    labeled_texts, notes = split_in_words(work.texts, val_fraction, test_fraction, seed)
    notes += conflicts
    return _manifest(work, labeled_texts, notes, leaks)


def _manifest(
    work: _TextScan, labeled: list[Example], notes: list[str], leaks: tuple[Leak, ...]
) -> Manifest:
    # What is held out comes first: of copies, the first one counts.
    corpora = sorted(work.corpora, key=lambda corpus: corpus.split is None)
    overlaps = Overlaps(labeled, corpora, work.index, MOST_LISTED)
    fresh = overlaps.num_fresh()
    files = tuple(c.described(count) for c, count in zip(corpora, fresh, strict=True))
    if files:
        number = sum(file.num_texts for file in files)
        words = f"{counted(number, 'unlabeled text')} in {counted(len(files), 'file')}"
        notes = [words, *notes, *_kept_out(work, overlaps)]
    duplicates = overlaps.groups()
    return Manifest(
        roots=tuple(str(root) for root in work.roots),
        unlabeled=(),
        labeled=tuple(labeled),
        classes=tuple(sorted({str(text.label) for text in labeled})),
        quarantined=tuple(work.bad),
        duplicates=duplicates,
        leaks=leaks,
        notes=(*notes, *work.notes),
        guesses=tuple(work.guesses),
        passed_over=work.passed_over.total(),
        passed_over_why=dict(sorted(work.passed_over.items())),
        kind=MODALITY.name,
        corpora=files,
        unlisted_copies=overlaps.num_copies - sum(len(group) - 1 for group in duplicates),
    )


def _kept_out(work: _TextScan, overlaps: Overlaps) -> list[str]:
    words = []
    in_test = sum(corpus.num_texts for corpus in work.corpora if corpus.split)
    if in_test:
        words.append(f"{counted(in_test, 'unlabeled text')} in a test split")
    copies = overlaps.num_held_out()
    if copies:
        words.append(f"{counted(copies, 'unlabeled text')} identical to test texts")
    return [f"{each}: kept out of pre-training" for each in words]
