"""Which file a row of a table names: one file belongs to one name, and missing is missing.

The paths of all rows are tried as they stand. What is not there is looked for among the files that
no row names: by the longest common end of the paths, then whatever the case, then whatever the
suffix; and only where exactly one file fits.
"""

import os
import posixpath
import re
import stat
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.data.file_types import IMAGE_SUFFIXES, OTHER_IMAGE_SUFFIXES, suffix_of
from core.images.data.decode import in_words, openable
from core.images.data.walk import FoundFile, Listing
from core.language import _

NOT_THERE = "not there"
_UPLOADED: Final = re.compile(r"[0-9a-f]{8}-(.+)")


@dataclass(frozen=True)
class _Match:
    """A file that a path may mean; `rank` is larger the more of them is the same."""

    file: FoundFile
    rank: tuple[int, int]
    is_elsewhere: bool


class RowFiles:
    """The files of a table.

    Args:
        root: The folder that was given.
        base: The table's folder.
        list_folder: Walks `root`; called only if some file is not where the table says.

    Attributes:
        num_elsewhere: Files found in another folder than the table says.
        num_respelled: Files found with another suffix or case.
    """

    def __init__(self, root: Path, base: Path, list_folder: Callable[[], Listing]) -> None:
        self._root, self._base, self._list_folder = root, base, list_folder
        self._by_key: tuple[dict[str, list[FoundFile]], ...] = ()
        self._folders: set[str] = set()
        self.num_elsewhere = self.num_respelled = 0

    def find(self, written: Iterable[str]) -> dict[str, FoundFile | str]:
        """The file of each path as the table writes it, or why there is none."""
        found = {path: self._as_it_stands(path) for path in dict.fromkeys(written)}
        missing = [path for path, file in found.items() if file == NOT_THERE]
        if not missing:
            return found
        self._index({file.path for file in found.values() if isinstance(file, FoundFile)})
        matches = {path: self._match(path) for path in missing}
        claims = defaultdict(list)
        for match in matches.values():
            if isinstance(match, _Match):
                claims[match.file.path].append(match.rank)
        for path, match in matches.items():
            if isinstance(match, str):
                found[path] = match
                continue
            ranks = Counter(claims[match.file.path])
            if match.rank != max(ranks) or ranks[match.rank] > 1:
                found[path] = _("not there, and another row names the file that is like it")
                continue
            found[path] = match.file
            self.num_elsewhere += match.is_elsewhere
            self.num_respelled += match.rank[0] < 2
        return found

    def _as_it_stands(self, written: str) -> FoundFile | str:
        reason = NOT_THERE
        for text in dict.fromkeys((written, written.replace("\\", "/"))):
            absolute = Path(self._base, text)
            try:
                status = os.stat(openable(absolute))  # noqa: PTH116
            except (OSError, ValueError) as error:
                if not isinstance(error, FileNotFoundError | NotADirectoryError):
                    reason = in_words(error)
                continue
            if not stat.S_ISREG(status.st_mode):
                # A folder of that name is no file, but an image beside it may be meant.
                continue
            if not status.st_size:
                reason = "empty"
            else:
                path = relative(posixpath.normpath(absolute.as_posix()), self._root)
                return FoundFile(path, status.st_size, status.st_mtime_ns)
        return reason

    def _index(self, claimed: set[str]) -> None:
        keys: tuple[dict[str, list[FoundFile]], ...] = ({}, {}, {})
        for file in self._list_folder().files:
            *folders, name = _parts(file.path)
            self._folders.update(folders[-1:])
            if file.path not in claimed:
                for key, by_key in zip(_keys(name), keys, strict=True):
                    by_key.setdefault(key, []).append(file)
        self._by_key = keys

    def _match(self, written: str) -> _Match | str:
        *folders, name = _parts(written) or [""]
        found = self._match_name(folders, name)
        if found == NOT_THERE and (own := name_before_upload(name)) != name:
            return self._match_name(folders, own)
        return found

    def _match_name(self, folders: list[str], name: str) -> _Match | str:
        for kind, (key, by_key) in enumerate(zip(_keys(name), self._by_key, strict=True)):
            candidates = by_key.get(key, [])
            if not candidates:
                continue
            ends = [_common_end(folders, _parts(file.path)[:-1]) for file in candidates]
            longest = max(ends)
            if ends.count(longest) > 1:
                words = _("not there, and {number} files have its name")
                return words.format(number=len(candidates))
            if folders and not longest and folders[-1] in self._folders:
                # Its folder is there, and it is not in it.
                return NOT_THERE
            file = candidates[ends.index(longest)]
            base = _parts(relative(self._base.as_posix() + "/", self._root))
            is_elsewhere = [*base, *folders] != _parts(file.path)[:-1]
            return _Match(file, (2 - kind, longest), is_elsewhere)
        return NOT_THERE


def name_before_upload(name: str) -> str:
    """The name that a file had: Label Studio puts eight letters before it."""
    uploaded = _UPLOADED.fullmatch(name)
    return uploaded[1] if uploaded else name


def relative(absolute: str, root: Path) -> str:
    """POSIX path below `root`, or the absolute one if it lies elsewhere."""
    prefix = root.as_posix().rstrip("/") + "/"
    return absolute.removeprefix(prefix)


def _parts(path: str) -> list[str]:
    """Folders and name, in one spelling of accents; of an address those on its server."""
    if "://" in path:
        path = path.partition("://")[2].partition("/")[2]
    normal = unicodedata.normalize("NFC", path.replace("\\", "/"))
    return [part for part in normal.split("/") if part not in {"", "."}]


def _keys(name: str) -> tuple[str, str, str]:
    """A name as it is, whatever its case, and without the suffix of a picture."""
    lower = name.casefold()
    suffix = suffix_of(lower)
    is_picture = suffix in IMAGE_SUFFIXES or suffix in OTHER_IMAGE_SUFFIXES
    return name, lower, lower.removesuffix(suffix) if is_picture else lower


def _common_end(one: list[str], other: list[str]) -> int:
    """How many of the last folders are the same."""
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a.casefold() != b.casefold():
            break
        count += 1
    return count
