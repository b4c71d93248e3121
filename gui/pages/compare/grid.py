"""Arms by seeds: what each fine-tuning is doing, as a table for eye, keyboard and ear."""

from collections.abc import Mapping, Sequence
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

from core.language import _
from core.readers.comparison_progress import Cell, CellState
from gui.theme import theme
from gui.widgets.plain import plain
from gui.words.numbers import arm_title, percent

Index = QModelIndex | QPersistentModelIndex
_WAITING = Cell(CellState.WAITING)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_COLOURS = {
    CellState.RUNNING: "accent",
    CellState.BEGUN: "warn",
    CellState.WAITING: "muted",
    CellState.NONE: "muted",
}
# More rows or columns are scrolled to.
_MOST_ROWS = 10


def cell_words(cell: Cell) -> str:
    """A fine-tuning in two or three words."""
    share = f"{int(100 * cell.share)} %"
    match cell.state:
        case CellState.NONE:
            return _("none")
        case CellState.WAITING:
            return _("waiting")
        case CellState.RUNNING:
            return _("training, {share}").format(share=share)
        case CellState.BEGUN:
            return _("stopped at {share}").format(share=share)
        case CellState.DONE:
            return _("done") if cell.score is None else percent(cell.score)


class GridModel(QAbstractTableModel):
    """Rows are arms, columns are seeds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arms: list[str] = []
        self._num_seeds = 0
        self._cells: Mapping[tuple[str, int], Cell] = {}

    def show_cells(
        self, arms: Sequence[str], num_seeds: int, cells: Mapping[tuple[str, int], Cell]
    ) -> None:
        """Show what there is now; places stay as long as arms and seeds do."""
        if list(arms) != self._arms or num_seeds != self._num_seeds:
            self.beginResetModel()
            self._arms, self._num_seeds, self._cells = list(arms), num_seeds, cells
            self.endResetModel()
            return
        before, self._cells = self._cells, cells
        for row, arm in enumerate(self._arms):
            for seed in range(self._num_seeds):
                if before.get((arm, seed)) != cells.get((arm, seed)):
                    index = self.index(row, seed)
                    self.dataChanged.emit(index, index)

    def cell(self, row: int, column: int) -> Cell:
        """A fine-tuning."""
        return self._cells.get((self._arms[row], column), _WAITING)

    def rowCount(self, parent: Index | None = None) -> int:
        """Arms."""
        return 0 if parent is not None and parent.isValid() else len(self._arms)

    def columnCount(self, parent: Index | None = None) -> int:
        """Seeds."""
        return 0 if parent is not None and parent.isValid() else self._num_seeds

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Arms at the left, seeds above."""
        is_seed = orientation is Qt.Orientation.Horizontal
        if not 0 <= section < (self._num_seeds if is_seed else len(self._arms)):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _CENTRE if is_seed else _LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                _("Seed {section}").format(section=section)
                if is_seed
                else arm_title(self._arms[section])
            )
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, and what a screen reader says."""
        if not index.isValid():
            return None
        words = cell_words(self.cell(index.row(), index.column()))
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _CENTRE
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = _("{arm}, seed {column}: {words}").format(
                arm=arm_title(self._arms[index.row()]), column=index.column(), words=words
            )
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None


class Grid(QTableView):
    """The table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fine_tunings = GridModel(self)
        self.setModel(self.fine_tunings)
        self.setItemDelegate(_CellDelegate(self))
        self.setAccessibleName(_("Fine-tunings by arm and seed"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(theme().space(7))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        header.setMinimumSectionSize(theme().line_height * 7)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.fine_tunings.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        """As high as its rows."""
        rows = min(_MOST_ROWS, self.fine_tunings.rowCount())
        header = self.horizontalHeader()
        # As the style has made them: higher than asked for where its text is.
        high = header.sizeHint().height() + rows * self.verticalHeader().sectionSize(0)
        wanted = header.count() * header.minimumSectionSize()
        if wanted > self.width() - self.verticalHeader().sizeHint().width():
            high += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(high + 2 * self.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be need of a scroll bar now, or none any more."""
        super().resizeEvent(event)
        self._fit()


class _CellDelegate(QStyledItemDelegate):
    """Paints a part done as a bar behind the words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, GridModel)
        cell = model.cell(index.row(), index.column())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme().colour("accent_soft"))
        if cell.state in (CellState.RUNNING, CellState.BEGUN):
            _paint_share(painter, rect, cell)
        is_done = cell.state is CellState.DONE
        painter.setPen(theme().colour("text" if is_done else _COLOURS[cell.state]))
        painter.setFont(theme().font(bold=is_done))
        painter.drawText(rect, _CENTRE, cell_words(cell))


def _paint_share(painter: QPainter, rect: QRect, cell: Cell) -> None:
    """A thin bar at the foot of the cell."""
    pad, high = theme().space(1), max(3, theme().line_height // 5)
    trough = QRect(rect.left() + pad, rect.bottom() - high, rect.width() - 2 * pad, high)
    painter.fillRect(trough, theme().colour("raised"))
    trough.setWidth(round(trough.width() * cell.share))
    painter.fillRect(trough, theme().colour(_COLOURS[cell.state]))
