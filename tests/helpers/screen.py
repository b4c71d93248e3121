"""A screen of its own under Xvfb, whose picture can be read while a program draws on it."""

import mmap
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

_SIDES = (1400, 900)
_POLL_S = 0.005


class Screen:
    """What can be seen.

    Attributes:
        display: For DISPLAY.
    """

    def __init__(self, display: str, memory: mmap.mmap) -> None:
        self.display = display
        self._memory = memory

    def pixels(self) -> np.ndarray:
        """(H, W, 3) uint8."""
        # X's window dump: 25 big-endian numbers, the name, the colour map, the pixels (BGRX).
        header = struct.unpack(">25I", self._memory[:100])
        offset = header[0] + 12 * header[19]
        height, bytes_per_line = header[5], header[12]
        data = np.frombuffer(self._memory, np.uint8, height * bytes_per_line, offset)
        return data.reshape(height, -1, 4)[:, : header[4], 2::-1].copy()

    def covered(self) -> float:
        """Share of a grid of pixels that are no longer black."""
        return float((self.pixels()[::37, ::41].max(2) > 0).mean())

    def wait_for_window(self, process: subprocess.Popen[bytes], patience_s: float) -> float:
        """Wait until a fifth of the screen is drawn on; the time at which it was.

        Raises:
            RuntimeError: The program ended before, or it took too long.
        """
        until = time.time() + patience_s
        while self.covered() < 0.2:
            if process.poll() is not None or time.time() > until:
                raise RuntimeError(f"no window; exit code {process.poll()}")
            time.sleep(_POLL_S)
        return time.time()


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    """A black screen, until the end of the `with` block."""
    read, write = os.pipe()
    sides = f"{_SIDES[0]}x{_SIDES[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", sides, "-fbdir", str(folder)]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        yield Screen(display, memory)
    finally:
        server.terminate()
        server.wait()
