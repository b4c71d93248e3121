"""Pages of which one is shown, and which need no more width than that one does."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class Stack(QStackedWidget):
    """Qt's own is as wide as its widest page, shown or not: with large letters it would scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """As wide as the page that is shown."""
        least, shown = super().minimumSizeHint(), self.currentWidget()
        wide = shown.minimumSizeHint().width() if shown is not None else least.width()
        return QSize(wide, least.height())
