"""What a scan found: every usable example, every one that is not, and what to know of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.data.decision import Correction
from core.data.pairs import CopyPair
from core.data.places import place_in
from core.data.splits import SPLIT_ORDER
from core.data.tags import names_in
from core.recipe.modality import AUTO, Modality, modality_named
from core.recipe.tasks import SINGLE, Task, task_named
from core.system.inside import stays_inside

SplitName = Literal["train", "val", "test"]


@dataclass(frozen=True, slots=True)
class Example:
    """One usable example: it was read completely when it was scanned.

    Attributes:
        path: POSIX path below its root; absolute if a table names a file outside its folder. Of
            one in a table or corpus with its line: `train.jsonl:12`. Names that are not UTF-8
            hold surrogates (as `os.fsdecode`); `displayed` prints them.
        root: Index into `Manifest.roots`.
        num_bytes: Its size on disk.
        mtime_ns: Modification time of its file.
        sha256: Of what makes two of them copies (an image's bytes, a text's words), in hex.
        size: How large it is, as its modality counts: pixels wide and high after EXIF
            orientation; characters of a text, and 1.
        note: What was done to read it, comma-joined; empty for nothing.
        label: Name of its class, or its number; of several labels all of them, as `core.data.tags`
            joins them; None for an unlabeled one.
        split: `train`, `val` or `test` of a labeled one. An unlabeled one has None, or `test` if
            it lies in the test folder of a data set that was given without its labels.
    """

    path: str
    root: int
    num_bytes: int
    mtime_ns: int
    sha256: str
    size: tuple[int, int]
    note: str
    label: str | None
    split: str | None


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of unlabeled texts, which are counted, not listed: there may be a hundred million.

    Attributes:
        path: POSIX path below its root.
        root: Index into `Manifest.roots`.
        num_bytes: Size of the file.
        mtime_ns: Its modification time.
        sha256: Of the file's bytes, in hex.
        num_texts: Texts in it that can be used.
        num_fresh: How many of them are copies neither of a text before them nor of a labeled one.
        split: `test` if its name or folder says so: kept out of pre-training unless asked for.
    """

    path: str
    root: int
    num_bytes: int
    mtime_ns: int
    sha256: str
    num_texts: int
    num_fresh: int
    split: str | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What looked like an example and can't be used, with the reason in words."""

    path: str
    root: int
    reason: str


@dataclass(frozen=True, slots=True)
class Leak:
    """Copies of one example that make a score wrong.

    Attributes:
        kind: `splits` (copies in more than one of train, val and test) or `labels` (copies with
            different labels).
        paths: The copies, as displayed.
        where: The splits or the labels, in the order of `paths`.
        shown: Where `paths` are rows of a table, the files that they name; else empty.
    """

    kind: Literal["splits", "labels"]
    paths: tuple[str, ...]
    where: tuple[str, ...]
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """Something that was found out rather than said.

    Attributes:
        what: What was asked, as `text column` or `folder seg_pred`.
        value: What it was taken for.
        setting: The recipe's key that says otherwise.
    """

    what: str
    value: str
    setting: str

    @property
    def words(self) -> str:
        """As a line."""
        return f"guessed: {self.what} is {self.value}; --set {self.setting}=… changes it"


