"""A picture of rows of images with titled columns, as large as its place and with crisp pixels."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from core.language import _
from core.language.again import again
from core.readers.preview_sheet import GAP
from gui.theme import theme
from gui.widgets.basics import on_theme_change

# Of pictures that don't say them.
_COLUMNS = (_("original"), _("masked"), _("filled in"))
# What others say: here to be translated.
VIEW_COLUMNS = (_("original"), _("a view"), _("another view"))


class ContactSheet(QWidget):
    """Images and what a model makes or sees of them: the picture says what its columns are.

    All rows are shown where there is room for them at a good size, else only the first ones.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._scaled = QPixmap()
        self.columns: tuple[str, ...] = _COLUMNS
        self.setAccessibleName(_("What the model sees of some images"))
        self.setMinimumSize(theme().line_height * 10, theme().line_height * 5)
        on_theme_change(self, self.update)

    def show_image(self, image: QImage, words: str) -> None:
        """Show another picture; `words` say what it is of."""
        self._image, self._scaled = image, QPixmap()
        named = filter(None, image.text("columns").split("|"))
        self.columns = tuple(map(again, named)) or _COLUMNS
        self.setAccessibleDescription(f"{words}: {', '.join(self.columns)}" if words else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Of a picture with some rows."""
        return QSize(theme().line_height * 16, theme().line_height * 14)

    def resizeEvent(self, event: object) -> None:
        """Scale anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._scaled = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the columns' titles and the picture."""
        del event
        if self._image.isNull():
            return
        head = theme().line_height + theme().space(1)
        if self._scaled.isNull():
            room = QSize(self.width(), max(1, self.height() - head))
            self._scaled = self._fitted(room * self.devicePixelRatioF())
        painter = QPainter(self)
        width = round(self._scaled.width() / self.devicePixelRatioF())
        painter.setPen(theme().colour("muted"))
        painter.setFont(theme().font(0.9))
        for index, title in enumerate(self.columns):
            left = round(index * width / len(self.columns))
            place = QRect(left, 0, width // len(self.columns), head)
            shown = painter.fontMetrics().elidedText(
                title, Qt.TextElideMode.ElideRight, place.width()
            )
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), shown)
        painter.drawPixmap(0, head, self._scaled)
        painter.end()

    def _fitted(self, room: QSize) -> QPixmap:
        image = self._image.copy(0, 0, self._image.width(), self._seen_height(room))
        size = image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        enlarges = size.width() > image.width()
        mode = Qt.TransformationMode.SmoothTransformation
        if enlarges:
            # Whole pixels first, the rest smoothly: patches keep their edges.
            whole = -(-size.width() // image.width())
            image = image.scaled(image.size() * whole)
        scaled = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        pixmap = QPixmap.fromImage(scaled)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        return pixmap

    def _seen_height(self, room: QSize) -> int:
        """Height of as many whole rows as fit when the picture is as wide as its place."""
        width, height = self._image.width(), self._image.height()
        # Square images with a gap between them, as `core.stages.previews` writes them.
        pitch = (width + GAP) // len(self.columns)
        rows = (height + GAP) // pitch
        if rows < 1 or rows * pitch - GAP != height:
            return height
        wanted = max(2, int(room.height() * width / max(1, room.width())) // pitch)
        return min(rows, wanted) * pitch - GAP
