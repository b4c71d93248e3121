"""The plots as a picture; every number of a history in a file.

Numbers are written off the window's thread: a million lines take seconds.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal
from PySide6.QtWidgets import QWidget

from core.language import _
from core.readers.history import PROBE_COLUMNS, STEP_COLUMNS, History
from core.system.table_cells import plain_cell
from gui.widgets import dialogs

# Between two pieces the window's thread gets its turn.
_PIECE = 2_000


class CurveExport(QObject):
    """Asks where to, and writes.

    Signals:
        notice: How it ended: tone, what, action.
    """

    notice = Signal(str, str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._writing: _Writing | None = None

    def ask_picture(self, plots: QWidget) -> None:
        """Save what the plots look like."""
        start = Path.home() / "curves.png"
        words = (_("Save the plots"), _("Pictures (*.png)"))
        file = dialogs.choose_new_file(self._window, *words, start)
        if file is not None and plots.grab().save(str(file), "PNG"):
            self.notice.emit("ok", _("The plots are in {file}.").format(file=file), "")
        elif file is not None:
            text = _("{file} can't be written.").format(file=file)
            self.notice.emit("bad", text, _("Choose another location."))

    def ask_numbers(self, history: History) -> None:
        """Save the numbers."""
        start = Path.home() / "curves.csv"
        words = (_("Save the numbers"), _("Tables (*.csv)"))
        file = dialogs.choose_new_file(self._window, *words, start)
        if file is not None:
            self.write(file, history)

    def write(self, file: Path, history: History) -> None:
        """Write all reported steps and probes."""
        self._writing = _Writing(file, history)
        self._writing.news.done.connect(self._on_done)
        QThreadPool.globalInstance().start(self._writing)

    def _on_done(self, file: str, problem: str) -> None:
        self._writing = None
        if problem:
            what = _("{file} can't be written: {problem}.").format(file=file, problem=problem)
            self.notice.emit("bad", what, _("Choose another location, or free some space."))
        else:
            self.notice.emit("ok", _("The numbers are in {file}.").format(file=file), "")


class _News(QObject):
    done = Signal(str, str)


class _Writing(QRunnable):
    def __init__(self, file: Path, history: History) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._file = file
        self._stages = [
            (name, stage.steps.rows, stage.probes.rows) for name, stage in history.stages.items()
        ]
        self.news = _News()

    def run(self) -> None:
        problem = ""
        try:
            with self._file.open("w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out)
                writer.writerow(["stage", "step", *STEP_COLUMNS, *PROBE_COLUMNS[1:]])
                for name, steps, probes in self._stages:
                    for rows in _pieces(steps):
                        writer.writerows([plain_cell(name), *_plain(row)] for row in rows)
                    blanks = [""] * (len(STEP_COLUMNS) - 1)
                    for row in probes.tolist():
                        step, time, *scores = _plain(row)
                        writer.writerow([plain_cell(name), step, time, *blanks, *scores])
        except OSError as error:
            problem = error.strerror or str(error)
        self.news.done.emit(str(self._file), problem)


def _pieces(rows: np.ndarray) -> Iterator[list[list[float]]]:
    for start in range(0, len(rows), _PIECE):
        yield rows[start : start + _PIECE].tolist()


def _plain(values: list[float]) -> list[object]:
    step, *rest = values
    # nan is not equal to itself.
    return [int(step), *("" if value != value else value for value in rest)]  # noqa: PLR0124
