"""Images decoded again whenever they are needed, for sets that no disk budget holds."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import Example, Manifest, counted
from core.images.data.light_pool import LightPool, WorkerDied, num_workers
from core.images.data.pixel_rows import Pictures, indices_of, make_row
from core.language import _

_CHUNK: Final = 4


class StreamedPixels:
    """Pixels by index, decoded by worker processes that start at the first use.

    An image that can't be read any more is replaced by the next readable one of its label.

    Args:
        images: Identical ones share an index.
        manifest: They are from.
        size: (H, W).
        interpolation: A Pillow filter, see `resized`.
        workers: Processes; 0 for none, chosen by itself if None.
        on_unreadable: Called once per image that can't be read, with path and reason.

    Attributes:
        shape: (N, H, W, 3).
        replaced: Index of each picture found unreadable so far, and of its stand-in.
    """

    def __init__(
        self,
        images: Sequence[Example],
        manifest: Manifest,
        *,
        size: tuple[int, int],
        interpolation: str,
        workers: int | None = None,
        on_unreadable: Callable[[str, str], None] | None = None,
    ) -> None:
        self._pictures = Pictures(images, manifest)
        self._size, self._interpolation = size, interpolation
        self._pool = LightPool(num_workers(workers))
        self._on_unreadable = on_unreadable
        self._unreadable: dict[int, str] = {}
        self._lock = threading.Lock()
        self.shape = (len(self._pictures), *size, 3)

    @property
    def replaced(self) -> dict[int, int]:
        """Index of each picture found unreadable so far, and of its stand-in."""
        unreadable = self._unreadable
        return {index: self._pictures.stand_in(index, unreadable) for index in unreadable}

    @property
    def num_images(self) -> int:
        """How many different pictures there are."""
        return len(self._pictures)

    @property
    def words(self) -> str:
        """What it is, in words."""
        processes = counted(self._pool.workers, "process", "processes")
        return _("{num_images} decoded when needed, by {processes}").format(
            num_images=counted(self.num_images, "image"), processes=processes
        )

    def rows(self, indices: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
        """(n, H, W, 3) pixels of (n,) `indices`.

        Raises:
            RunError: `images-vanished` when more than one in twenty can't be read any more.
        """
        rows = np.empty((len(indices), *self.shape[1:]), np.uint8)
        with self._lock:
            waiting = {at: self._readable(int(index)) for at, index in enumerate(indices)}
            while waiting:
                wanted = sorted(set(waiting.values()))
                pixels = self._decode(wanted)
                for at, index in list(waiting.items()):
                    if index in pixels:
                        rows[at] = pixels[index]
                        del waiting[at]
                    else:
                        waiting[at] = self._readable(int(indices[at]))
        return rows

    def indices_of(self, images: Sequence[Example]) -> NDArray[np.int64]:
        """(n,) indices of images, by the hash of their files."""
        return indices_of(self._pictures.index, images)

    def close(self) -> None:
        """End the worker processes."""
        self._pool.close()

    def _readable(self, index: int) -> int:
        if index in self._unreadable:
            return self._pictures.stand_in(index, self._unreadable)
        return index

    def _decode(self, wanted: list[int]) -> dict[int, NDArray[np.uint8]]:
        tasks = [self._pictures.task(index, self._size, self._interpolation) for index in wanted]
        pixels: dict[int, NDArray[np.uint8]] = {}
        for at, result in self._pool.each(make_row, tasks, chunk=_CHUNK):
            if isinstance(result, WorkerDied):
                self._set_unreadable(wanted[at], _("decoding it ends the process"))
            elif result.pixels is not None:
                pixels[wanted[at]] = result.pixels
            else:
                self._set_unreadable(wanted[at], result.reason or "")
        return pixels

    def _set_unreadable(self, index: int, reason: str) -> None:
        self._unreadable[index] = reason
        if self._on_unreadable is not None:
            self._on_unreadable(self._pictures.named(index), reason)
        self._pictures.refuse_many(len(self._unreadable), index, reason)
