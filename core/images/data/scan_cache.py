"""What earlier scans found out, so that an unchanged file is not decoded again.

A sqlite file in the user's cache folder. It can always be computed again, so nothing that is
wrong with it is ever an error: it is set aside and begun anew, or left alone.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from core.system.cache_folder import cache_folder

_SCHEMA = 2
_LOCK_WAIT_S = 5.0
_AT_ONCE = 500  # sqlite allows at least 999 variables in one statement


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of decoding one file: `reason` is None if it can be used.

    What it looks like (`core.images.data.looks`) is known of those alone.
    """

    num_bytes: int
    mtime_ns: int
    sha256: str
    width: int
    height: int
    note: str
    reason: str | None
    look: bytes = b""
    # Whether the same file would give the same again: not so if it vanished or was being written.
    is_lasting: bool = True


class ScanCache:
    """Outcomes by path, size, modification time and version of the decoder."""

    def __init__(self, connection: sqlite3.Connection | None, version: int) -> None:
        self._connection = connection
        self._version = version

    @classmethod
    def open(cls, folder: Path | None, version: int) -> Self:
        """Open or make the cache in `folder` (the user's, if None); works without, if need be."""
        path = (folder or cache_folder()) / f"scan-{_SCHEMA}.sqlite"
        for _ in range(2):
            try:
                return cls(_connect(path), version)
            except sqlite3.OperationalError:
                return cls(None, version)  # Locked for long, no permission, no room.
            except sqlite3.DatabaseError:
                _set_aside(path)
            except OSError:
                break
        return cls(None, version)

    def find(self, paths: Sequence[bytes]) -> dict[bytes, Checked]:
        """What is known of these absolute paths, whatever their size and time are now."""
        known: dict[bytes, Checked] = {}
        if self._connection is None:
            return known
        try:
            for start in range(0, len(paths), _AT_ONCE):
                part = paths[start : start + _AT_ONCE]
                places = ",".join("?" * len(part))
                rows = self._connection.execute(
                    "SELECT path, num_bytes, mtime_ns, sha256, width, height, note, reason, look "
                    f"FROM checked WHERE version = ? AND path IN ({places})",
                    (self._version, *part),
                )
                known.update((row[0], Checked(*row[1:])) for row in rows)
        except sqlite3.DatabaseError:
            self._give_up()
        return known

    def add(self, found: Iterable[tuple[bytes, Checked]]) -> None:
        """Remember outcomes; those that would not last are left out."""
        if self._connection is None:
            return
        rows = [
            (path, self._version, c.num_bytes, c.mtime_ns, c.sha256, *_picture(c))
            for path, c in found
            if c.is_lasting
        ]
        try:
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
                )
        except sqlite3.DatabaseError:
            self._give_up()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _give_up(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.close()
        self._connection = None


def _picture(checked: Checked) -> tuple[int, int, str, str | None, bytes]:
    return checked.width, checked.height, checked.note, checked.reason, checked.look


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_LOCK_WAIT_S, check_same_thread=False)
    try:
        # Not WAL: the cache folder may be on a network share, where it does not work. Not synced:
        # a power cut may cost the cache, which is then found damaged and made anew.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS checked (path BLOB PRIMARY KEY, version INTEGER, "
            "num_bytes INTEGER, mtime_ns INTEGER, sha256 TEXT, width INTEGER, height INTEGER, "
            "note TEXT, reason TEXT, look BLOB) WITHOUT ROWID"
        )
        connection.execute("SELECT path, look FROM checked LIMIT 1").fetchone()
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _set_aside(path: Path) -> None:
    """Keep a damaged file under another name, for whoever wants to know why."""
    with contextlib.suppress(OSError):
        os.replace(path, path.with_suffix(".damaged"))  # noqa: PTH105  (replaces on all systems)
    with contextlib.suppress(OSError):
        path.with_name(path.name + "-journal").unlink()
