"""A table of texts; a column may show bars beside its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.theme import theme
from gui.widgets.plain import plain

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Bar:
    """A cell with a bar: its text and, from 0 to 1, how long the bar is (None: no bar)."""

    text: str
    share: float | None


Row = Sequence[str | Bar]


class TextModel(QAbstractTableModel):
    """Rows of texts; the first column is what the others are about."""

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row], columns: Sequence[str] | None = None) -> None:
        """Show other rows, and other columns where they are given."""
        self.beginResetModel()
        self._rows = list(rows)
        self._columns = tuple(columns) if columns is not None else self._columns
        self.endResetModel()

    def longest(self, column: int) -> list[str]:
        """The name of a column and its texts with the most letters."""
        texts = {
            each.text if isinstance(each, Bar) else each
            for row in self._rows
            for each in (row[column],)
        }
        return [self._columns[column], *sorted(texts, key=len, reverse=True)[:5]]

    def cell(self, row: int, column: int) -> str | Bar:
        """What stands in a cell."""
        return self._rows[row][column]

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns, above their numbers."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._is_number(section) else _LEFT
        return self._columns[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, and what a screen reader says."""
        if not index.isValid():
            return None
        cell = self._rows[index.row()][index.column()]
        text = cell.text if isinstance(cell, Bar) else cell
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._is_number(index.column()) else _LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._columns[index.column()]}: {text}"
        return None

    def _is_number(self, column: int) -> bool:
        return column > 0 and not (self._rows and isinstance(self._rows[0][column], Bar))


class TextTable(QTableView):
    """The table.

    Args:
        name: What a screen reader says.
        columns: Their names.
        stretched: The column that takes what room is left; the first shares it with all others,
            and with -1 it stays empty.
        parent: Owns it.
        texts: What another table shows, to show the same; its columns are those.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        stretched: int = 0,
        parent: QWidget | None = None,
        *,
        texts: TextModel | None = None,
    ) -> None:
        super().__init__(parent)
        self.texts = TextModel(columns, self) if texts is None else texts
        self.setModel(self.texts)
        self.setItemDelegate(BarDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().space(7))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._on_resized)
        self._stretched = stretched
        self._widths: list[int] = []
        self._is_fitting = self._is_fitted_by_hand = False
        self.texts.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as their texts; Qt's own way asks every cell, again and again."""
        metrics, most = self.fontMetrics(), theme().line_height * 16
        longest = (
            max(map(metrics.horizontalAdvance, self.texts.longest(column)))
            for column in range(self.texts.columnCount())
        )
        self._widths = [min(width, most) + theme().space(5) for width in longest]
        self._is_fitted_by_hand = False
        self._spread()

    def _spread(self) -> None:
        """Share out the room that is left, so that numbers stay near their names on any screen."""
        widths = list(self._widths)
        left = self.viewport().width() - sum(widths)
        if left > 0 and self._stretched == 0:
            widths = [width + left // len(widths) for width in widths]
            left = self.viewport().width() - sum(widths)
        if widths and self._stretched >= 0:
            narrowest = min(widths[self._stretched], theme().line_height * 4)
            widths[self._stretched] = max(narrowest, widths[self._stretched] + left)
        self._is_fitting = True
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self._is_fitting = False

    def _on_resized(self) -> None:
        self._is_fitted_by_hand = self._is_fitted_by_hand or not self._is_fitting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to another width, but for those that somebody fitted."""
        super().resizeEvent(event)
        if not self._is_fitted_by_hand:
            self._spread()

    def show_all_rows(self) -> None:
        """Make the table as high as its rows."""
        header = self.horizontalHeader().sizeHint().height()
        rows = self.texts.rowCount() * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(header + rows + 4 * self.frameWidth() + theme().space(1))


class BarDelegate(QStyledItemDelegate):
    """Paints cells that have one as a bar with its text at the right end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        model = index.model()
        assert isinstance(model, TextModel)
        cell = model.cell(index.row(), index.column())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme().colour("accent_soft"))
        if isinstance(cell, Bar):
            paint_bar(painter, rect, cell)
            return
        painter.setPen(theme().colour("text"))
        # As much as the style gives to headers.
        pad = round(theme().line_height * 0.3)
        inside = rect.adjusted(pad, 0, -pad, 0)
        shown = option.fontMetrics.elidedText(cell, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(inside, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), shown)


def paint_bar(painter: QPainter, rect: QRect, cell: Bar) -> None:
    """A bar in its trough, and its text to the right of it."""
    gap, wide = theme().space(2), theme().line_height * 4
    area = rect.adjusted(gap, gap, -gap - wide, -gap)
    if cell.share is not None:
        painter.fillRect(area, theme().colour("raised"))
        length = round(area.width() * min(1.0, max(0.0, cell.share)))
        painter.fillRect(
            QRect(area.topLeft(), area.size()).adjusted(0, 0, length - area.width(), 0),
            theme().curve(0),
        )
    painter.setPen(theme().colour("text"))
    place = QRect(rect.right() - wide, rect.top(), wide - gap, rect.height())
    painter.drawText(place, _RIGHT, cell.text)
