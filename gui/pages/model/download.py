"""One download with its progress: a helper process that can be stopped and goes on later."""

import time
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.language import _
from core.recipe.modality import Modality
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.words.numbers import bytes_in_words, duration

_SPEED_OVER_S = 8.0
_HELPER = process_names.DOWNLOAD_MODEL


class DownloadState(Enum):
    """What a download is doing."""

    IDLE = auto()
    AT_WORK = auto()
    PAUSED = auto()
    FAILED = auto()
    DONE = auto()


class Download(QObject):
    """Downloads one model.

    Attributes:
        state: What it is doing.
        done: Bytes that are here.
        total: Bytes in all; 0 while not known.
        error: Why it failed, and what to do.

    Signals:
        changed: Any of these are others now.
    """

    changed = Signal()

    def __init__(self, name: str, modality: Modality, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._modality = modality
        self.state = DownloadState.IDLE
        self.done = self.total = 0
        self.error = ""
        self._what = ""
        self._marks: list[tuple[float, int]] = []
        self._forgetting = False
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(self._on_done)
        self._process.failed.connect(self._on_failed)
        self._process.ended.connect(self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether the helper is at work."""
        return self._process.is_busy

    def show_kept(self, num_bytes: int, total: int) -> None:
        """There are bytes of an earlier try."""
        if self.state is DownloadState.IDLE and num_bytes:
            self.done, self.total, self.state = num_bytes, total, DownloadState.PAUSED
            self.changed.emit()

    def start(self) -> None:
        """Download, or go on."""
        self._become(DownloadState.AT_WORK)
        self._process.start(_HELPER, self.name, self._modality.name)

    def pause(self) -> None:
        """End the helper; what is here stays."""
        self._become(DownloadState.PAUSED)
        self._process.stop()

    def cancel(self) -> None:
        """End the helper and delete what is here."""
        self._process.abandon()
        self._forgetting = True
        self.done = self.total = 0
        self._become(DownloadState.IDLE)
        self._process.start(_HELPER, self.name, self._modality.name, "forget")

    def shut_down(self) -> None:
        """End the helper now; what is here stays."""
        self._process.abandon()

    def words(self) -> str:
        """Bytes, speed and time left."""
        if self.state is DownloadState.FAILED:
            return self.error
        if not self.total:
            what = self._what or _("Starting")
            return f"{what} …"
        words = _("{done} of {total}").format(
            done=bytes_in_words(self.done), total=bytes_in_words(self.total)
        )
        if self.state is DownloadState.PAUSED:
            return _("Paused: {words} are here; the rest is downloaded when you resume").format(
                words=words
            )
        if not self._what.startswith("Downloading"):
            return f"{self._what.partition(' ')[0]}: {words}"
        speed = self._speed()
        if speed is None:
            return words
        left = duration((self.total - self.done) / speed)
        return _("{words}, {size}/s, {left} left").format(
            words=words, size=bytes_in_words(speed), left=left
        )

    def _speed(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (first_at, first), (last_at, last) = self._marks[0], self._marks[-1]
        return (last - first) / (last_at - first_at) if last > first else None

    def _become(self, state: DownloadState) -> None:
        self.state, self.error, self._what, self._marks = state, "", "", []
        self.changed.emit()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        if self.state is not DownloadState.AT_WORK:
            return
        for message in messages:
            if message.get("kind") == "progress":
                self._what = str(message["what"])
                if message["total"]:
                    self.done, self.total = int(message["done"]), int(message["total"])
        now = time.monotonic()
        self._marks = [mark for mark in self._marks if now - mark[0] < _SPEED_OVER_S]
        self._marks.append((now, self.done))
        self.changed.emit()

    def _on_done(self, message: dict[str, Any]) -> None:
        del message
        if not self._forgetting:
            self._become(DownloadState.DONE)

    def _on_failed(self, error_id: str, what: str, action: str) -> None:
        del error_id
        if not self._forgetting and self.state is DownloadState.AT_WORK:
            self.state, self.error = DownloadState.FAILED, f"{what} {action}"
            self.changed.emit()

    def _on_ended(self) -> None:
        self._forgetting = False
        self.changed.emit()
