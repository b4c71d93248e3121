"""The command palette (Ctrl K): type what is wanted, choose with the arrows, Enter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeView,
    QWidget,
)

from core.language import _
from gui.frame.commands import Command, best_fits
from gui.theme import theme
from gui.widgets.basics import column, label
from gui.widgets.notices import announce

_MOST = 30
# Steps of the grid.
_LINE_SPACE = 7
_LINES_WIDE, _LINES_HIGH = 36, 20
_TO_LIST = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Palette(QFrame):
    """A child of the window above its pages; it goes with Escape, Enter or the focus."""

    def __init__(self, window: QWidget, commands: Sequence[Command]) -> None:
        super().__init__(window)
        self._commands = list(commands)
        self._before = QApplication.focusWidget()
        self.shown: list[Command] = []
        self.setProperty("role", "tour")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_("Commands"))
        layout = column(self, margin=3, gap=2)
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Type what you want to do, set, open or read"))
        self.field.setAccessibleName(_("Search commands, settings, runs and help"))
        self.field.textChanged.connect(lambda _: self._show())
        self.field.installEventFilter(self)
        layout.addWidget(self.field)
        self.list = self._made_list()
        layout.addWidget(self.list, 1)
        self._nothing = label(_("Nothing has such a name."), "muted")
        layout.addWidget(self._nothing)
        self._show()
        self._place()
        window.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def chosen(self) -> Command | None:
        """What Enter does now."""
        row = self.list.currentIndex().row()
        return self.shown[row] if 0 <= row < len(self.shown) else None

    def run(self) -> None:
        """Do what is chosen; what can't be done says why and stays."""
        command = self.chosen
        if command is None:
            return
        if command.why_not:
            announce(self.field, f"{command.title}: {command.why_not}")
            return
        self.leave()
        command.do()

    def leave(self) -> None:
        """Go away; the focus returns to where it was."""
        QApplication.instance().focusChanged.disconnect(self._on_focus)  # type: ignore[union-attr]
        self.window().removeEventFilter(self)
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while one types; the window may change its size."""
        if watched is self.field and isinstance(event, QKeyEvent):
            is_press = event.type() is QEvent.Type.KeyPress
            if is_press and Qt.Key(event.key()) in _TO_LIST:
                QApplication.sendEvent(self.list, event)
                return True
        elif event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does it, Escape goes."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif Qt.Key(event.key()) in _ENTER:
            self.run()
        else:
            super().keyPressEvent(event)

    def _made_list(self) -> QTreeView:
        found = QTreeView()
        found.setAccessibleName(_("What was found"))
        found.setRootIsDecorated(False)
        found.setHeaderHidden(True)
        found.setUniformRowHeights(True)
        found.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        found.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._model = QStandardItemModel(0, 2, found)
        found.setModel(self._model)
        found.header().setStretchLastSection(True)
        found.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        found.clicked.connect(lambda _: self.run())
        found.selectionModel().currentRowChanged.connect(lambda *_: self._say())
        return found

    def _show(self) -> None:
        self.shown = best_fits(self.field.text(), self._commands, _MOST)
        self._model.setRowCount(0)
        for command in self.shown:
            self._model.appendRow(_items(command))
        self._nothing.setVisible(not self.shown)
        self.list.setVisible(bool(self.shown))
        if self.shown:
            first = self._model.index(0, 0)
            flags = QItemSelectionModel.SelectionFlag
            self.list.selectionModel().setCurrentIndex(first, flags.ClearAndSelect | flags.Rows)
            self.list.scrollToTop()

    def _say(self) -> None:
        """The focus is in the field: a screen reader would pass the list over."""
        if (command := self.chosen) is not None and self.isVisible():
            announce(self.field, f"{command.title}, {_beside(command)}")

    def _place(self) -> None:
        window, line, gap = self.window(), theme().line_height, theme().space(4)
        wide = min(line * _LINES_WIDE, window.width() - 2 * gap)
        high = min(line * _LINES_HIGH, window.height() - 2 * gap)
        self.setGeometry((window.width() - wide) // 2, gap, wide, high)
        self.list.setColumnWidth(0, wide * 9 // 20)

    def _on_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self and not self.isAncestorOf(now):
            self._before = None
            self.leave()


def open_palette(window: QWidget, commands: Sequence[Command]) -> Palette:
    """Show it; one that is there already goes."""
    for old in window.findChildren(Palette):
        if old.isVisible():
            old.leave()
    return Palette(window, commands)


def _items(command: Command) -> list[QStandardItem]:
    title, beside = QStandardItem(command.title), QStandardItem(_beside(command))
    title.setSizeHint(QSize(0, theme().space(_LINE_SPACE)))
    spoken = f"{command.title}, {_beside(command)}"
    title.setAccessibleText(
        _("{spoken}, unavailable").format(spoken=spoken) if command.why_not else spoken
    )
    beside.setForeground(theme().colour("muted"))
    if command.why_not:
        title.setForeground(theme().colour("disabled"))
    return [title, beside]


def _beside(command: Command) -> str:
    return ": ".join(filter(None, (command.where, command.why_not or command.note)))
