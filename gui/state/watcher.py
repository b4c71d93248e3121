"""The only bridge between window and trainer: starts it, asks things of it, follows its run folder.

A run is followed by its files alone, so one that this window started, one that was left in the
background, and one that somebody else trains on the same disk all look the same.
"""

import shutil
import subprocess
import time
from pathlib import Path

from PySide6.QtCore import QFile, QObject, QTimer, Signal

from core.errors import RunError
from core.language import _
from core.readers.history import History
from core.run.event_log import EventTail
from core.run.files import TRAINER_OUTPUT
from core.run.folder import RunFolder, RunState, Status
from core.run.launch import send_command, start_in_background
from gui.state.history_reader import HistoryReader, is_long

_EVENTS_MS = 100
_STATUS_MS = 1000
# Of the window's thread at a time, for reading events.
_BUDGET_S = 0.004
_PIECE = 16_384
# Until a trainer has taken the lock; importing torch takes seconds.
_START_PATIENCE = 60


class RunWatcher(QObject):
    """Follows one run.

    Signals:
        watching: Another run is followed from now on, or none.
        events_arrived: A list of new events, at most ten times a second.
        status_changed: A `Status`, or None when no run is followed.
        history_changed: `history` has grown, or is another one.
        reading: The share of a long log that is read, 0 to 1.
        trouble: What can't go on: tone, what, action.
    """

    watching = Signal()
    events_arrived = Signal(list)
    status_changed = Signal(object)
    history_changed = Signal()
    reading = Signal(float)
    trouble = Signal(str, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: RunFolder | None = None
        self.status: Status | None = None
        self.num_processes = 1
        self.history = History()
        self._tail: EventTail | None = None
        self._reader = HistoryReader(self)
        self._reader.read.connect(self._on_history)
        self._reader.progressed.connect(self.reading)
        self._reader.failed.connect(self._on_no_history)
        self._started: subprocess.Popen[bytes] | None = None
        self._waits = 0
        self._asked: str | None = None
        self._unreadable: str | None = None
        self._events_timer = QTimer(self, interval=_EVENTS_MS)
        self._events_timer.timeout.connect(self._read_events)
        self._status_timer = QTimer(self, interval=_STATUS_MS)
        self._status_timer.timeout.connect(self.look)

    @property
    def is_training(self) -> bool:
        """Whether a trainer works on the run, or is about to."""
        return self._started is not None or (
            self.status is not None and self.status.state is RunState.RUNNING
        )

    @property
    def is_starting(self) -> bool:
        """Whether a trainer was started and has not taken up the run yet."""
        return self._started is not None

    @property
    def asked(self) -> str | None:
        """`pause` or `stop` when that was asked for and has not happened yet."""
        return self._asked

    @property
    def unreadable(self) -> str:
        """Why the run can't be read now; empty when it can."""
        return self._unreadable or ""

    def watch(self, run: RunFolder | None) -> None:
        """Follow another run, from its first event, or none."""
        self._events_timer.stop()
        self._status_timer.stop()
        self.run, self.status, self._asked, self._started = run, None, None, None
        self._unreadable = None
        self.history = History()
        self._reader.stop()
        self._tail = EventTail(run.events_file) if run is not None else None
        self.watching.emit()
        if run is None:
            self.status_changed.emit(None)
            return
        self.look()
        if self.run is not None and is_long(run.events_file):
            # Another process reads it; the tail goes on from where that one stopped.
            self._tail = None
            self._reader.start(run.path)
        self._read_events()
        self._events_timer.start()
        self._status_timer.start()

    @property
    def is_reading(self) -> bool:
        """Whether a long history is being read."""
        return self._reader.is_busy

    def start(self) -> None:
        """Start a trainer on the run, from its beginning or its last checkpoint."""
        if self.run is None or self.is_training:
            return
        try:
            self._started = start_in_background(self.run, self.num_processes)
        except RunError as error:
            self._tell(error)
            return
        self._waits, self._asked = 0, None
        self.status_changed.emit(self.status)

    def pause(self) -> None:
        """Ask the trainer to save a checkpoint and end."""
        self._ask("pause")

    def stop(self) -> None:
        """Ask the trainer to end for good, keeping what was trained."""
        self._ask("stop")

    def discard(self) -> bool:
        """Put the run folder into the bin (or delete it where there is none)."""
        if self.run is None or self.is_training:
            return False
        path = self.run.path
        self.watch(None)
        return discard_folder(path)

    def look(self) -> None:
        """Look at the state of the run now."""
        if self.run is None:
            return
        try:
            status = self.run.status()
        except RunError as error:
            self._on_unreadable(error)
            return
        self._unreadable = None
        if self._started is not None:
            self._look_at_start(status)
        if status.state is not RunState.RUNNING:
            self._asked = None if self._started is None else self._asked
        if status != self.status:
            self.status = status
            self._read_events()
            self.status_changed.emit(status)

    def _on_unreadable(self, error: RunError) -> None:
        """Say it once and go on looking: a drive may come back."""
        assert self.run is not None
        if not self.run.path.exists():
            error = RunError("run-gone", path=self.run.path)
        if self._unreadable == error.what:
            return
        self._unreadable, self.status, self._started = error.what, None, None
        self._tell(error)
        self.status_changed.emit(None)

    def _look_at_start(self, status: Status) -> None:
        assert self._started is not None
        ended = self._started.poll() is not None
        self._waits += 1
        if status.state is RunState.RUNNING or ended or self._waits > _START_PATIENCE:
            started, self._started = self._started, None
            self.status = None  # so that the change is told
            if ended and status.state in {RunState.NEW, RunState.RUNNING, RunState.INTERRUPTED}:
                assert self.run is not None
                how = _("exit code {code}").format(code=started.returncode)
                log = self.run.path / TRAINER_OUTPUT
                self._tell(RunError("trainer-died", how=how, path=self.run.path, log=log))

    def _read_events(self) -> None:
        if self._tail is None:
            return
        until = time.monotonic() + _BUDGET_S
        while events := self._tail.read(_PIECE):
            self.history.extend(events)
            self.events_arrived.emit(events)
            self.history_changed.emit()
            if time.monotonic() > until:
                break

    def _on_history(self, history: History, offset: int) -> None:
        if self.run is None:
            return
        self.history = history
        self._tail = EventTail(self.run.events_file, offset)
        # What is worth telling of the past; the numbers are in the history already.
        self.events_arrived.emit(history.tale())
        self.history_changed.emit()

    def _on_no_history(self, what: str, action: str) -> None:
        """Read the log here, a little at a time: slow, but the window goes on."""
        if self.run is not None:
            self.trouble.emit("warn", what, action)
            self._tail = EventTail(self.run.events_file)

    def _ask(self, command: str) -> None:
        if self.run is None:
            return
        try:
            send_command(self.run, command)
        except RunError as error:
            self._tell(error)
            return
        except OSError as error:
            reason = error.strerror or str(error)
            self._tell(RunError("run-not-writable", path=self.run.path, reason=reason))
            return
        self._asked = command
        self.status_changed.emit(self.status)

    def _tell(self, error: RunError) -> None:
        self.trouble.emit("bad", error.what, error.action)


def discard_folder(path: Path) -> bool:
    """Put a folder into the system's bin; delete it where there is none."""
    if not QFile(str(path)).moveToTrash():
        shutil.rmtree(path, ignore_errors=True)
    return not path.exists()
