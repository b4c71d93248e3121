"""What a scan found: every usable image, every one that is not, and what to know about them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

SplitName = Literal["train", "val", "test"]


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One usable image: it was decoded completely when it was scanned.

    Attributes:
        path: POSIX path below its root; absolute if a table names a file outside its folder.
            Names that are not UTF-8 hold surrogates (as `os.fsdecode`); `displayed` prints them.
        root: Index into `Manifest.roots`.
        num_bytes: Size of the file.
        mtime_ns: Its modification time.
        sha256: Of the file's bytes, in hex.
        width: In pixels, after EXIF orientation.
        height: In pixels, after EXIF orientation.
        note: What was done to make it 8-bit RGB, comma-joined; empty for plain RGB.
        label: Name of its class; None for an unlabeled image.
        split: `train`, `val` or `test` of a labeled image. An unlabeled image has None, or `test`
            if it lies in the test folder of a data set that was given without its labels.
    """

    path: str
    root: int
    num_bytes: int
    mtime_ns: int
    sha256: str
    width: int
    height: int
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
    """A file that looked like an image and can't be used, with the reason in words."""

    path: str
    root: int
    reason: str


@dataclass(frozen=True, slots=True)
class Leak:
    """Copies of one image that make a score wrong.

    Attributes:
        kind: `splits` (copies in more than one of train, val and test) or `labels` (copies with
            different labels).
        paths: The copies, as displayed.
        where: The splits or the labels, in the order of `paths`.
    """

    kind: Literal["splits", "labels"]
    paths: tuple[str, ...]
    where: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """The images of a run.

    Attributes:
        roots: Absolute folders, as given.
        unlabeled: Images without label, sorted by root and path.
        labeled: Images with label and split, sorted by root and path.
        classes: Names of the classes, sorted.
        quarantined: Files that can't be used, with the reason.
        passed_over: How many files were not looked at (hidden, empty, not images …).
        passed_over_why: Their number by reason.
        duplicates: Groups of identical files, as displayed.
        leaks: Identical files across splits, or with different labels.
        notes: Layout found and decisions made, in words.
        example: What one example is called: `picture` or `text`.
        corpora: Files of unlabeled texts, those of a test split first.
        unlisted_copies: Copies beyond those in `duplicates`.
    """

    roots: tuple[str, ...]
    unlabeled: tuple[ImageFile, ...]
    labeled: tuple[ImageFile, ...]
    classes: tuple[str, ...]
    quarantined: tuple[Quarantined, ...] = ()
    passed_over: int = 0
    passed_over_why: Mapping[str, int] = field(default_factory=dict)
    duplicates: tuple[tuple[str, ...], ...] = ()
    leaks: tuple[Leak, ...] = ()
    notes: tuple[str, ...] = ()
    example: str = "picture"
    corpora: tuple[TextFile, ...] = ()
    unlisted_copies: int = 0

    @property
    def noun(self) -> str:
        """What people call one example: `image` or `text`."""
        return "text" if self.example == "text" else "image"

    @property
    def num_unlabeled(self) -> int:
        """How many unlabeled examples there are."""
        return len(self.unlabeled) + sum(file.num_texts for file in self.corpora)

    @property
    def num_bytes(self) -> int:
        """Size of all examples on disk."""
        listed = sum(image.num_bytes for image in (*self.unlabeled, *self.labeled))
        return listed + sum(file.num_bytes for file in self.corpora)

    @property
    def num_copies(self) -> int:
        """How many examples are copies of another."""
        return sum(len(group) - 1 for group in self.duplicates) + self.unlisted_copies

    def num_pretraining(self, include_test: bool = False) -> int:
        """How many examples pre-training sees: `pretraining_images` and the texts of `corpora`."""
        corpora = (file for file in self.corpora if include_test or file.split != "test")
        listed = len(self.pretraining_images(include_test))
        return listed + sum(file.num_fresh for file in corpora)

    def absolute(self, image: ImageFile | Quarantined | TextFile) -> Path:
        """Where the file is."""
        return Path(self.roots[image.root], image.path)

    def labeled_split(self, name: str) -> list[ImageFile]:
        """The labeled images of `train`, `val` or `test`."""
        return [image for image in self.labeled if image.split == name]

    def pretraining_images(self, include_test: bool = False) -> list[ImageFile]:
        """What pre-training sees: unlabeled images and the labeled ones, each picture once.

        Args:
            include_test: Whether test images may be used too (without their labels). Otherwise no
                file that is identical to a test image is among them, wherever it lies.
        """
        everything = (*self.unlabeled, *self.labeled)
        seen = set() if include_test else {i.sha256 for i in everything if i.split == "test"}
        images = []
        for image in everything:
            if image.sha256 not in seen:
                seen.add(image.sha256)
                images.append(image)
        return images

    def describe(self) -> list[str]:
        """The scan in words, one finding per line."""
        return [*self.notes, *self._treatments(), *self._problems()]

    def write(self, path: Path) -> None:
        """Write it as JSON lines, whole or not at all.

        Raises:
            OSError: As the file system says.
        """
        from core.data.manifest_file import write_manifest

        write_manifest(self, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote.

        Raises:
            RunError: `manifest-damaged`, `manifest-newer`.
        """
        from core.data.manifest_file import read_manifest

        return read_manifest(cls, path)

    def _treatments(self) -> list[str]:
        notes = Counter(
            note
            for image in (*self.unlabeled, *self.labeled)
            if image.note
            for note in image.note.split(", ")
        )
        return [
            f"{counted(count, 'image')}: {note}"
            for note, count in sorted(notes.items(), key=lambda item: (-item[1], item[0]))
        ]

    def _problems(self) -> list[str]:
        lines = []
        if self.duplicates:
            copy = "file" if self.example == "picture" else self.example
            copies = self.num_copies
            lines.append(
                f"{counted(copies, copy)} {'is an exact copy' if copies == 1 else 'are copies'} "
                f"of another (first: {' = '.join(self.duplicates[0])})"
            )
        for kind, words in (("splits", "in more than one split"), ("labels", "with two labels")):
            found = [leak for leak in self.leaks if leak.kind == kind]
            if found:
                first = ", ".join(
                    f"{path} ({where})"
                    for path, where in zip(found[0].paths, found[0].where, strict=True)
                )
                lines.append(f"{counted(len(found), self.example)} {words} (first: {first})")
        lines += self._known_from_training()
        if self.quarantined:
            bad = "file" if self.example == "picture" else self.example
            first_bad = self.quarantined[0]
            lines.append(
                f"{counted(len(self.quarantined), bad)} can't be used "
                f"(first: {displayed(first_bad.path)}: {first_bad.reason})"
            )
        if self.passed_over:
            why = ", ".join(f"{count:,} {reason}" for reason, count in self.passed_over_why.items())
            lines.append(f"{counted(self.passed_over, 'file')} passed over ({why})")
        return lines

    def _known_from_training(self) -> list[str]:
        """How much of what is held out has a copy among the training examples."""
        known = Counter(
            split
            for leak in self.leaks
            if leak.kind == "splits" and "train" in leak.where
            for split in leak.where
        )
        words = [
            f"{known[split]:,} of {counted(len(self.labeled_split(split)), f'{split} {self.noun}')}"
            for split in ("test", "val")
            if known[split]
        ]
        if not words:
            return []
        has = "has a copy" if sum(known[split] for split in ("test", "val")) == 1 else "have copies"
        return [f"{' and '.join(words)} {has} in train: scores on them are too good"]


def displayed(path: str) -> str:
    """`path` as it can be printed: bytes that are not UTF-8 are written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 image`, `1,651 images`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
