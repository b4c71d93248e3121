"""Reads the files of a scan of texts: labeled ones are listed, unlabeled ones counted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.data.census import census
from core.data.groups import Key
from core.data.left_out import LeftOut
from core.data.manifest import Example, Guess, Quarantined, counted, displayed
from core.data.tables.guesses import FileGuesses
from core.data.tables.rows import is_submission
from core.errors import RunError
from core.language import _
from core.recipe.tasks import MULTI, REGRESSION, SINGLE, TASKS, Task
from core.system.progress import Paced
from core.system.units import MIB
from core.text.about import MODALITY
from core.text.data.corpus import Corpus, TextIndex
from core.text.data.decode import kind_of
from core.text.data.file_scan import FileScan
from core.text.data.head import with_task
from core.text.data.lists import is_list
from core.text.data.nameless import shared_columns
from core.text.data.places import (
    KNOWN,
    FilePlace,
    TextPlaces,
    is_variant,
    read_places,
    seen_in,
    text_files,
)
from core.text.data.read import TABLES, Columns
from core.text.data.scan_words import of_files

_READING = _("reading texts (MiB)")
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
                self.notes.append(
                    _("{name}: left out, it is a sample submission").format(
                        name=displayed(file.name)
                    )
                )
                continue
            if len(files) > 1 and file.parent == folder and is_variant(file, names):
                self.notes.append(
                    _(
                        "{name}: passed over, because the split itself lies beside it; to use it, "
                        "put it with the other splits into a folder of their own"
                    ).format(name=displayed(file.name))
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
        self.passed_over[_("list, no texts")] += len(lists)
        shown = ", ".join(names[:_FEW_NAMED]) + (", …" if len(names) > _FEW_NAMED else "")
        self.notes.append(
            _("lists of names or numbers, not texts: passed over ({shown})").format(shown=shown)
        )
        return lists

    def _pass_over(self, path: Path, used: set[str]) -> None:
        """Say what else is in a folder, once, and which odd suffixes are those of its texts."""
        if not path.is_dir() or path in self._counted:
            return
        self._counted.add(path)
        found = census(path)
        others = {s: n for s, n in found.others.items() if s not in KNOWN | used}
        self.passed_over.update(
            {_("no text ({ending})").format(ending=s): n for s, n in others.items()}
        )
        odd = sorted(used & found.others.keys())
        self.notes.extend(
            _("{suffix} files are read as plain text").format(suffix=suffix) for suffix in odd
        )
        if found.num_pictures:
            self.passed_over["picture"] += found.num_pictures
            shown = ", ".join(displayed(name) for name in found.pictures)
            self.notes.append(
                _("{num_pictures} among the texts passed over ({shown})").format(
                    num_pictures=counted(found.num_pictures, "picture"), shown=shown
                )
            )
            guess = Guess(_("the kind of the examples"), MODALITY.name, "data.kind")
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

            FileScan(self, file, folder, is_labeled=is_labeled).read(tell)
            before += size
        self.progress(_READING, -(-total // MIB), -(-total // MIB))
        self.notes.extend(map(of_files, self.alike, self.alike.values()))
