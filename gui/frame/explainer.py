"""Words of the trade explain themselves: rest the pointer on what contains one."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QTabBar,
    QToolTip,
    QWidget,
)

from gui.words.glossary import explained


class Explainer(QObject):
    """Answers for all widgets of a window that have no tool tip: Qt then asks the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show what the words under the pointer mean."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            widget = self._window.childAt(event.pos())
            text = words_at(widget, widget.mapFrom(self._window, event.pos())) if widget else ""
            told = explained(text)
            if widget is not None and told:
                QToolTip.showText(event.globalPos(), told, widget, widget.rect())
                return True
        return super().eventFilter(watched, event)


def words_at(widget: QWidget, at: QPoint) -> str:
    """What a widget shows at a point of it; of a painting, what a screen reader says of it."""
    header = widget.parentWidget()
    if isinstance(header, QHeaderView):
        section = header.logicalIndexAt(at)
        return str(header.model().headerData(section, header.orientation()) or "")
    if isinstance(widget, (QLabel, QAbstractButton)):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QGroupBox):
        return widget.title()
    if isinstance(widget, QTabBar):
        return widget.tabText(widget.tabAt(at))
    is_container = widget.findChild(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return "" if is_container else f"{widget.accessibleName()} {widget.accessibleDescription()}"
