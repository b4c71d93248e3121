"""The runs that can be drawn: legend and choice in one list."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.language import _
from gui.pages.results.chart import pen_of
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.widgets.plain import plain

_PATH = Qt.ItemDataRole.UserRole


class RunList(QListWidget):
    """Runs with a box to tick and the line they are drawn with.

    Signals:
        ticked: Path of a run and whether it shall be drawn.
    """

    ticked = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Runs in the chart"))
        self.setAccessibleDescription(_("Press Space to draw a run or to take it out."))
        self.setIconSize(QSize(theme().space(8), theme().space(4)))
        self.setUniformItemSizes(True)
        self.setSpacing(theme().space(1) // 2)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(self._on_changed)
        on_theme_change(self, self._paint)

    def show_runs(self, own: Path, others: Sequence[Path]) -> None:
        """List the open run, ticked, and others, not ticked."""
        self.clear()
        self.add(own, is_ticked=True)
        for path in others:
            if path != own:
                self.add(path, is_ticked=False)

    def add(self, path: Path, *, is_ticked: bool) -> None:
        """List one more run; one that is listed is only ticked."""
        item = self._item(path)
        if item is None:
            item = QListWidgetItem(path.name)
            item.setData(_PATH, path)
            item.setToolTip(plain(str(path)))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.addItem(item)
        if is_ticked:
            self._set(item, Qt.CheckState.Checked)
        self._paint()

    def runs(self) -> list[Path]:
        """Paths of the runs to be drawn."""
        return [item.data(_PATH) for item in self._items() if _is_ticked(item)]

    def number(self, path: Path) -> int:
        """The number that says colour and style of a run."""
        item = self._item(path)
        return self.row(item) if item is not None else 0

    def refuse(self, path: Path, why: str) -> None:
        """Untick a run that can't be drawn, and say why."""
        item = self._item(path)
        if item is not None:
            item.setText(f"{path.name} ({why})")
            self._set(item, Qt.CheckState.Unchecked)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _item(self, path: Path) -> QListWidgetItem | None:
        return next((item for item in self._items() if item.data(_PATH) == path), None)

    def _set(self, item: QListWidgetItem, state: Qt.CheckState) -> None:
        if item.checkState() is not state:
            item.setCheckState(state)

    def _on_changed(self, item: QListWidgetItem) -> None:
        # Also sent for icons and texts: whoever listens finds that nothing is new.
        self.ticked.emit(item.data(_PATH), _is_ticked(item))

    def _paint(self) -> None:
        self.blockSignals(True)
        for number, item in enumerate(self._items()):
            item.setIcon(_swatch(number, self.iconSize(), self.devicePixelRatio()))
        self.blockSignals(False)


def _is_ticked(item: QListWidgetItem) -> bool:
    return item.checkState() is Qt.CheckState.Checked


def _swatch(number: int, size: QSize, ratio: float) -> QIcon:
    """A piece of the line."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(pen_of(number))
    middle = size.height() / 2
    painter.drawLine(QPointF(0, middle), QPointF(size.width(), middle))
    painter.end()
    return QIcon(pixmap)
