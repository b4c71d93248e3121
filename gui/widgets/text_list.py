"""A list of texts: what each is and its first lines; the one in hand whole beside or below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.language import _
from gui.theme import theme
from gui.widgets.basics import column
from gui.widgets.first_lines import first_lines
from gui.widgets.plain import plain
from gui.widgets.split import Split

Index = QModelIndex | QPersistentModelIndex
# Nobody reads more, and each may have to be read from its file.
MOST_TEXTS = 500
_LINES = 2
# As much as a screen reader is given of a text in the list.
_SPOKEN = 600
_TEXT = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class TextItem:
    """A text, and in a few words what it is (`Background, train`)."""

    caption: str
    text: str
    name: str = ""


class TextListModel(QAbstractListModel):
    """Texts with their captions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[TextItem] = []

    def show_items(self, items: Sequence[TextItem]) -> None:
        """Show others."""
        self.beginResetModel()
        self._items = list(items)
        self.endResetModel()

    def item(self, row: int) -> TextItem:
        """A text by its row."""
        return self._items[row]

    def rowCount(self, parent: Index | None = None) -> int:
        """One row a text."""
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Caption, text, and both for whoever listens."""
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.caption
        if role == _TEXT:
            return item.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(item.name) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.caption}: {item.text[:_SPOKEN]}"
        return None


class TextList(QWidget):
    """The list and the text in hand; arrow keys go from text to text.

    Args:
        name: What a screen reader calls the list.
        beside: Whether the text in hand stands beside the list, where there is room, or below.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, beside: bool = False) -> None:
        super().__init__(parent)
        self.texts = TextListModel(self)
        self.view = _View()
        self.view.setAccessibleName(name)
        self.view.setModel(self.texts)
        self.view.setItemDelegate(_TextDelegate(self.view))
        self.whole = QPlainTextEdit()
        self.whole.setReadOnly(True)
        self.whole.setTabChangesFocus(True)
        self.whole.setAccessibleName(_("The whole text"))
        self.whole.setMinimumHeight(theme().line_height * 4)
        layout = column(self)
        how = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        shares = (3, 2) if beside else (5, 2)
        layout.addWidget(Split(how, (self.view, shares[0]), (self.whole, shares[1])))
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_whole())

    def show_items(self, items: Sequence[TextItem]) -> None:
        """Show other texts; the first is in hand."""
        self.texts.show_items(items)
        self.view.scrollToTop()
        if items:
            self.view.setCurrentIndex(self.texts.index(0, 0))
        self._show_whole()

    def _show_whole(self) -> None:
        index = self.view.currentIndex()
        item = self.texts.item(index.row()) if index.isValid() else None
        self.whole.setPlainText(item.text if item is not None else "")
        words = f"{item.name}: {item.caption}".strip(": ") if item is not None else ""
        self.whole.setAccessibleDescription(words)


class _View(QListView):
    def __init__(self) -> None:
        super().__init__()
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(theme().line_height * 5)


class _TextDelegate(QStyledItemDelegate):
    """Paints the caption in bold and below it the first lines of the text."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines."""
        del index
        lines = option.fontMetrics.lineSpacing() * (1 + _LINES)
        return QSize(theme().line_height * 8, lines + 2 * theme().space(1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground and focus as the style has them, then the words."""
        box = QStyleOptionViewItem(option)
        self.initStyleOption(box, index)
        box.text = ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, box, painter, box.widget)
        gap = theme().space(1)
        area: QRect = box.rect.adjusted(2 * gap, gap, -2 * gap, -gap)
        height = box.fontMetrics.lineSpacing()
        painter.save()
        painter.setPen(theme().colour("text"))
        painter.setFont(theme().font(bold=True))
        caption = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, area.width()
        )
        line = QRect(area.left(), area.top(), area.width(), height)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), caption)
        painter.setFont(box.font)
        for text in first_lines(str(index.data(_TEXT)), box.font, area.width(), _LINES):
            line.translate(0, height)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()
