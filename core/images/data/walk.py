"""Every file below a folder that may be an image, in an order no file system has a say in.

Real folders are walked first; links to folders are followed after that, each folder once (by
device and inode), so loops end and a file's own place wins over a link to it.
"""

import errno
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.data.file_types import (
    HEADER_BYTES,
    IMAGE_SUFFIXES,
    OTHER_IMAGE_SUFFIXES,
    PACKED,
    is_image_header,
    suffix_of,
    system_reason,
)
from core.data.manifest import displayed
from core.data.read_me import READ_ME, is_read_me
from core.data.splits import nfc
from core.data.tables.path_lists import is_path_list
from core.data.tables.rows import TABLE_SUFFIXES
from core.errors import RunError
from core.images.data.decode import in_words, openable
from core.language import _
from core.system.stopping import Stopped, never

# What tools write beside an image: boxes (YOLO, Pascal VOC), captions, classes (WebDataset).
_OF_ONE_IMAGE = frozenset({".txt", ".xml", ".cls", ".label", ".lbl", ".caption"})
_OF_SPLITS = re.compile("train|val|dev|test", re.IGNORECASE)
_OF_LABELS = re.compile("train|val|dev|test|label|list|anno|class", re.IGNORECASE)
NOT_AN_IMAGE = _("not an image")  # why a file is passed over
_EVERY = 500  # files between two progress reports


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be an image: POSIX path below the folder walked, size, time."""

    path: str
    num_bytes: int
    mtime_ns: int


@dataclass
class Listing:
    """What is below a folder.

    Attributes:
        folder: The folder walked, absolute.
        files: Those that may be images, sorted by path.
        lists: The same of plain files whose names may be those of splits.
        beside: Paths of others that may say something of the image of the same name.
        tables: POSIX paths of CSV, TSV, JSON and Parquet files and the like, sorted.
        refused: What can't even be listed: (path, reason).
        passed_over: Number of files not looked at, by reason.
        empty: Those of them that are called like images and hold nothing.
        notes: What was left out of them, in words.
        stems: Names of the files without folder, case and suffix; made when they are needed.
    """

    folder: Path
    files: list[FoundFile] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stems: set[str] = field(default_factory=set, repr=False, compare=False)


def list_files(
    folder: Path,
    *,
    report: Callable[[int], None] | None = None,
    stopped: Callable[[], bool] = never,
) -> Listing:
    """Walk `folder`.

    Raises:
        RunError: `folder-not-found`, `folder-is-file`, `folder-denied`.
        Stopped: `stopped()` became true.
    """
    _check(folder)
    walk = _Walk(folder, report, stopped)
    walk.run()
    listing = walk.listing
    listing.files.sort(key=lambda file: file.path)
    listing.tables.sort()
    listing.lists.sort()
    listing.beside.sort()
    listing.refused.sort()
    return listing


def _check(folder: Path) -> None:
    shown = displayed(os.fspath(folder))
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
        if is_folder:
            with os.scandir(openable(folder)):
                return
    except FileNotFoundError as error:
        raise RunError("folder-not-found", path=shown) from error
    except NotADirectoryError:
        is_folder = False
    except OSError as error:
        raise RunError("folder-denied", path=shown, reason=in_words(error)) from error
    raise RunError("folder-is-file", path=shown)


class _Walk:
    def __init__(
        self, folder: Path, report: Callable[[int], None] | None, stopped: Callable[[], bool]
    ) -> None:
        self.listing = Listing(folder)
        self._report = report
        self._stopped = stopped
        self._seen: set[tuple[int, int]] = set()
        self._todo: list[str] = [""]
        self._links: list[str] = []
        self._base = os.fspath(folder)
        self._num_seen = 0

    def run(self) -> None:
        while self._todo or self._links:
            if self._todo:
                self._folder(self._todo.pop())
            else:
                # The first by name, so that which link wins does not depend on the file system.
                self._links.sort(reverse=True)
                self._todo.append(self._links.pop())

    def _folder(self, below: str) -> None:
        where = openable(f"{self._base}/{below}") if below else self._base
        try:
            status = os.stat(where)  # noqa: PTH116  (a str on the hot path)
            identity = (status.st_dev, status.st_ino)
            if identity in self._seen:
                self.listing.passed_over[_("link to a folder already read")] += 1
                return
            self._seen.add(identity)
            with os.scandir(where) as entries:
                for entry in entries:
                    self._entry(entry, f"{below}/{entry.name}" if below else entry.name)
        except OSError as error:
            self.listing.refused.append(
                (below, _("folder can't be read: {error}").format(error=in_words(error)))
            )

    def _entry(self, entry: os.DirEntry[str], path: str) -> None:
        self._num_seen += 1
        if self._num_seen % _EVERY == 0:
            if self._stopped():
                raise Stopped
            if self._report is not None:
                self._report(self._num_seen)
        reason = system_reason(entry.name)
        if reason is not None:
            self.listing.passed_over[reason] += 1
            return
        try:
            if entry.is_dir():
                (self._links if _is_link(entry) else self._todo).append(path)
                return
            status = entry.stat()
            if os.name == "nt" and not status.st_ino:
                status = os.stat(openable(entry.path))  # noqa: PTH116
        except OSError as error:
            self._refuse(path, error)
            return
        self._file(entry, path, status)

    def _file(self, entry: os.DirEntry[str], path: str, status: os.stat_result) -> None:
        suffix = suffix_of(entry.name)
        if not stat.S_ISREG(status.st_mode):
            self.listing.passed_over[_("not a regular file")] += 1
        elif not status.st_size:
            self.listing.passed_over["empty"] += 1
            if suffix in IMAGE_SUFFIXES or suffix in OTHER_IMAGE_SUFFIXES:
                self.listing.empty.append(path)
        elif suffix in IMAGE_SUFFIXES or suffix in OTHER_IMAGE_SUFFIXES or _sniffed(entry):
            found = FoundFile(path, status.st_size, status.st_mtime_ns)
            self.listing.files.append(found)
        elif suffix in TABLE_SUFFIXES or (suffix == ".txt" and _is_path_list(entry)):
            self.listing.tables.append(path)
        elif suffix in PACKED:
            self.listing.passed_over[_("packed, not opened")] += 1
        elif is_read_me(entry.name):
            self.listing.passed_over[READ_ME] += 1
        else:
            self.listing.passed_over[NOT_AN_IMAGE] += 1
            if suffix == ".txt" and _OF_SPLITS.search(entry.name):
                self.listing.lists.append(path)
            elif suffix in _OF_ONE_IMAGE:
                self.listing.beside.append(path)

    def _refuse(self, path: str, error: OSError) -> None:
        reason = in_words(error)
        if error.errno == errno.ENOENT:
            reason = _("broken link, or vanished while scanning")
        elif error.errno == errno.ELOOP:
            reason = _("link that leads to itself")
        self.listing.refused.append((path, reason))


def passed_over_in(listings: Iterable[Listing]) -> Counter[str]:
    """Files not looked at, by reason, in all of them."""
    return sum((listing.passed_over for listing in listings), Counter[str]())


def stem_of(path: str) -> str:
    """The name of a file without folder, case and suffix of an image."""
    name = nfc(path.rsplit("/", 1)[-1]).casefold()
    suffix = suffix_of(name)
    return name.removesuffix(suffix) if suffix in IMAGE_SUFFIXES | OTHER_IMAGE_SUFFIXES else name


def _is_link(entry: os.DirEntry[str]) -> bool:
    is_junction = getattr(entry, "is_junction", None)  # Python 3.12, Windows
    return entry.is_symlink() or bool(is_junction and is_junction())


def _is_path_list(entry: os.DirEntry[str]) -> bool:
    """Whether a plain file is a table of images and their classes; few are looked into."""
    return bool(_OF_LABELS.search(entry.name)) and is_path_list(openable(entry.path))


def _sniffed(entry: os.DirEntry[str]) -> bool:
    """Whether the content of a file whose name promises no image is one all the same."""
    try:
        with open(openable(entry.path), "rb") as file:  # noqa: PTH123
            return is_image_header(file.read(HEADER_BYTES))
    except OSError:
        return False


def absolute(path: Path) -> Path:
    """A folder or file as the user knows it, whole."""
    # Not resolved: links in the way to a folder are part of how the user knows it.
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  (removes `..`)
