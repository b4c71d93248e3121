"""Our own icons: SVG files in one colour, painted in the colour of the look in use."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from core.system.resources import RESOURCES

ICONS = RESOURCES / "icons"


def icon_pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The icon in a colour, `size` pixels square."""
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
