"""Starts and ends the warm server (`core.processes.warm`) for a window, or for tests."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from core.system.own_process import child_environment, plain_command
from core.system.process_names import WARM
from core.system.warm import AT_ONCE, VARIABLE

# It keeps half a GiB; what is trained beside it comes first.
_SPARE_GIB = 4.0
_END_S = 2.0


class WarmServer:
    """A server for the processes that this one starts: it ends with it, however that ends.

    On Windows and macOS, which can't fork safely, and where memory is scarce, there is none.

    Args:
        loads: Modules that it loads; all that is worth it if there are none.
        at_once: Whether somebody waits for it; else it loads when nothing else has to be done.
    """

    def __init__(self, *loads: str, at_once: bool = False) -> None:
        self._loads = loads
        self._how = (AT_ONCE,) if at_once else ()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""

    def start(self) -> None:
        """Start it; nothing waits for it, and until it has loaded all, processes start as ever."""
        can = sys.platform == "linux" and hasattr(os, "pidfd_open")
        if not can or psutil.virtual_memory().available < _SPARE_GIB * 2**30:
            return
        self._folder = tempfile.mkdtemp(prefix="redistill-warm-")
        address = str(Path(self._folder, "socket"))
        try:
            self._process = subprocess.Popen(
                plain_command(WARM, *self._how, address, *self._loads),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=child_environment(),
                start_new_session=True,
            )
        except OSError:
            self.stop()
            return
        os.environ[VARIABLE] = address

    def is_ready(self) -> bool:
        """Whether it has loaded everything."""
        return bool(self._folder) and Path(self._folder, "socket").exists()

    def has_ended(self) -> bool:
        """Whether it is not there, or no longer."""
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """End it; what it has forked goes on, and it waits for that."""
        os.environ.pop(VARIABLE, None)
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            if not self.is_ready():
                process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
        shutil.rmtree(self._folder, ignore_errors=True)
