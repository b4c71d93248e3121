"""A picture as large as there is room, read off the window's thread."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import on_theme_change

READ_SIDE = 1024


class Picture(QWidget):
    """Keeps the aspect; small pictures are enlarged in whole steps, so that pixels stay sharp."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("The image"))
        on_theme_change(self, self.update)

    @property
    def has_image(self) -> bool:
        """Whether there is something to see."""
        return not self._image.isNull()

    def show_image(self, image: QImage, words: str) -> None:
        """Show another image; `words` describe it."""
        self._image = image
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme().line_height * 14, theme().line_height * 14)

    def minimumSizeHint(self) -> QSize:
        """A small square."""
        return QSize(theme().line_height * 6, theme().line_height * 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the middle."""
        del event
        if self._image.isNull():
            return
        painter = QPainter(self)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        is_small = size.width() > 3 * self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_small)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)
