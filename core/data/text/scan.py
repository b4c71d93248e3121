"""Folders of text to a manifest: every text, every one that can't be used, copies and leaks.

A text stands in the manifest as `file.jsonl:12` (file and line); its hash is that of its words,
so copies are found whatever their case and spacing; its width is its number of characters.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.data.duplicates import find_duplicates, find_leaks
from core.data.hold_out import hold_out
from core.data.manifest import ImageFile, Manifest, Quarantined, counted, displayed
from core.data.stopping import Stopped
from core.data.text.read import PLAIN, TABLES, Columns, Text, read_texts
from core.errors import RunError

KNOWN = PLAIN | TABLES
_SPLITS = {
    "train": "train",
    "training": "train",
    "dev": "val",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}
_SPACE = re.compile(r"\s+")


def normalised_hash(text: str) -> str:
    """SHA-256 of a text without differences of case, spacing and Unicode form, in hex."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = _SPACE.sub(" ", plain).strip()
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def text_files(path: Path) -> list[Path]:
    """All text files of a folder, sorted; a file itself. Hidden ones and READMEs are left out."""
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in KNOWN
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and not file.name.lower().startswith(("readme", "license"))
    )


def is_text(path: Path) -> bool:
    """Whether a folder or file is for the text modality: more text files than pictures."""
    from core.data.kinds import IMAGE_SUFFIXES

    if path.is_file():
        return path.suffix.lower() in PLAIN | {".jsonl"} and not _names_pictures(path)
    suffixes = Counter(file.suffix.lower() for file in path.rglob("*") if file.is_file())
    pictures = sum(suffixes[suffix] for suffix in IMAGE_SUFFIXES)
    return not pictures and bool(text_files(path))


def _names_pictures(table: Path) -> bool:
    from core.data.kinds import IMAGE_SUFFIXES

    with table.open("rb") as file:
        head = file.read(1 << 16).lower()
    return any(suffix.encode() + b'"' in head for suffix in IMAGE_SUFFIXES)


@dataclass
class _TextScan:
    columns: Columns
    report: Callable[[str, int, int], None] | None
    stopped: Callable[[], bool]
    roots: list[Path] = field(default_factory=list)
    texts: list[ImageFile] = field(default_factory=list)
    bad: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, path: Path, *, labeled: bool) -> None:
        if not path.exists():
            raise RunError("folder-not-found", path=path)
        folder = path if path.is_dir() else path.parent
        if folder not in self.roots:
            self.roots.append(folder)
        files = text_files(path)
        if not files:
            raise RunError("no-texts", path=path)
        names = {file.name.lower() for file in files if file.parent == folder}
        for number, file in enumerate(files):
            if file.parent == folder and is_variant(file, names):
                self.notes.append(
                    f"{displayed(file.name)}: passed over, because the split itself lies beside "
                    "it; to use it, put it with the other splits into a folder of their own"
                )
                continue
            if self.report is not None:
                self.report("reading texts", number, len(files))
            self._add_file(file, folder, labeled)

    def _add_file(self, file: Path, folder: Path, labeled: bool) -> None:
        name, root = file.relative_to(folder).as_posix(), self.roots.index(folder)
        split, folder_label = place_of(Path(name), labeled)

        def bad(line: int, reason: str) -> None:
            self.bad.append(Quarantined(f"{name}:{line}" if line else name, root, reason))

        def note(words: str) -> None:
            self.notes.append(f"{displayed(name)}: {words}")

        stat = file.stat()
        try:
            for found in read_texts(file, self.columns, bad, note):
                if self.stopped():
                    raise Stopped
                if not found.text.strip():
                    bad(found.line, "it is empty")
                    continue
                label = (found.label or folder_label) if labeled else None
                self.texts.append(
                    ImageFile(
                        reference(name, found),
                        root,
                        len(found.text.encode("utf-8", "surrogatepass")),
                        stat.st_mtime_ns,
                        normalised_hash(found.text),
                        len(found.text),
                        1,
                        "",
                        label,
                        split if label is not None else None,
                    )
                )
        except (OSError, KeyError, ValueError) as error:
            bad(0, str(error.args[0] if isinstance(error, KeyError) else error))


