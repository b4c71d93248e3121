"""What happened, in words: filtered, searched, copied."""

from collections import deque
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from core.language import _
from core.run.events import Event
from gui.pages.train.log_lines import ALL, NOTICES, PROBLEMS, Line, line_of
from gui.theme import theme
from gui.widgets.basics import column, label, row, tool
from gui.widgets.opening import open_outside

# Text changes at a pace that can be read.
_REFRESH_MS = 1000
_MOST = 5_000
_LEVELS = ((_("All"), ALL), (_("Notices"), NOTICES), (_("Problems"), PROBLEMS))


class LogPanel(QWidget):
    """The log of the run that is watched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[Line] = deque(maxlen=_MOST)
        self._new: list[Line] = []
        self._folder: Path | None = None
        layout = column(self, gap=1)
        head = row(gap=1)
        head.addWidget(label(_("Log"), "heading"), 1)
        self.folder = tool(
            _("Open the run folder; its log.txt has all details"), "folder", self._open
        )
        self.copy = tool(_("Copy the lines that are shown"), "copy", self._copy)
        head.addWidget(self.copy)
        head.addWidget(self.folder)
        layout.addLayout(head)
        line = row(gap=1)
        self.level = QComboBox()
        for text, value in _LEVELS:
            self.level.addItem(text, value)
        self.level.setAccessibleName(_("Which lines of the log"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search the log"))
        self.search.setAccessibleName(_("Search the log"))
        self.search.setClearButtonEnabled(True)
        self.search.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line.addWidget(self.level)
        line.addWidget(self.search, 1)
        layout.addLayout(line)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("Log"))
        self.text.setFont(theme().font(0.9, fixed=True))
        self.text.setTabChangesFocus(True)
        self.text.setMaximumBlockCount(_MOST)
        self.text.setMinimumHeight(theme().line_height * 4)
        layout.addWidget(self.text, 1)
        self.level.activated.connect(lambda _: self._show_all())
        self.search.textChanged.connect(lambda _: self._show_all())
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._show_new)
        self._timer.start()

    def watch(self, folder: Path | None) -> None:
        """Another run."""
        self._folder = folder
        self.folder.setEnabled(folder is not None)
        self._lines.clear()
        self._show_all()

    def take(self, events: list[Event]) -> None:
        """Take in what happened; shown at the next refresh."""
        found = [line for line in map(line_of, events) if line is not None]
        self._lines.extend(found)
        self._new.extend(found)

    def shown(self) -> list[str]:
        """The lines that pass the filters."""
        return self._passing(self._lines)

    def _passing(self, lines: deque[Line] | list[Line]) -> list[str]:
        words = self.search.text().lower().split()
        least = int(self.level.currentData())
        return [
            line.shown()
            for line in lines
            if line.level >= least and all(word in line.text.lower() for word in words)
        ]

    def _show_new(self) -> None:
        """Append only: whoever reads or has marked something keeps place and marks."""
        if not self._new or not self.isVisible():
            return
        found, self._new = self._passing(self._new[-_MOST:]), []
        if found:
            self.text.appendPlainText("\n".join(found))

    def _show_all(self) -> None:
        self._new = []
        self.text.setPlainText("\n".join(self.shown()))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.shown()))

    def _open(self) -> None:
        if self._folder is not None:
            open_outside(self, self._folder)
