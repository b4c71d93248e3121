"""Images decoded once: a file of (N, H, W, 3) uint8 pixels, read through a memory map.

A store is a folder with `pixels.u8` (the pixels, nothing else), `hashes.bin` (32 bytes of
SHA-256 per row) and `pixels.json`, written last: without it a store is not complete.
"""

import json
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from core.data.manifest import Example, counted
from core.errors import RunError
from core.images.data.pixel_rows import indices_of
from core.language import _

STORE_FORMAT: Final = 1
PIXELS: Final = "pixels.u8"
HASHES: Final = "hashes.bin"
HEADER: Final = "pixels.json"

# Mapped pages count as memory of the process although the system may take them back at any time;
# so they are given back, and memory does not seem to grow with the number of images.
_GIVE_BACK_BYTES: Final = 2**29


class PixelStore:
    """Pixels by index.

    Attributes:
        shape: (N, H, W, 3).
        key: Of the pictures, their order, size and decoding.
        replaced: Index of each picture that could not be read any more, and of its stand-in.
    """

    def __init__(self, folder: Path, header: dict[str, Any], hashes: bytes) -> None:
        self.folder = folder
        self.shape: tuple[int, int, int, int] = tuple(header["shape"])
        self.key: str = header["key"]
        self.replaced: dict[int, int] = {int(a): int(b) for a, b in header["replaced"]}
        self._index = {hashes[at : at + 32].hex(): at // 32 for at in range(0, len(hashes), 32)}
        with (folder / PIXELS).open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._pixels = np.frombuffer(self._map, np.uint8).reshape(self.shape)
        self._num_read = 0

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a complete store.

        Raises:
            FileNotFoundError: There is none, or it is not complete.
            ValueError: It is damaged, or of a newer format.
        """
        header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
        try:
            shape = header["shape"]
            hashes = (folder / HASHES).read_bytes()
            num_bytes = (folder / PIXELS).stat().st_size
            if header["format"] != STORE_FORMAT:
                raise ValueError(f"format {header['format']}")
            if num_bytes != int(np.prod(shape, dtype=np.int64)) or len(hashes) != 32 * shape[0]:
                raise ValueError("its size is wrong")
            return cls(folder, header, hashes)
        except (KeyError, TypeError) as error:
            raise ValueError("its header is damaged") from error

    @property
    def num_images(self) -> int:
        """How many different pictures there are."""
        return self.shape[0]

    @property
    def num_bytes(self) -> int:
        """Size of all pixels."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def words(self) -> str:
        """What it is, in words."""
        gib = self.num_bytes / 2**30
        return _("{num_images} decoded once, {gib:.2f} GiB on disk").format(
            num_images=counted(self.num_images, "image"), gib=gib
        )

    def rows(self, indices: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
        """(n, H, W, 3) pixels of (n,) `indices`, a copy."""
        rows: NDArray[np.uint8] = np.take(self._pixels, indices, axis=0)
        self._num_read += rows.nbytes
        if self._num_read >= _GIVE_BACK_BYTES and hasattr(mmap, "MADV_DONTNEED"):
            self._num_read = 0
            self._map.madvise(mmap.MADV_DONTNEED)
        return rows

    def indices_of(self, images: Sequence[Example]) -> NDArray[np.int64]:
        """(n,) indices of images, by the hash of their files."""
        return indices_of(self._index, images)

    def close(self) -> None:
        """Let go of the file."""
        self._pixels = np.empty((0, *self.shape[1:]), np.uint8)
        self._map.close()


def no_room(folder: Path, needed: int) -> RunError:
    """The error for a disk that is full."""
    import shutil

    free = shutil.disk_usage(folder).free
    return RunError("disk-full-data", path=folder, needed_gib=needed / 2**30, free_gib=free / 2**30)
