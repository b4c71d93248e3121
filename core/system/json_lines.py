"""How a helper process talks to whoever started it: JSON lines out, end of input means stop.

A helper (a scan, a download, a measurement) prints one object per line on standard output, the
last one of the kind `done` or `failed`. When its standard input ends, because it was asked to
stop or because whoever started it is gone, it stops as well.
"""

import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

from core.errors import RunError
from core.system.stopping import Stopped

_log = logging.getLogger("redistill.helper")


class MessageWriter:
    """Writes messages; thread-safe, and silent once nobody listens."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def write(self, kind: str, **values: Any) -> None:
        """Write one message."""
        line = json.dumps({"kind": kind, **values}, ensure_ascii=True) + "\n"
        with self._lock:
            try:
                self._out.write(line)
                self._out.flush()
            except (OSError, ValueError):
                self._stopped.set()

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far a part is; `total` is 0 while it is not known."""
        self.write("progress", what=what, done=done, total=total)

    def fail(self, error: RunError) -> None:
        """Say what is wrong: in words, and what a window needs that says it in its language."""
        details = {
            name: value if isinstance(value, int | float) else str(value)
            for name, value in error.details.items()
        }
        words = {"what": error.what, "action": error.action}
        self.write("failed", error_id=error.id, **words, details=details)

    def stopped(self) -> bool:
        """Whether the work shall end."""
        return self._stopped.is_set()

    def listen(self) -> None:
        """Stop when standard input ends."""
        if sys.stdin is not None:
            threading.Thread(target=self._wait, name="listen", daemon=True).start()

    def _wait(self) -> None:
        try:
            # Not through Python's buffer: its lock would be held when the process ends.
            while os.read(sys.stdin.fileno(), 4096):
                pass
        except (OSError, ValueError):
            return
        self._stopped.set()


def run_helper(work: Callable[[MessageWriter], dict[str, Any]]) -> int:
    """Do the work of a helper process and say how it ended; returns the exit code.

    `work` returns what `done` shall carry. Whatever else the process prints goes to standard
    error, so that no library can disturb the messages.
    """
    writer = MessageWriter(sys.stdout)
    sys.stdout = sys.stderr
    writer.listen()
    try:
        result = work(writer)
    except Stopped:
        writer.write("stopped")
        return 1
    except RunError as error:
        writer.fail(error)
        return 2
    except Exception as error:  # noqa: BLE001  (see below)
        # The last line of defence: a bug must end in words, not in silence.
        _log.exception("unexpected error")
        bug = RunError("helper-bug", reason=f"{type(error).__name__}: {error}")
        writer.fail(bug)
        return 2
    writer.write("done", **result)
    return 0