def reference(name: str, text: Text) -> str:
    """How a text is named: its file, and its line if the file holds many."""
    return f"{name}:{text.line}" if text.line else name


def is_variant(file: Path, names: set[str]) -> bool:
    """Whether a file is another version of a split beside it: `train.noleak` beside `train`."""
    stem, dot, _ = file.stem.lower().partition(".")
    beside = any(f"{stem}{suffix}" in names for suffix in TABLES)
    return bool(dot) and stem in _SPLITS and beside


def place_of(name: Path, labeled: bool) -> tuple[str, str | None]:
    """Split and label that a file's place tells: `test/sports/1.txt`, `dev.jsonl`."""
    parts = list(name.parts[:-1])
    stem = name.stem.lower().split(".")[0]
    split = _SPLITS.get(parts[0].lower()) if parts else _SPLITS.get(stem)
    if parts and split is not None:
        parts = parts[1:]
    is_plain = name.suffix.lower() in PLAIN
    label = parts[0] if labeled and parts and is_plain else None
    return split or "train", label


def scan_texts(
    unlabeled: list[Path],
    labeled: Path | None,
    *,
    columns: Columns,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    report: Callable[[str, int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Manifest:
    """Look at texts as a run would.

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
        Stopped: Asked to end.
    """
    work = _TextScan(columns, report, stopped)
    if labeled is not None:
        work.add(labeled.absolute(), labeled=True)
    seen = {(text.root, text.path) for text in work.texts}
    for path in unlabeled:
        before = len(work.texts)
        work.add(path.absolute(), labeled=False)
        fresh = [text for text in work.texts[before:] if (text.root, text.path) not in seen]
        work.texts[before:] = fresh
    if not work.texts:
        first = f"{work.bad[0].path}: {work.bad[0].reason}" if work.bad else "nothing in it"
        where = ", ".join(map(str, work.roots))
        raise RunError("no-usable-texts", path=where, count=len(work.bad), first=first)
    return _manifest(work, val_fraction, test_fraction, seed)


def _manifest(work: _TextScan, val_fraction: float, test_fraction: float, seed: int) -> Manifest:
    plain = [text for text in work.texts if text.label is None]
    labeled = [text for text in work.texts if text.label is not None]
    notes = list(work.notes)
    for name, fraction in (("test", test_fraction), ("val", val_fraction)):
        if labeled and fraction and not any(text.split == name for text in labeled):
            train = [text for text in labeled if text.split == "train"]
            held = {(t.root, t.path): t for t in hold_out(train, fraction, seed, name)}
            labeled = [held.get((text.root, text.path), text) for text in labeled]
            notes.append(f"there is no {name} split: {fraction:.0%} of each class is held out")
    counts = Counter(text.split for text in labeled)
    if labeled:
        splits = ", ".join(f"{counts[name]:,} {name}" for name in ("train", "val", "test"))
        notes.insert(0, f"{counted(len(labeled), 'labeled text')} ({splits})")
    if plain:
        notes.insert(0, counted(len(plain), "unlabeled text"))
    return Manifest(
        roots=tuple(str(root) for root in work.roots),
        unlabeled=tuple(plain),
        labeled=tuple(labeled),
        classes=tuple(sorted({str(text.label) for text in labeled})),
        quarantined=tuple(work.bad),
        duplicates=find_duplicates([*plain, *labeled], lambda text: displayed(text.path)),
        leaks=find_leaks(labeled, lambda text: displayed(text.path)),
        notes=tuple(notes),
        example="text",
    )


def texts_of(manifest: Manifest, columns: Columns) -> Iterator[tuple[int, str, str]]:
    """(root, reference, text) of every text in the manifest's files, read again in order."""
    files = dict.fromkeys(
        (text.root, _file_of(text.path)) for text in (*manifest.unlabeled, *manifest.labeled)
    )
    for root, name in files:
        file = Path(manifest.roots[root], name)
        for found in read_texts(file, columns, lambda *_: None, lambda _: None):
            yield root, reference(name, found), found.text


def _file_of(path: str) -> str:
    name, colon, line = path.rpartition(":")
    return name if colon and line.isdigit() else path
