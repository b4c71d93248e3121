"""What the colours of a map mean; groups that are chosen here stand out on it."""

from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.language import _
from core.readers.colouring import Colouring
from gui.atlas.ink import swatch
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.widgets.plain import plain

_GROUP: Final = Qt.ItemDataRole.UserRole


class MapLegend(QListWidget):
    """A line for each group that has points, and for those that are grey.

    Signals:
        chosen: The groups that stand out, a frozenset; none: all alike.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colouring: Colouring | None = None
        self.setAccessibleName(_("Legend"))
        self.setAccessibleDescription(_("What is selected here stands out on the map."))
        self.setSelectionMode(QListWidget.SelectionMode.MultiSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(theme().line_height * 6)
        self.itemSelectionChanged.connect(lambda: self.chosen.emit(self.groups))
        on_theme_change(self, self._paint)

    @property
    def groups(self) -> frozenset[int]:
        """Those that are selected."""
        return frozenset(int(item.data(_GROUP)) for item in self.selectedItems())

    def show_colouring(self, colouring: Colouring) -> None:
        """Explain other colours; nothing is selected."""
        self.clear()
        self._colouring = colouring
        counts = colouring.counts
        for group in (*range(len(colouring.groups)), -1):
            if not counts[group]:
                continue
            name = colouring.groups[group] if group >= 0 else colouring.others
            item = QListWidgetItem(f"{name}  {counts[group]:,}")
            item.setData(_GROUP, group)
            item.setToolTip(plain(name))
            self.addItem(item)
        # Where the keyboard begins; nothing is selected by it.
        self.setCurrentRow(0, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._paint()

    def _paint(self) -> None:
        if self._colouring is None:
            return
        for item in (self.item(at) for at in range(self.count())):
            group = int(item.data(_GROUP))
            item.setIcon(swatch(group, self._colouring, self.devicePixelRatioF()))
