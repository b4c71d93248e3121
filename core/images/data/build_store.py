"""Decode all images into a `PixelStore`; what was done before an interruption is kept."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import Example, Manifest
from core.errors import RunError
from core.images.data.decode import DECODE_VERSION, in_words
from core.images.data.light_pool import FEW, LightPool, WorkerDied, num_workers
from core.images.data.pixel_rows import Pictures, RowResult, make_row
from core.images.data.pixel_store import HASHES, HEADER, PIXELS, STORE_FORMAT, PixelStore, no_room
from core.language import _
from core.system.atomic import write_bytes, write_json
from core.system.progress import Paced, ProgressReport
from core.system.stopping import never

DECODING: Final = _("Decoding images")
_PLAN: Final = "building.json"
_DONE: Final = "done.u8"
_CHUNK: Final = 16
_SAVE_EVERY_S: Final = 10.0
_NO_ROOM: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})

OnUnreadable = Callable[[str, str], None]


def build_store(
    folder: Path,
    images: Sequence[Example],
    manifest: Manifest,
    size: tuple[int, int],
    interpolation: str,
    report: ProgressReport | None = None,
    stopped: Callable[[], bool] = never,
    workers: int | None = None,
    on_unreadable: OnUnreadable | None = None,
) -> PixelStore:
    """Make the store of `images` in `folder`, or open or finish the one that is there.

    Args:
        folder: Used by the store alone or beside files of other names; made if need be.
        images: Identical ones share a row.
        manifest: They are from.
        size: (H, W).
        interpolation: A Pillow filter, see `resized`.
        report: Called with (what, done, total).
        stopped: Asked often.
        workers: Processes; 0 for none, chosen by itself if None.
        on_unreadable: Called with path and reason of an image that can't be read any more;
            another one of the same label then stands in for it.

    Raises:
        RunError: `disk-full-data`, `data-not-writable`, `images-vanished`, `workers-died`.
        Stopped: `stopped()` became true; what was decoded until then is kept.
    """
    pictures = Pictures(images, manifest)
    key = _key(pictures, size, interpolation)
    with contextlib.suppress(OSError, ValueError):
        store = PixelStore.open(folder)
        if store.key == key:
            return store
        store.close()
    num_bytes = len(pictures) * size[0] * size[1] * 3
    try:
        build = _Build(folder, pictures, size, interpolation, key)
        build.start()
        build.fill(report, stopped, num_workers(workers))
        build.replace_unreadable(on_unreadable)
        build.finish()
        return PixelStore.open(folder)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise no_room(folder, num_bytes) from error
        reason = in_words(error)
        raise RunError("data-not-writable", path=folder, reason=reason) from error


def _key(pictures: Pictures, size: tuple[int, int], interpolation: str) -> str:
    digest = hashlib.sha256(f"{DECODE_VERSION}/{size[0]}x{size[1]}/{interpolation}".encode())
    for image in pictures.images:
        digest.update(bytes.fromhex(image.sha256))
    return digest.hexdigest()


class _Build:
    def __init__(
        self,
        folder: Path,
        pictures: Pictures,
        size: tuple[int, int],
        interpolation: str,
        key: str,
    ) -> None:
        self.folder, self.pictures = folder, pictures
        self.size, self.interpolation, self.key = size, interpolation, key
        self.row_bytes = size[0] * size[1] * 3
        self.done: NDArray[np.uint8] = np.zeros(len(pictures), np.uint8)
        self.unreadable: dict[int, str] = {}
        self._saved_at = time.monotonic()

    def start(self) -> None:
        """Take up what an earlier build left, if it was the same one; else begin."""
        self.folder.mkdir(parents=True, exist_ok=True)
        total = self.row_bytes * len(self.pictures)
        (self.folder / HEADER).unlink(missing_ok=True)
        if self._is_started(total):
            return
        for name in (PIXELS, _PLAN, _DONE, HASHES):
            (self.folder / name).unlink(missing_ok=True)
        if shutil.disk_usage(self.folder).free < total:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        hashes = b"".join(bytes.fromhex(image.sha256) for image in self.pictures.images)
        write_bytes(self.folder / HASHES, hashes)
        try:
            with (self.folder / PIXELS).open("xb") as file:
                _reserve(file, total)
        except OSError:
            (self.folder / PIXELS).unlink(missing_ok=True)  # It holds what room there was.
            raise
        write_json(self.folder / _PLAN, {"key": self.key})

    def fill(
        self, report: ProgressReport | None, stopped: Callable[[], bool], workers: int
    ) -> None:
        """Decode what is missing, in worker processes that write the rows themselves."""
        missing = np.flatnonzero(self.done == 0)
        store = os.fspath(self.folder / PIXELS)
        tasks = [
            replace(
                self.pictures.task(int(index), self.size, self.interpolation),
                store=store,
                offset=int(index) * self.row_bytes,
            )
            for index in missing
        ]
        num_done = len(self.pictures) - len(missing)
        progress = Paced(report)
        progress(DECODING, num_done, len(self.pictures))
        pool = LightPool(workers if len(missing) >= FEW else 0)
        try:
            for at, result in pool.each(make_row, tasks, chunk=_CHUNK, stopped=stopped):
                self._take(int(missing[at]), result)
                num_done += 1
                progress(DECODING, num_done, len(self.pictures))
        finally:
            pool.close()
            self._save()

    def replace_unreadable(self, on_unreadable: OnUnreadable | None) -> None:
        """Copy the row of a stand-in over each picture that can't be read."""
        if not self.unreadable:
            return
        first = min(self.unreadable)
        self.pictures.refuse_many(len(self.unreadable), first, self.unreadable[first])
        with (self.folder / PIXELS).open("r+b") as file:
            for index in sorted(self.unreadable):
                file.seek(self._stand_in(index) * self.row_bytes)
                row = file.read(self.row_bytes)
                file.seek(index * self.row_bytes)
                file.write(row)
                if on_unreadable is not None:
                    on_unreadable(self.pictures.named(index), self.unreadable[index])

    def finish(self) -> None:
        """Sync all rows, then say that they are there."""
        self._sync()
        header = {
            "format": STORE_FORMAT,
            "shape": [len(self.pictures), *self.size, 3],
            "interpolation": self.interpolation,
            "key": self.key,
            "replaced": [[index, self._stand_in(index)] for index in sorted(self.unreadable)],
        }
        write_json(self.folder / HEADER, header)
        for name in (_PLAN, _DONE):
            (self.folder / name).unlink(missing_ok=True)

    def _stand_in(self, index: int) -> int:
        return self.pictures.stand_in(index, self.unreadable)

    def _is_started(self, total: int) -> bool:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            plan = json.loads((self.folder / _PLAN).read_text(encoding="utf-8"))
            is_same = plan["key"] == self.key
            if is_same and (self.folder / PIXELS).stat().st_size == total:
                with contextlib.suppress(FileNotFoundError):
                    done = np.frombuffer((self.folder / _DONE).read_bytes(), np.uint8)
                    if len(done) == len(self.done):
                        self.done = done.copy()
                return True
        return False

    def _take(self, index: int, result: RowResult | WorkerDied) -> None:
        if isinstance(result, WorkerDied):
            self.unreadable[index] = _("decoding it ends the process")
        elif result.write_errno:
            raise OSError(result.write_errno, result.reason)
        elif result.reason is not None:
            self.unreadable[index] = result.reason
        else:
            self.done[index] = 1
        if time.monotonic() - self._saved_at > _SAVE_EVERY_S:
            self._save()

    def _save(self) -> None:
        # Pixels first: a row must be on the disk before it counts as done.
        self._sync()
        write_bytes(self.folder / _DONE, self.done.tobytes())
        self._saved_at = time.monotonic()

    def _sync(self) -> None:
        with (self.folder / PIXELS).open("r+b") as file:
            os.fsync(file.fileno())


def _reserve(file: IO[bytes], num_bytes: int) -> None:
    """Claim the room at once where the system can, so that a full disk shows now."""
    file.truncate(num_bytes)
    allocate = getattr(os, "posix_fallocate", None)
    if allocate is None or not num_bytes:
        return
    try:
        allocate(file.fileno(), 0, num_bytes)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        # Some file systems can't; rows are then claimed as they are written.
