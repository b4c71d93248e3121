"""A part of the window that scrolls where the screen is too small for it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from gui.theme import theme
from gui.widgets.basics import Wrapped, room_for_bar

_LOWEST_LINES = 8
# In pixels whatever the text size is: a screen does not grow with it.
_NARROWEST = 480


class LowScreen(QScrollArea):
    """Holds a widget; its height may be less than the widget's least.

    Args:
        content: What is held.
        name: For a screen reader.
        is_bendable: Whether its width may be less as well: large letters on a small screen.
    """

    def __init__(
        self,
        content: QWidget,
        name: str,
        parent: QWidget | None = None,
        *,
        is_bendable: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if not is_bendable:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_bendable = is_bendable
        self.setSizePolicy(content.sizePolicy())
        self._content = content
        self.verticalScrollBar().rangeChanged.connect(self.updateGeometry)
        self.setWidget(_Least(content))
        content.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        """The width of the content, and a few lines."""
        least = self._content.minimumSizeHint()
        width = least.width() + room_for_bar(self)
        width = min(width, _NARROWEST) if self._is_bendable else width
        return QSize(width, min(least.height(), theme().line_height * _LOWEST_LINES))

    def sizeHint(self) -> QSize:
        """That of the content, with room for the bar that scrolls it."""
        return self._content.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content wants another size: so does this."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def least_height(content: QWidget) -> int:
    """Below that something of it would be cut: of pages that lie in a stack, of the shown one.

    What a layout calls its minimal height for a width is, of stacks and tabs inside of it, what
    they would like to have; so this is its minimal height, and what its words need beyond it.
    """
    shown = content.currentWidget() if isinstance(content, QStackedWidget) else content
    if shown is None:
        return 0
    least = shown.minimumSizeHint().height()
    for words in shown.findChildren(Wrapped):
        if words.isVisible() and _is_fixed(words, shown):
            wanted = words.heightForWidth(words.width())
            least += max(0, wanted - words.minimumSizeHint().height())
    return least


def _is_fixed(part: QWidget, page: QWidget) -> bool:
    """Whether no bar scrolls it, and no tab has room for it."""
    around = part.parentWidget()
    while around is not None and around is not page:
        if isinstance(around, (QAbstractScrollArea, QTabWidget)):
            return False
        around = around.parentWidget()
    return True


class _Least(QWidget):
    """Needs what its content needs at least: a scroll area would go by what it would like to have.

    Args:
        content: Fills it.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        content.setParent(self)
        self._content = content

    def minimumSizeHint(self) -> QSize:
        """At the width that it has."""
        wide = self._content.minimumSizeHint().width()
        return QSize(wide, least_height(self._content))

    def sizeHint(self) -> QSize:
        """That of the content."""
        return self._content.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The content is as large; words that wrap need another height now."""
        super().resizeEvent(event)
        self._content.setGeometry(self.rect())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
