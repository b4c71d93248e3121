"""Copies of what was classified, in a folder for each class; nothing is moved or replaced.

Where a copy goes is written down before it is made. So one that was cut off is made again at its
place, and nothing is there twice.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import RunError
from core.predict.parts import Stamp, stamp_of

UNKNOWN_FOLDER: Final = "unknown"
# What some file system takes for something else, and names that Windows keeps for itself.
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Bytes: file systems count them, and letters have up to four.
_LONGEST: Final = 150
# What common file systems allow.
_LONGEST_FILE: Final = 255
_MOST_TOLD = 5


def class_folders(classes: Iterable[str]) -> dict[str, str]:
    """The name of a folder for each class, and for `unknown`; no two are the same anywhere."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(classes)):
        folder = _safe(name)
        if folder != name or folder.casefold() in taken:
            mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
            folder = f"{folder}-{mark}"
        taken.add(folder.casefold())
        found[name] = folder
    return found


def unknown_folder(folders: Iterable[str]) -> str:
    """The name of the folder of what is unknown, whatever the classes are called."""
    taken = {folder.casefold() for folder in folders}
    return next(
        name
        for name in (UNKNOWN_FOLDER, *(f"{UNKNOWN_FOLDER}-{n}" for n in range(2, 99)))
        if name not in taken
    )


@dataclass(frozen=True)
class Copy:
    """A file that shall be copied.

    Attributes:
        file: The file.
        stamp: Its size and time when it was classified.
        folder: Name of its class folder.
    """

    file: Path
    stamp: Stamp
    folder: str

    @property
    def key(self) -> str:
        """What it is known by: changed, or of another class, it is another one."""
        size, time = self.stamp
        return f"{os.fsencode(self.file.absolute()).hex()} {size} {time} {self.folder}"


class Copies:
    """Files in class folders.

    Args:
        folder: The folder of the class folders.
        journal: Where it is written down which copy is whose, before that is made.
        tell: Told in words what can't be copied.

    Attributes:
        num_made: How many were made here.
    """

    def __init__(self, folder: Path, journal: Path, tell: Callable[[str], None]) -> None:
        self._folder, self._journal, self._tell = folder, journal, tell
        self._places = _read_journal(journal)
        self._taken = {place.casefold() for place in self._places.values()}
        self._looked_at: set[str] = set()
        self._missing: list[Copy] = []
        self._num_told = 0
        self.num_made = 0

    @property
    def num_missing(self) -> int:
        """How many could not be made."""
        return len(self._missing)

    def sort(self, wanted: Sequence[Copy]) -> None:
        """Make the copies that are not there as a whole.

        Raises:
            OSError: The journal can't be written; what fails of copies is told, and kept.
        """
        new = [copy for copy in wanted if copy.key not in self._places]
        for copy in new:
            self._places[copy.key] = self.free_place(copy.file.name, copy.folder)
        _append(self._journal, {copy.key: self._places[copy.key] for copy in new})
        for copy in wanted:
            if copy.key not in self._looked_at:
                self._looked_at.add(copy.key)
                self._make(copy)

    def again(self) -> None:
        """Try what failed once more: there may be room by now."""
        missing, self._missing = self._missing, []
        for copy in missing:
            self._make(copy)

    def free_place(self, name: str, folder: str) -> str:
        """A file in a class folder, below the folder: under a name that nothing has."""
        own, number, free = Path(name), 1, name
        while self._is_taken(f"{folder}/{free}"):
            number += 1
            end = f"-{number}{own.suffix}"
            free = f"{_shortened(own.stem, _LONGEST_FILE - len(os.fsencode(end)))}{end}"
        self._taken.add(f"{folder}/{free}".casefold())
        return f"{folder}/{free}"

    def _make(self, copy: Copy) -> None:
        target = self._folder / self._places[copy.key]
        try:
            if stamp_of(target)[0] != copy.stamp[0]:
                _copy(copy.file, target)
                self.num_made += 1
        except OSError as error:
            self._missing.append(copy)
            self._num_told += 1
            if self._num_told <= _MOST_TOLD:
                self._tell(f"{copy.file} can't be copied to {target}: {error.strerror or error}.")
            if self._num_told == _MOST_TOLD:
                self._tell("More that can't be copied is counted only.")

    def _is_taken(self, place: str) -> bool:
        return place.casefold() in self._taken or (self._folder / place).exists()


def refuse_near_data(folder: Path, paths: Sequence[Path]) -> None:
    """Nothing is copied into the user's data, nor is that to lie among the copies.

    Raises:
        RunError: `predict-inside-data`, `predict-sorts-around-data`.
    """
    own = folder.resolve()
    for path in paths:
        data = (path if path.is_dir() else path.parent).resolve()
        if own.is_relative_to(data):
            raise RunError("predict-inside-data", path=folder, data=data)
        if data.is_relative_to(own):
            raise RunError("predict-sorts-around-data", path=folder, data=path)


def _copy(file: Path, target: Path) -> None:
    """Whole or not at all, with the times of the file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        shutil.copy2(file, temporary)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _read_journal(journal: Path) -> dict[str, str]:
    """What was written down; the last line may have been cut off, then nothing was made of it."""
    places: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in journal.read_text(encoding="ascii").splitlines():
            with contextlib.suppress(ValueError):
                key, place = json.loads(line)
                places[str(key)] = str(place)
    return places


def _append(journal: Path, places: dict[str, str]) -> None:
    if not places:
        return
    # Names on disk need not be valid Unicode: as ASCII they survive.
    lines = "".join(json.dumps([key, place]) + "\n" for key, place in places.items())
    with journal.open("a", encoding="ascii") as out:
        # After a line that was cut off this begins one of its own.
        out.write("\n" if out.tell() else "")
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())


def _safe(name: str) -> str:
    safe = _shortened(_UNSAFE.sub("_", name).strip(), _LONGEST).rstrip(". ") or "_"
    return f"_{safe}" if _RESERVED.fullmatch(safe) or safe.startswith(".") else safe


def _shortened(name: str, num_bytes: int) -> str:
    """As much of it as has so many bytes in UTF-8."""
    encoded = name.encode("utf-8", "surrogatepass")
    return name if len(encoded) <= num_bytes else encoded[:num_bytes].decode("utf-8", "ignore")
