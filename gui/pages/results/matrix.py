"""The confusion matrix as a table: shaded cells, readable from two classes to two hundred."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QTableView,
    QWidget,
)

from core.language import _
from core.recipe.modality import AUTO, modality_named
from gui.pages.results.matrix_header import MatrixHeader
from gui.pages.results.matrix_paint import SHADES, CellPainter
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.widgets.plain import plain
from gui.words.numbers import percent

Index = QModelIndex | QPersistentModelIndex


class MatrixModel(QAbstractTableModel):
    """Rows are the true classes, columns what was said.

    Attributes:
        in_percent: Whether cells show their share of the row.
        modality: What is counted.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        self._shares: NDArray[np.float64] = np.zeros((0, 0))
        self._shades: list[list[int]] = []
        self._texts: list[list[str]] = []
        self._names: Sequence[str] = ()
        self.in_percent = False
        self.modality = modality_named(AUTO)

    def show_matrix(self, counts: NDArray[np.int64], names: Sequence[str]) -> None:
        """Show another matrix."""
        self.beginResetModel()
        self._counts, self._names = counts, names
        self._shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        self._shades = np.ceil(self._shares * SHADES).astype(int).tolist()
        self._write()
        self.endResetModel()

    def show_percent(self, in_percent: bool) -> None:
        """Write counts, or shares of the row."""
        self.in_percent = in_percent
        self._write()
        if self._names:
            last = len(self._names) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, last))

    @property
    def largest(self) -> int:
        """The largest number in a cell."""
        return int(self._counts.max()) if self._counts.size else 0

    def count(self, row: int, column: int) -> int:
        """Images in a cell."""
        return int(self._counts[row, column])

    def share(self, row: int, column: int) -> float:
        """Their share of the images of the row."""
        return float(self._shares[row, column])

    def text(self, row: int, column: int) -> str:
        """What stands in a cell; nothing where there are no images."""
        return self._texts[row][column]

    def shade(self, row: int, column: int) -> int:
        """How dark a cell is, from 0 to `SHADES`."""
        return self._shades[row][column]

    def _write(self) -> None:
        """All texts at once: painting asks for thousands."""
        shown = 100 * self._shares if self.in_percent else self._counts
        self._texts = [
            [f"{number:,.0f}" if count else "" for number, count in zip(*pair, strict=True)]
            for pair in zip(shown.tolist(), self._counts.tolist(), strict=True)
        ]

    def words(self, row: int, column: int) -> str:
        """A cell in words."""
        count = self.count(row, column)
        examples = self.modality.counted(count)
        of_row = _("{share} of {names}").format(
            share=percent(self.share(row, column), 0), names=self._names[row]
        )
        if row == column:
            return _("{names}, recognised: {examples} ({of_row})").format(
                names=self._names[row], examples=examples, of_row=of_row
            )
        return _("{true} taken for {said}: {examples} ({of_row})").format(
            true=self._names[row], said=self._names[column], examples=examples, of_row=of_row
        )

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a class."""
        return 0 if parent is not None and parent.isValid() else len(self._names)

    def columnCount(self, parent: Index | None = None) -> int:
        """One column a class."""
        return 0 if parent is not None and parent.isValid() else len(self._names)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the classes."""
        if not 0 <= section < len(self._names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._names[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            is_said = orientation is Qt.Orientation.Horizontal
            words = _("{name} (said)") if is_said else _("{name} (true)")
            return plain(words.format(name=self._names[section]))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Number and words."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self.words(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(row, column)
        return None


class MatrixView(QTableView):
    """The table.

    Args:
        parent: Owns it.
        matrix: What another one shows, to show the same.

    Signals:
        chosen: Row and column of a cell that was clicked or used with Enter.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None, *, matrix: MatrixModel | None = None) -> None:
        super().__init__(parent)
        self.matrix = MatrixModel(self) if matrix is None else matrix
        self.setModel(self.matrix)
        self._cells = CellPainter()
        self._headers = [MatrixHeader(each, self) for each in Qt.Orientation]
        self.setHorizontalHeader(self._headers[0])
        self.setVerticalHeader(self._headers[1])
        self.setAccessibleName(_("Confusion matrix: rows are true classes, columns what was said"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        for direction in (self.setHorizontalScrollMode, self.setVerticalScrollMode):
            direction(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(lambda index: self.chosen.emit(index.row(), index.column()))
        for header in self._headers:
            self.matrix.modelReset.connect(header.measure)
        self.matrix.modelReset.connect(self._fit)
        on_theme_change(self, self._on_theme_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space show the images of the current cell; arrows go to other cells."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row(), self.currentIndex().column())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells in view; most are empty, so that only a few need more than the grid."""
        count = self.matrix.rowCount()
        if not count:
            return
        painter = QPainter(self.viewport())
        corner = QPoint(self.columnViewportPosition(0), self.rowViewportPosition(0))
        size = QSize(self.columnWidth(0), self.rowHeight(0))
        seen = event.rect()
        columns = _seen(seen.left() - corner.x(), seen.right() - corner.x(), size.width(), count)
        rows = _seen(seen.top() - corner.y(), seen.bottom() - corner.y(), size.height(), count)
        self._cells.paint_grid(painter, corner, size, rows, columns)
        step = QPoint(size.width(), size.height())
        for row in rows:
            for column in columns:
                if text := self.matrix.text(row, column):
                    place = corner + QPoint(column * step.x(), row * step.y())
                    cell = QRect(place, size - QSize(1, 1))
                    shade = self.matrix.shade(row, column)
                    self._cells.paint_cell(painter, cell, text, shade, is_right=row == column)
        if self.currentIndex().isValid():
            self._cells.paint_frame(painter, self.visualRect(self.currentIndex()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Cells as large as fit, within reason; more classes than that scroll."""
        count = max(1, self.matrix.rowCount())
        digits = len(f"{self.matrix.largest:,}")
        wide = max(
            theme().space(5 if count > 40 else 4 + 2 * digits), self.viewport().width() // count
        )
        high = max(theme().space(5), self.viewport().height() // count)
        # Two classes on a large screen need not fill it.
        self.horizontalHeader().setDefaultSectionSize(min(wide, theme().space(60)))
        self.verticalHeader().setDefaultSectionSize(min(high, theme().space(40)))

    def _on_theme_changed(self) -> None:
        self._cells.mix()
        self.viewport().update()


def _seen(first: int, last: int, size: int, count: int) -> range:
    """Which of `count` cells lie between two places."""
    return range(max(0, first // size), max(0, min(count, last // size + 1)))
