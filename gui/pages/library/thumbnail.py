"""Up to four pictures of a run in a square, or the beginning of a text."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.theme import icon, theme
from gui.widgets.basics import on_theme_change
from gui.widgets.first_lines import first_lines


class Thumbnail(QWidget):
    """Two by two pictures, one alone where there is only one, an icon where there is none."""

    def __init__(self, lines: int = 5, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self._text = ""
        side = theme().line_height * lines
        self.setFixedSize(QSize(side, side))
        on_theme_change(self, self.update)

    @property
    def num_images(self) -> int:
        """How many pictures are shown."""
        return len(self._images)

    def show_images(self, images: list[QImage]) -> None:
        """Show other pictures."""
        self._images = images
        self.update()

    def show_text(self, text: str) -> None:
        """Show the beginning of a text; '' shows pictures."""
        if text != self._text:
            self._text = text
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them with round corners."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        outline = QPainterPath()
        radius = theme().space(1)
        outline.addRoundedRect(whole, radius, radius)
        painter.setClipPath(outline)
        painter.fillRect(whole, theme().colour("raised"))
        for place, image in zip(self._places(whole), self._images, strict=False):
            painter.drawImage(place, image)
        if self._text:
            self._paint_text(painter)
        elif not self._images:
            side = round(whole.width() / 3)
            mark = icon("image", "muted").pixmap(QSize(side, side), self.devicePixelRatio())
            at = whole.center().toPoint()
            painter.drawPixmap(at.x() - side // 2, at.y() - side // 2, mark)
        painter.end()

    def _paint_text(self, painter: QPainter) -> None:
        gap = theme().space(1)
        painter.setPen(theme().colour("muted"))
        painter.setFont(theme().font(0.7))
        width, height = self.width() - 2 * gap, painter.fontMetrics().lineSpacing()
        for number, line in enumerate(
            first_lines(self._text, painter.font(), width, (self.height() - gap) // height)
        ):
            at = QRectF(gap, gap + number * height, width, height)
            painter.drawText(at, int(Qt.AlignmentFlag.AlignVCenter), line)

    def _places(self, whole: QRectF) -> list[QRectF]:
        if len(self._images) == 1:
            return [whole]
        gap = max(1.0, theme().space(1) / 2)
        side = (whole.width() - gap) / 2
        return [
            QRectF(column * (side + gap), row * (side + gap), side, side)
            for row in (0, 1)
            for column in (0, 1)
        ]

    def sizeHint(self) -> QSize:
        """A square."""
        return self.maximumSize()
