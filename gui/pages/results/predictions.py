"""Rows that were predicted: as they come, sorted and filtered, with what is to be seen of each."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from core.language import _
from gui.pages.results.prediction_row import Column, Predicted, text_of, tip_of
from gui.theme import icon
from gui.widgets.plain import plain
from gui.widgets.thumbnail_loader import ThumbnailLoader, squared

Index = QModelIndex | QPersistentModelIndex
_MOST_ICONS = 1_500
_AS_NUMBER = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_AS_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_KEYS: dict[Column, Callable[[Predicted], Any]] = {
    Column.EXAMPLE: lambda row: row.name.casefold(),
    Column.CLASS: lambda row: (row.number or 0.0, row.answer, -row.probability),
    Column.PROBABILITY: lambda row: (row.probability, row.margin or 0.0),
}


class Predictions(QAbstractTableModel):
    """The rows. New ones are shown when `show_new` is called, in their places.

    Args:
        side: Pixels of a thumbnail; 0 for none.
    """

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Predicted] = []
        self._known: dict[str, int] = {}
        self._shown: list[int] = []
        self._by, self._is_descending = -1, False
        self._text, self._answer = "", ""
        self._noun = _("Example")
        self._has_numbers = False
        self._icons: OrderedDict[str, QIcon] = OrderedDict()
        self._has_icons = False
        self.counts: Counter[str] = Counter()
        self.loader = ThumbnailLoader(side, self)
        self.loader.loaded.connect(self._on_loaded)

    def show_kind(self, noun: str, *, has_icons: bool) -> None:
        """Say what the rows are, and whether they are pictures."""
        self._noun, self._has_icons = noun, has_icons
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)

    def forget(self) -> None:
        """There is nothing."""
        self.beginResetModel()
        self._rows, self._known, self._shown = [], {}, []
        self.counts.clear()
        self._icons.clear()
        self._has_numbers = False
        self.endResetModel()

    def take(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep rows; of an example that was classified anew the later one counts."""
        for row in map(Predicted.of, rows):
            at = self._known.get(row.place)
            if at is None:
                self._known[row.place] = len(self._rows)
                self._rows.append(row)
            else:
                self.counts[self._rows[at].answer] -= 1
                self._rows[at] = row
            self.counts[row.answer] += 1
            self._has_numbers |= row.is_number

    def show_new(self) -> None:
        """Show what was kept since, filtered and sorted."""
        self._arrange()

    def filter(self, text: str, answer: str) -> None:
        """Show those whose name has a text in it, of one answer; empty for all."""
        self._text, self._answer = text.casefold(), answer
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is the order in which they were found."""
        self._by, self._is_descending = column, order is Qt.SortOrder.DescendingOrder
        self._arrange()

    @property
    def num_rows(self) -> int:
        """How many there are, shown or not."""
        return len(self._rows)

    def row(self, index: Index) -> Predicted:
        """The one that is shown there."""
        return self._rows[self._shown[index.row()]]

    def place_of(self, place: str) -> QModelIndex:
        """Where an example is shown; an invalid index where it is not."""
        at = self._known.get(place)
        if at is None or at not in self._shown:
            return QModelIndex()
        return self.index(self._shown.index(at), 0)

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of rows that are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _AS_NUMBER if section == Column.PROBABILITY else _AS_TEXT
        names = (self._noun, _("Class"), _("Probability"))
        if self._has_numbers:
            names = (self._noun, _("Prediction"), _("Give or take"))
        return names[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, thumbnail, what a screen reader says."""
        if not index.isValid() or not 0 <= index.row() < len(self._shown):
            return None
        row, column = self.row(index), index.column()
        if role == Qt.ItemDataRole.DecorationRole:
            is_seen = column == Column.EXAMPLE and self._has_icons
            return self._icon(row.file) if is_seen else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _AS_NUMBER if column == Column.PROBABILITY else _AS_TEXT
        return self._words(row, column, role)

    def _words(self, row: Predicted, column: int, role: int) -> str | None:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text_of(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain(tip_of(row, column))
            case Qt.ItemDataRole.AccessibleTextRole:
                return (
                    f"{self.headerData(column, Qt.Orientation.Horizontal)}: {tip_of(row, column)}"
                )
        return None

    def _arrange(self) -> None:
        rows, text, answer = self._rows, self._text, self._answer
        shown = [
            at
            for at, row in enumerate(rows)
            if (not answer or row.answer == answer) and (not text or text in row.name.casefold())
        ]
        if self._by >= 0:
            key = _KEYS[Column(self._by)]
            shown.sort(key=lambda at: key(rows[at]), reverse=self._is_descending)
        if shown == self._shown:
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def _icon(self, file: str) -> QIcon:
        if file in self._icons:
            self._icons.move_to_end(file)
            return self._icons[file]
        self.loader.want(Path(file))
        return icon("image", "line")

    def _on_loaded(self, path: Path, image: QImage) -> None:
        self._icons[str(path)] = (
            icon("attention", "warn")
            if image.isNull()
            else QIcon(QPixmap.fromImage(squared(image)))
        )
        while len(self._icons) > _MOST_ICONS:
            self._icons.popitem(last=False)
        index = self.place_of(str(path)) if len(self._shown) < _MOST_ICONS else QModelIndex()
        if index.isValid():
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])
        elif self._shown:
            # Of very many nobody looks for the row: what is to be seen is painted anew.
            last = self.index(len(self._shown) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DecorationRole])
