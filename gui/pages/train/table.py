"""The curves as a table, for reading aloud and copying: every point, made when it is looked at."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView, QWidget

from core.language import _
from core.readers.history import OF_OBJECTIVE, History
from core.system.units import GIB
from gui.pages.train.table_rows import RowPlace, Rows
from gui.words.numbers import percent, stage_title

Index = QModelIndex | QPersistentModelIndex
# Title, column of the history, whether it is one of the probes.
_VALUES = (
    (_("Pre-training loss"), OF_OBJECTIVE, False),
    (_("Distillation loss"), "distill", False),
    (_("Loss"), "loss", False),
    (_("Linear probe"), "linear", True),
    (_("kNN"), "knn", True),
    (_("Validation"), "accuracy", True),
    (_("Effective rank (a hint)"), "rank", True),
    (_("Learning rate"), "lr", False),
    (_("Examples/s"), "images_per_s", False),
    (_("Memory (GB)"), "memory_gib", False),
)
_SHARES = {"linear", "knn", "accuracy"}
_TITLES = (_("Stage"), _("Step"), *(title for title, _, _ in _VALUES))
_REFRESH_MS = 1000
# More at once can be shown, but not copied.
_MOST_COPIED = 100_000


class HistoryModel(QAbstractTableModel):
    """Rows are the reported steps and probes of all stages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = History()
        self._rows = Rows(self._history)
        self._seen: tuple[int, int] = (0, -1)

    def show_history(self, history: History) -> None:
        """Show what a history holds now; rows that stay keep their place."""
        if self._seen == (id(history), history.version):
            return
        is_same = self._seen[0] == id(history)
        self._seen = (id(history), history.version)
        rows = Rows(history)
        if is_same and rows.continues(self._rows):
            self._append(rows)
            return
        self.beginResetModel()
        self._history, self._rows = history, rows
        self.endResetModel()

    def _append(self, rows: Rows) -> None:
        before, now = len(self._rows), len(rows)
        if now > before:
            self.beginInsertRows(QModelIndex(), before, now - 1)
            self._rows = rows
            self.endInsertRows()
        if before:
            # A probe may have joined the step that was the last.
            last = before - 1
            self.dataChanged.emit(self.index(last, 0), self.index(last, len(_TITLES) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """All reported steps."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Stage, step, values."""
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns; numbers of the rows."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return _TITLES[section] if orientation is Qt.Orientation.Horizontal else section + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        place = self._rows.place(index.row())
        if place is None:
            return None
        shown = self._text(place, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = shown or _("none")
            return f"{_TITLES[index.column()]} {words}"
        return shown

    def _text(self, place: RowPlace, column: int) -> str:
        if column < 2:
            return stage_title(place.stage) if column == 0 else f"{place.step:,}"
        _, name, is_probe = _VALUES[column - 2]
        row = place.probes_row if is_probe else place.steps_row
        if row < 0:
            return ""
        stage = self._history.stages[place.stage]
        value = float((stage.probes if is_probe else stage.steps).column(name)[row])
        if np.isnan(value):
            return ""
        value *= GIB / 1e9 if name == "memory_gib" else 1
        return percent(value) if name in _SHARES else f"{value:.5g}"


class HistoryTable(QTableView):
    """The table; Ctrl+C copies what is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points = HistoryModel(self)
        self.setModel(self.points)
        self.setAccessibleName(_("Curves as a table"))
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.horizontalHeader().setResizeContentsPrecision(0)  # only what is in view
        self._history = History()
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._timer.start()

    def show_history(self, history: History) -> None:
        """Show a history, renewed once a second while it is looked at."""
        self._history = history

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy as tab-separated text, with the titles of the columns."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        rows: dict[int, list[str]] = {}
        selection = self.selectionModel().selection()
        for area in (selection.at(number) for number in range(selection.count())):
            last = min(area.bottom(), area.top() + _MOST_COPIED - 1)
            for row in range(area.top(), last + 1):
                cells = [self.points.index(row, c).data() for c in _columns(area)]
                rows.setdefault(row, []).extend(str(cell or "") for cell in cells)
        lines = ["\t".join(cells) for _, cells in sorted(rows.items())]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def showEvent(self, event: Any) -> None:
        """Come up to date at once."""
        super().showEvent(event)
        self._refresh()
        self.resizeColumnToContents(0)
        if not self.currentIndex().isValid() and self.points.rowCount():
            self.setCurrentIndex(self.points.index(self.points.rowCount() - 1, 0))

    def _refresh(self) -> None:
        if self.isVisible():
            bar = self.verticalScrollBar()
            place, at_end = bar.value(), bar.value() == bar.maximum()
            self.points.show_history(self._history)
            bar.setValue(bar.maximum() if at_end else place)


def _columns(area: Any) -> range:
    return range(area.left(), area.right() + 1)
