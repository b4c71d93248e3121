"""New files of a folder that is watched, once nobody writes them any more."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from core.errors import RunError
from core.language import _
from core.predict.parts import GONE, Stamp, stamp_of

# An empty file waits this long for its content.
_EMPTY_S: Final = 60.0
# Looking takes at most this share of the time.
_LOOKING: Final = 0.1
_NAP_S: Final = 0.2
# What browsers and copying programs call a file until all of it is there.
_UNFINISHED: Final = frozenset(
    {
        *(".part", ".partial", ".crdownload", ".download", ".opdownload"),
        *(".filepart", ".!ut", ".aria2", ".tmp", ".temp"),
    }
)


def is_unfinished(file: Path) -> bool:
    """Whether a file has the name of one that is still to come; it gets its own when it is whole.

    However long a download rests, such a file is not to be read: its content may be a picture.
    """
    return file.suffix.lower() in _UNFINISHED


class Arriving:
    """Looks for files whose size and time stay the same.

    Args:
        list_files: What is there now; raises a `RunError` while the folder can't be read.
        is_done: Whether a file with this stamp was classified.
        tell: Told in words when the folder can't be read, and when it can again.
        settle_s: How long size and time have to stay the same.
    """

    def __init__(
        self,
        list_files: Callable[[], Sequence[Path]],
        is_done: Callable[[Path, Stamp], bool],
        tell: Callable[[str], None],
        settle_s: float,
    ) -> None:
        self._list_files, self._is_done, self._tell = list_files, is_done, tell
        self._settle_s = settle_s
        self._since: dict[Path, tuple[Stamp, float]] = {}
        self._is_gone = False

    def look(self) -> list[Path]:
        """Files to classify now."""
        now, since = time.monotonic(), self._since
        self._since = {}
        ready: list[Path] = []
        for file in self._there():
            stamp = stamp_of(file)
            if stamp == GONE or self._is_done(file, stamp):
                continue
            before, began = since.get(file, (GONE, now))
            began = began if before == stamp else now
            self._since[file] = (stamp, began)
            waits_s = self._settle_s if stamp[0] else max(self._settle_s, _EMPTY_S)
            if now - began >= waits_s:
                ready.append(file)
        return ready

    def wait(self, stopped: Callable[[], bool], idle: Callable[[], None]) -> list[Path]:
        """Wait for files to classify; empty once it was stopped.

        Args:
            stopped: Whether to end.
            idle: Called between two looks.
        """
        while not stopped():
            idle()
            began = time.monotonic()
            if found := self.look():
                return found
            took = time.monotonic() - began
            _nap(max(self._settle_s / 2, took / _LOOKING), stopped)
        return []

    def _there(self) -> Sequence[Path]:
        try:
            found = self._list_files()
        except (RunError, OSError) as error:
            if not self._is_gone:
                self._tell(_("{error} Waiting until it is there again.").format(error=error))
            self._is_gone = True
            return []
        if self._is_gone:
            self._tell(_("The folder is there again."))
        self._is_gone = False
        return found


def _nap(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stopped() and (left := until - time.monotonic()) > 0:
        time.sleep(min(_NAP_S, left))
