"""How many examples each class has: a table whose last column is a bar."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.data.manifest_words import FEW_NAMES
from core.data.splits import SPLIT_ORDER
from core.language import _
from gui.state.findings import Findings
from gui.theme import theme

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = (_("Class"), _("Train"), _("Validation"), _("Test"), _("Share"))
_RANGE = _("Number")
# More than these are scrolled; many sets have ten classes.
_ROWS = 12
# Of a bar with its number, in lines.
_WIDEST_BAR = 96
# Of a bar's row, in shares of its height.
_BAR = 0.5


class ClassModel(QAbstractTableModel):
    """Classes with their numbers of examples per split."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: list[dict[str, Any]] = []
        self._are_ranges = False
        self.largest = 1

    def show_classes(self, classes: list[dict[str, Any]], *, are_ranges: bool = False) -> None:
        """Show others, the largest first; ranges of numbers in their order."""
        self.beginResetModel()
        self._are_ranges = are_ranges
        self._classes = classes if are_ranges else sorted(classes, key=total_of, reverse=True)
        self.largest = max([1, *map(total_of, classes)])
        self.endResetModel()

    @property
    def has_validation(self) -> bool:
        """Whether any class has validation examples."""
        return any(entry["val"] for entry in self._classes)

    def counts(self, row: int) -> tuple[int, int, int]:
        """Examples for training, validation and test."""
        entry = self._classes[row]
        return int(entry["train"]), int(entry["val"]), int(entry["test"])

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a class."""
        return 0 if parent is not None and parent.isValid() else len(self._classes)

    def columnCount(self, parent: Index | None = None) -> int:
        """Name, numbers, share."""
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns; those of splits with the colour that they have in the bars."""
        is_split = orientation is Qt.Orientation.Horizontal and 1 <= section <= len(SPLIT_ORDER)
        if role == Qt.ItemDataRole.DecorationRole and is_split:
            return _swatch(section - 1)
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return _RANGE if self._are_ranges and section == 0 else _COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts and alignment."""
        entry = self._classes[index.row()]
        is_gap = self._is_gap(entry, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme().colour("warn") if is_gap else None
        if role == Qt.ItemDataRole.TextAlignmentRole and 1 <= index.column() <= 3:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return _("none") if is_gap else self._words(entry, index.column())

    def _words(self, entry: dict[str, Any], column: int) -> str:
        if column == 0:
            return str(entry["name"])
        if column <= 3:
            return f"{entry[SPLIT_ORDER[column - 1]]:,}"
        whole = sum(map(total_of, self._classes)) or 1
        return f"{100 * total_of(entry) / whole:.1f} %"

    def _is_gap(self, entry: dict[str, Any], column: int) -> bool:
        """Whether others have training or test examples and this class has none."""
        split = {1: "train", 3: "test"}.get(column) if not self._are_ranges else None
        return split is not None and not entry[split] and any(e[split] for e in self._classes)


class ClassTable(QTableView):
    """The table with bars; as high as its rows, if there are few or there is room for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassModel(self)
        self.setModel(self.classes)
        self.setItemDelegateForColumn(4, _BarDelegate(self))
        self.setAccessibleName(_("Examples per class"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.classes.modelReset.connect(
            lambda: self.setColumnHidden(2, not self.classes.has_validation)
        )
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)

    def show_findings(self, findings: Findings) -> None:
        """Show the classes of a scan."""
        self.setAccessibleName(findings.modality.words(_("{Examples} per class")))
        is_number = findings.task.is_number
        self.classes.show_classes(findings.summary["classes"], are_ranges=is_number)
        heights = [self.rowHeight(row) for row in range(self.classes.rowCount())]
        around = 2 * self.frameWidth() + theme().space(1)
        around += self.horizontalHeader().sizeHint().height()
        self.setMinimumHeight(around + sum(heights[:_ROWS]))
        self.setMaximumHeight(around + sum(heights))


class _BarDelegate(QStyledItemDelegate):
    """Paints training, validation and test examples as one bar, and its share as text."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ClassModel)
        rect = QRect(option.rect)
        # A number a metre away from its class nobody reads.
        rect.setWidth(min(rect.width(), theme().line_height * _WIDEST_BAR))
        gap = theme().space(1)
        text_width = theme().line_height * 4
        high = round(rect.height() * _BAR)
        area = rect.adjusted(gap, (rect.height() - high) // 2, -gap - text_width, 0)
        area.setHeight(high)
        left = area.left()
        for number, count in enumerate(model.counts(index.row())):
            width = round(area.width() * count / model.largest)
            painter.fillRect(QRect(left, area.top(), width, area.height()), theme().curve(number))
            left += width
        painter.setPen(theme().colour("text"))
        place = QRect(rect.right() - text_width, rect.top(), text_width - gap, rect.height())
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(align), str(index.data()))


def _swatch(number: int) -> QPixmap:
    """A square in the colour of a split."""
    side = theme().space(2)
    square = QPixmap(side, side)
    square.fill(theme().curve(number))
    return square


def gaps_in_words(findings: Findings) -> list[str]:
    """Classes without training or test examples, where others have some."""
    # Of ranges of numbers an empty one is no gap.
    classes = [] if findings.task.is_number else findings.summary["classes"]
    lines = []
    for split, words in (
        ("train", _("Without training {examples}: {classes}{more}.")),
        ("test", _("Without test {examples}: {classes}{more}.")),
    ):
        without = sorted(entry["name"] for entry in classes if not entry[split])
        if without and len(without) < len(classes):
            more = (
                _(" and {number:,} more").format(number=len(without) - FEW_NAMES)
                if len(without) > FEW_NAMES
                else ""
            )
            examples = findings.modality.examples
            names = ", ".join(without[:FEW_NAMES])
            lines.append(words.format(examples=examples, classes=names, more=more))
    return lines


def total_of(entry: dict[str, Any]) -> int:
    """All examples of a class."""
    return int(entry["train"]) + int(entry["val"]) + int(entry["test"])
