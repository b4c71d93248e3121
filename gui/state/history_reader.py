"""Reads the history of a long run: in another process, and off the window's thread."""

import zipfile
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from core.errors import RunError
from core.readers.history import History
from core.system import process_names
from gui.processes.json_process import JsonProcess
from gui.processes.scratch import ScratchFolder

# Below that, reading it piece by piece on the window's thread takes no time worth mention.
_LONG_BYTES = 1 << 20


def is_long(events_file: Path) -> bool:
    """Whether a log is too long for the window's thread."""
    try:
        return events_file.stat().st_size > _LONG_BYTES
    except OSError:
        return False


class HistoryReader(QObject):
    """Has a helper process read a log.

    Signals:
        read: A `History` and the offset where it ends (an object: a C int may not hold it).
        progressed: The share that is read, 0 to 1.
        failed: Why it can't be read: what, action.
    """

    read = Signal(object, object)
    progressed = Signal(float)
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = ScratchFolder()
        self._loading: _Loading | None = None
        self._process = JsonProcess(self)
        self._process.said.connect(self._on_said)
        self._process.done.connect(self._on_done)
        self._process.failed.connect(lambda _, what, action: self.failed.emit(what, action))

    @property
    def is_busy(self) -> bool:
        """Whether it reads."""
        return self._process.is_busy or self._loading is not None

    def start(self, run: Path) -> None:
        """Read the history of a run."""
        self._loading = None
        self._process.start(process_names.HISTORY, str(run), str(self._folder.path / "history.npz"))

    def stop(self) -> None:
        """Give it up."""
        self._loading = None
        self._process.abandon()

    def _on_said(self, messages: list[dict[str, Any]]) -> None:
        last = messages[-1]
        if last.get("total"):
            self.progressed.emit(float(last["done"]) / float(last["total"]))

    def _on_done(self, message: dict[str, Any]) -> None:
        self._loading = _Loading(Path(message["out"]), int(message["offset"]))
        self._loading.news.loaded.connect(self._on_loaded)
        QThreadPool.globalInstance().start(self._loading)

    def _on_loaded(self, loading: object, history: object, problem: str) -> None:
        if self._loading is None or loading is not self._loading:
            return
        offset, self._loading = self._loading.offset, None
        if isinstance(history, History):
            self.read.emit(history, offset)
        else:
            error = RunError("helper-died", how=problem)
            self.failed.emit(error.what, error.action)


class _News(QObject):
    loaded = Signal(object, object, str)


class _Loading(QRunnable):
    def __init__(self, file: Path, offset: int) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._file, self.offset = file, offset
        self.news = _News()

    def run(self) -> None:
        history, problem = None, ""
        try:
            history = History.load(self._file)
            self._file.unlink(missing_ok=True)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            problem = str(error)
        self.news.loaded.emit(self, history, problem)
