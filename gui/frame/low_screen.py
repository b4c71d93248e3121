"""A part of the window that scrolls where the screen is too small for it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.theme import theme
from gui.widgets.basics import room_for_bar

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
        self.setWidget(content)
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
