"""A picture in which what decided stays clear and the rest is dimmed."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent

from gui.theme import theme
from gui.widgets.picture import Picture

# Of the ground, over what counts nothing.
_DIMMED = 0.82


class DecidingPicture(Picture):
    """The cells of a grid over the picture, each as clear as it counts."""

    _veil = QImage()

    @property
    def is_veiled(self) -> bool:
        """Whether anything is dimmed."""
        return not self._veil.isNull()

    def show_weights(self, weights: Sequence[float], shape: tuple[int, int]) -> None:
        """Dim what counts little.

        Args:
            weights: From 0 to 1, row by row; none take the veil away.
            shape: Rows and columns.
        """
        rows, columns = shape
        self._veil = QImage()
        if weights:
            self._veil = QImage(columns, rows, QImage.Format.Format_ARGB32)
            for number, weight in enumerate(weights):
                row, column = divmod(number, columns)
                colour = QColor(theme().colour("window"))
                colour.setAlphaF(_DIMMED * (1 - min(1.0, max(0.0, weight))))
                self._veil.setPixelColor(column, row, colour)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, then the veil over it."""
        super().paintEvent(event)
        if not self.is_veiled or not self.has_image:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._veil)
        painter.end()
