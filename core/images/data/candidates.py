"""Files a scan will check, with what folders and tables say about them."""

import os
import posixpath
import stat
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.data.manifest import counted, displayed
from core.errors import RunError
from core.images.data.decode import in_words, openable
from core.images.data.layout import Layout
from core.images.data.table import TableRow, open_table
from core.images.data.walk import FoundFile, Listing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to check: its label and split are None where nothing tells them."""

    file: FoundFile
    label: str | None = None
    split: str | None = None


@dataclass
class Candidates:
    """What one root has to offer.

    Attributes:
        labeled: Files with a label.
        unlabeled: Files without.
        refused: (path, reason) of what can't be used before it is even read.
        notes: What was decided, in words.
    """

    labeled: list[Candidate] = field(default_factory=list)
    unlabeled: list[Candidate] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def from_unlabeled(listing: Listing, layout: Layout) -> Candidates:
    """All files of a folder, without labels; those of its test folder are marked as such."""
    found = Candidates()
    for file in listing.files:
        split = layout.place(file.path).split
        found.unlabeled.append(Candidate(file, None, "test" if split == "test" else None))
    if layout.reading.splits:
        found.notes.extend(layout.reading.notes)
    return found


def from_folders(listing: Listing, layout: Layout) -> Candidates:
    """Files of class folders (in splits or not), and unlabeled ones beside them."""
    found = Candidates()
    beside: Counter[str] = Counter()
    for file in listing.files:
        place = layout.place(file.path)
        if place.label is not None:
            found.labeled.append(Candidate(file, place.label, place.split))
        elif place.is_beside:
            beside["/".join(file.path.split("/")[:-1])] += 1
        else:
            found.unlabeled.append(Candidate(file, None, place.split))
    if found.unlabeled:
        found.notes.append(f"{counted(len(found.unlabeled), 'image')} beside them without label")
    if beside:
        count, first = sum(beside.values()), min(beside)
        found.notes.append(
            f"{counted(count, 'image')} outside of the class folders "
            f"(in {displayed(first) or 'the folder itself'}): not used as labeled images"
        )
    if layout.below:
        found.notes.append(f"read from {displayed(layout.below)}, where the class folders are")
    found.notes.extend(layout.reading.notes)
    return found


def from_tables(
    folder: Path, tables: Sequence[tuple[Path, str | None]], list_folder: Callable[[], Listing]
) -> Candidates:
    """Files that tables name.

    Args:
        folder: The root; paths in a table are relative to the folder of that table.
        tables: Each with the split its rows are of (None: as its rows say).
        list_folder: Walks `folder`; called only if some file is not where the table says.

    Raises:
        RunError: `tables-several`, `table-unreadable`, `table-columns`, `table-no-files`.
    """
    if len(tables) > 1 and (None in (s := [split for _, split in tables]) or len(set(s)) < len(s)):
        names = [displayed(path.name) for path, _ in tables]
        raise RunError("tables-several", path=folder, tables=", ".join(names), example=tables[0][0])
    found = Candidates()
    for path, split in tables:
        _from_table(found, folder, path, split if len(tables) > 1 else None, list_folder)
    return found


def _from_table(
    found: Candidates,
    folder: Path,
    path: Path,
    split: str | None,
    list_folder: Callable[[], Listing],
) -> None:
    table = open_table(path)
    rows, bad = table.rows()
    name = _relative(path.as_posix(), folder)
    found.refused.extend((name, f"line {line}: {reason}") for line, reason in bad)
    if table.encoding not in {"", "utf-8", "utf-8-sig"}:
        found.notes.append(f"{displayed(path.name)} is not UTF-8: read as {table.encoding}")
    where = _Finder(folder, path.parent, list_folder)
    seen: dict[str, TableRow] = {}
    missing: list[tuple[str, str]] = []
    for row in rows:
        file = where.find(row.path)
        if isinstance(file, str):
            missing.append((row.path, f"{file} (line {row.line} of {displayed(path.name)})"))
            continue
        earlier = seen.setdefault(file.path, row)
        if earlier is row:
            found.labeled.append(Candidate(file, row.label, split or row.split))
        elif (earlier.label, earlier.split) != (row.label, row.split):
            reason = f"line {row.line}: says otherwise of the same file than line {earlier.line}"
            found.refused.append((name, reason))
    if not seen:
        first = missing or [(name, bad[0][1] if bad else "it has no rows")]
        words = f"{displayed(first[0][0])}: {first[0][1]}"
        raise RunError("table-no-files", path=path, count=len(rows) + len(bad), first=words)
    found.refused.extend(missing)
    if where.num_by_name:
        found.notes.append(
            f"{counted(where.num_by_name, 'file')} of {displayed(path.name)} found by name in "
            "another folder than it says"
        )


class _Finder:
    """Finds the files that a table names."""

    def __init__(self, root: Path, base: Path, list_folder: Callable[[], Listing]) -> None:
        self._root, self._base, self._list_folder = root, base, list_folder
        self._by_name: dict[str, list[FoundFile]] | None = None
        self.num_by_name = 0

    def find(self, written: str) -> FoundFile | str:
        """The file, or why there is none."""
        reason = "not there"
        for text in dict.fromkeys((written, written.replace("\\", "/"))):
            absolute = Path(self._base, text)
            try:
                status = os.stat(openable(absolute))  # noqa: PTH116
            except (OSError, ValueError) as error:
                if not isinstance(error, FileNotFoundError | NotADirectoryError):
                    reason = in_words(error)
                continue
            if not stat.S_ISREG(status.st_mode):
                reason = "not a file"
            elif not status.st_size:
                reason = "empty"
            else:
                path = _relative(posixpath.normpath(absolute.as_posix()), self._root)
                return FoundFile(path, status.st_size, status.st_mtime_ns)
        if reason != "not there":
            return reason
        return self._find_by_name(posixpath.basename(written.replace("\\", "/"))) or reason

    def _find_by_name(self, name: str) -> FoundFile | str | None:
        if self._by_name is None:
            self._by_name = {}
            for file in self._list_folder().files:
                self._by_name.setdefault(file.path.rsplit("/", 1)[-1], []).append(file)
        found = self._by_name.get(name, [])
        if len(found) == 1:
            self.num_by_name += 1
            return found[0]
        return f"not there, and {len(found)} files have its name" if found else None


def _relative(absolute: str, root: Path) -> str:
    """POSIX path below `root`, or the absolute one if it lies elsewhere."""
    prefix = root.as_posix().rstrip("/") + "/"
    return absolute.removeprefix(prefix)