@dataclass(frozen=True)
class Manifest:
    """The examples of a run.

    Attributes:
        roots: Absolute folders, as given.
        unlabeled: Examples without label, sorted by root and path.
        labeled: Examples with label and split, sorted by root and path.
        classes: Names of the classes, sorted.
        quarantined: Files that can't be used, with the reason.
        passed_over: How many files were not looked at (hidden, empty, something else …).
        passed_over_why: Their number by reason.
        duplicates: Groups of identical files, as displayed.
        leaks: Identical files across splits, or with different labels.
        notes: Layout found and decisions made, in words.
        kind: Name of the modality, as of `DataRecipe.kind`.
        corpora: Files of unlabeled texts, those of a test split first.
        unlisted_copies: Copies beyond those in `duplicates`.
        guesses: What was found out rather than said, and what says otherwise.
        pairs: Copies of held-out examples and what they are copies of: the first of them.
        num_pairs: How many there are.
        left_out: Root and path of examples that are kept out of training and pre-training because
            they are copies; held-out ones among them are scored all the same.
        left_out_texts: Hashes (8 bytes) of unlabeled texts that are nearly test texts.
        cuts_lines: Whether lines and paragraphs of unlabeled texts that are held-out texts are cut
            out of them; runs of older versions did not.
        groups: What each labeled example belongs to, by a number; None for none. Empty: nothing was
            said, or by a version that did not keep it.
        corrections: What the user decided of labels, and what was done so.
        task_name: Whether an example has one label or any number of them: a name in
            `core.recipe.tasks`.
        is_own: Whether it was made just now, or read and made on this machine: then it may name
            files outside its roots.
    """

    roots: tuple[str, ...]
    unlabeled: tuple[Example, ...]
    labeled: tuple[Example, ...]
    classes: tuple[str, ...]
    quarantined: tuple[Quarantined, ...] = ()
    passed_over: int = 0
    passed_over_why: Mapping[str, int] = field(default_factory=dict)
    duplicates: tuple[tuple[str, ...], ...] = ()
    leaks: tuple[Leak, ...] = ()
    notes: tuple[str, ...] = ()
    kind: str = field(default_factory=lambda: modality_named(AUTO).name)
    corpora: tuple[TextFile, ...] = ()
    unlisted_copies: int = 0
    guesses: tuple[Guess, ...] = ()
    pairs: tuple[CopyPair, ...] = ()
    num_pairs: int = 0
    left_out: frozenset[tuple[int, str]] = frozenset()
    left_out_texts: frozenset[int] = frozenset()
    cuts_lines: bool = False
    groups: tuple[int | None, ...] = ()
    corrections: tuple[Correction, ...] = ()
    task_name: str = SINGLE
    is_own: bool = field(default=True, compare=False)

    @property
    def modality(self) -> Modality:
        """What the examples are."""
        return modality_named(self.kind)

    @property
    def task(self) -> Task:
        """What is asked of a classifier."""
        return task_named(self.task_name)

    @property
    def num_unlabeled(self) -> int:
        """How many unlabeled examples there are."""
        return len(self.unlabeled) + sum(file.num_texts for file in self.corpora)

    @property
    def num_bytes(self) -> int:
        """Size of all examples on disk."""
        listed = sum(example.num_bytes for example in (*self.unlabeled, *self.labeled))
        return listed + sum(file.num_bytes for file in self.corpora)

    @property
    def num_copies(self) -> int:
        """How many examples are copies of another."""
        return sum(len(group) - 1 for group in self.duplicates) + self.unlisted_copies

    def num_pretraining(self, include_test: bool = False) -> int:
        """How many pre-training sees: `pretraining_examples` and the texts of `corpora`."""
        corpora = (file for file in self.corpora if include_test or file.split != "test")
        listed = len(self.pretraining_examples(include_test))
        return listed + sum(file.num_fresh for file in corpora)

    def absolute(self, example: Example | Quarantined | TextFile) -> Path:
        """Where the file is."""
        return self.place(example.root, example.path)

    def place(self, root: int, name: str) -> Path:
        """Where a file of that name is, which may be without its line; see `core.data.places`."""
        return place_in(self.roots[root], name, is_own=self.is_own)

    def foreign(self) -> list[Example]:
        """Examples outside the roots of a manifest that wasn't made here: they are not read."""
        if self.is_own:
            return []
        return [each for each in (*self.unlabeled, *self.labeled) if not stays_inside(each.path)]

    def class_counts(self) -> dict[str, dict[str, int]]:
        """Labeled examples of every class by split, those that are left out among them."""
        counts = Counter(
            (name, example.split)
            for example in self.labeled
            for name in names_in(example.label, self.task)
        )
        return {
            name: {split: counts[name, split] for split in SPLIT_ORDER} for name in self.classes
        }

    def labeled_split(self, name: str) -> list[Example]:
        """The labeled examples of `train`, `val` or `test`."""
        return [example for example in self.labeled if example.split == name]

    def used_split(self, name: str) -> list[Example]:
        """The same without training examples that are left out because they are copies."""
        found = self.labeled_split(name)
        if name != "train" or not self.left_out:
            return found
        return [each for each in found if (each.root, each.path) not in self.left_out]

    def pretraining_examples(self, include_test: bool = False) -> list[Example]:
        """What pre-training sees: unlabeled examples and the labeled ones, copies once.

        Args:
            include_test: Whether test examples may be used too (without their labels). Otherwise
                none that is a copy of a test example is among them, wherever it lies.
        """
        everything = (*self.unlabeled, *self.labeled)
        seen = set() if include_test else {e.sha256 for e in everything if e.split == "test"}
        examples = []
        for example in everything:
            if example.sha256 not in seen and (example.root, example.path) not in self.left_out:
                seen.add(example.sha256)
                examples.append(example)
        return examples


def displayed(path: str) -> str:
    """`path` as it can be printed: bytes that are not UTF-8 are written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 image`, `1,651 images`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
