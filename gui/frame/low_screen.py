"""A part of the window that scrolls where the screen is too low for it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.theme import theme

_LOWEST_LINES = 8


class LowScreen(QScrollArea):
    """Holds a widget; its height may be less than the widget's least, its width may not."""

    def __init__(self, content: QWidget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(content.sizePolicy())
        self._content = content
        self.setWidget(content)
        content.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        """The width of the content, and a few lines."""
        least = self._content.minimumSizeHint()
        return QSize(least.width(), min(least.height(), theme().line_height * _LOWEST_LINES))

    def sizeHint(self) -> QSize:
        """That of the content, with room for the bar that scrolls it."""
        return self._content.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content wants another size: so does this."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
