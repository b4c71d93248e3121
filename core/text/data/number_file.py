"""Very many numbers, kept on disk and read through a memory map."""

import tempfile
import weakref
from array import array
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

# Numbers in memory before they are written; fewer never get a file.
_IN_MEMORY: Final = 1 << 16


class NumberFile:
    """Numbers of one type, appended; they go away with the object.

    Args:
        typecode: As of `array.array`: `Q` or `I`.
        folder: Where the file is made when it is needed; it has no name there, or a random one.
    """

    def __init__(self, typecode: str, folder: Path) -> None:
        self._last = array(typecode)
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._num_written = 0

    def __len__(self) -> int:
        return self._num_written + len(self._last)

    def append(self, number: int) -> None:
        """One more.

        Raises:
            OSError: As the file system says.
        """
        self._last.append(number)
        if len(self._last) >= _IN_MEMORY:
            self._write()

    def view(self) -> np.ndarray:
        """(N,) all of them; only to be read, and before anything more is appended."""
        dtype = np.dtype(self._last.typecode)
        if self._file is None:
            return np.array(self._last, dtype=dtype)
        self._write()
        self._file.flush()
        return mapped(self._file, dtype, (self._num_written,))

    def _write(self) -> None:
        if self._file is None:
            self._file = scratch_file(self._folder)
            weakref.finalize(self, self._file.close)
        self._file.write(self._last.tobytes())
        self._num_written += len(self._last)
        del self._last[:]


def scratch_file(folder: Path) -> IO[bytes]:
    """An empty file that goes away by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(prefix="numbers-", dir=folder)


def scratch_numbers(shape: tuple[int, ...], dtype: type, folder: Path) -> np.ndarray:
    """Zeros to write to: on disk if they are many.

    Raises:
        OSError: There is no room for them.
    """
    count = int(np.prod(shape))
    if count <= _IN_MEMORY:
        return np.zeros(shape, dtype=dtype)
    # The map keeps what it needs of the file after it is closed.
    with scratch_file(folder) as file:
        # Written, not only mapped: a full disk must show now, as an error, not later, as a crash.
        missing = count * np.dtype(dtype).itemsize
        zeros = bytes(1 << 20)
        while missing:
            missing -= file.write(zeros[: min(missing, len(zeros))])
        file.flush()
        return mapped(file, dtype, shape, mode="r+")


def mapped(file: Any, dtype: Any, shape: tuple[int, ...], mode: Any = "r") -> np.ndarray:
    """A file's numbers where they lie."""
    if not int(np.prod(shape)):
        return np.zeros(shape, dtype=dtype)
    return np.asarray(np.memmap(file, dtype=dtype, mode=mode, shape=shape))
