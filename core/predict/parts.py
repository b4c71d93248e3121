"""What was predicted so far: a folder that grows by Parquet files, and outlives its process.

Each row knows the file that it came from, with the size and time that this had. So a prediction
that was killed goes on after the last whole part, a file that has changed since is classified anew,
and what was added is found.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import filelock
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import RunError
from core.language import _
from core.system.atomic import write_atomically, write_json

# Size and modification time of a file; a file that is not there has this.
Stamp = tuple[int, int]
GONE: Final[Stamp] = (-1, -1)

_ASKED: Final = "asked.json"
_LOCK: Final = "lock"
_KEY: Final = ("file", "size", "mtime_ns")
_KEY_FIELDS: Final = (
    # Names on disk need not be valid Unicode.
    pa.field("file", pa.binary()),
    pa.field("size", pa.int64()),
    pa.field("mtime_ns", pa.int64()),
    pa.field("is_last", pa.bool_()),
)


def stamp_of(file: Path) -> Stamp:
    """Size and time of a file."""
    try:
        status = file.stat()
    except OSError:
        return GONE
    return status.st_size, status.st_mtime_ns


class Parts:
    """Rows that were predicted, of files that are as they were then.

    Attributes:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamps: dict[bytes, Stamp] = {}
        self._counts: dict[bytes, int] = {}
        self._complete: set[bytes] = set()
        self._wanted: set[bytes] | None = None
        self._next = 0

    def __len__(self) -> int:
        """How many rows there are."""
        if self._wanted is None:
            return sum(self._counts.values())
        return sum(count for key, count in self._counts.items() if key in self._wanted)

    def num_done(self, file: Path, stamp: Stamp) -> int | None:
        """How many rows a file has; None once it has all of them."""
        key = _key(file)
        if self._stamps.get(key) != stamp:
            return 0
        return None if key in self._complete else self._counts[key]

    def want_only(self, files: Collection[Path]) -> None:
        """Leave rows of other files out from now on."""
        self._wanted = set(map(_key, files))

    def append(self, rows: Sequence[dict[str, Any]], schema: pa.Schema) -> None:
        """Keep rows, with `file` (a path), `stamp` and `is_last` (of its file) in them.

        Raises:
            OSError: As the file system says; nothing of them is then kept.
        """
        found = [
            {**row, "file": _key(row["file"]), "size": row["stamp"][0], "mtime_ns": row["stamp"][1]}
            for row in rows
        ]
        part = pa.Table.from_pylist(found, schema=pa.schema([*_KEY_FIELDS, *schema]))
        target = self.folder / f"part-{self._next:08d}.parquet"
        write_atomically(target, partial(pq.write_table, part))
        self._next += 1
        self._count(part)

    def complete(self, file: Path) -> None:
        """All rows of a file are there."""
        if _key(file) in self._stamps:
            self._complete.add(_key(file))

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Some columns of the rows, part by part."""
        for file in self._files():
            table = pq.read_table(file, columns=list(dict.fromkeys([*_KEY, *columns])))
            keys = zip(*(table[name].to_pylist() for name in _KEY), strict=True)
            is_current = [self._is_current(key, (size, time)) for key, size, time in keys]
            yield table.filter(pa.array(is_current, pa.bool_())).select(list(columns))

    def rows(self, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The same, row by row; `file` is a path."""
        for table in self.tables(columns):
            for row in table.to_pylist():
                yield {**row, "file": Path(os.fsdecode(row["file"]))} if "file" in row else row

    def begin(self, asked: dict[str, Any], tell: Callable[[str], None]) -> None:
        """Keep the parts of an earlier call only if it was asked the same.

        Args:
            asked: What the parts depend on, files apart; ready for JSON.
            tell: Told in words what is kept, and why not.
        """
        before = self._asked_before()
        if before is not None and before != asked:
            is_same = before.get("classifier") == asked.get("classifier")
            why = "something else was asked for" if is_same else "another classifier answered"
            tell(
                _(
                    "There are predictions in {folder} from before, when {why}: everything is "
                    "classified anew."
                ).format(folder=self.folder, why=why)
            )
        if before != asked:
            for file in [*self._files(), self.folder / _ASKED]:
                file.unlink(missing_ok=True)
            write_json(self.folder / _ASKED, asked)
        for file in self._files():
            try:
                self._count(pq.read_table(file, columns=[*_KEY, "is_last"]))
            except (OSError, ValueError, KeyError):
                # Its examples are classified once more.
                file.unlink()
            self._next = int(file.stem.rpartition("-")[2]) + 1

    def _asked_before(self) -> Any:
        try:
            return json.loads((self.folder / _ASKED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.parquet"))

    def _count(self, part: pa.Table) -> None:
        columns = (part[name].to_pylist() for name in (*_KEY, "is_last"))
        for key, size, time, is_last in zip(*columns, strict=True):
            if self._stamps.get(key) != (size, time):
                self._stamps[key] = (size, time)
                self._counts[key] = 0
                self._complete.discard(key)
            self._counts[key] += 1
            if is_last:
                self._complete.add(key)

    def _is_current(self, key: bytes, stamp: Stamp) -> bool:
        is_wanted = self._wanted is None or key in self._wanted
        return is_wanted and self._stamps.get(key) == stamp


@contextlib.contextmanager
def open_parts(folder: Path) -> Iterator[tuple[Parts, Callable[[], None]]]:
    """The parts in a folder, for this process alone, and what removes them at the end.

    Raises:
        RunError: `predict-locked`.
        OSError: The folder can't be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=1)
    except filelock.Timeout as error:
        raise RunError("predict-locked", path=folder) from error
    is_over: list[bool] = []
    try:
        yield Parts(folder), lambda: is_over.append(True)
    finally:
        lock.release()
        if is_over:
            shutil.rmtree(folder, ignore_errors=True)


def _key(file: Path) -> bytes:
    return os.fsencode(file.absolute())
