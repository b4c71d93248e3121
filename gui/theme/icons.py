"""Our own icons: SVG files in one colour, painted in the colour of the look in use."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from core.system.resources import RESOURCES

ICONS = RESOURCES / "icons"
_SIZES = (16, 24, 32, 48, 64, 128)


def icon(name: str, role: str = "text") -> QIcon:
    """The icon of that name in a colour of the theme."""
    from gui.theme.theme import theme

    return _icon(name, theme().colour(role).name())


@lru_cache(maxsize=512)
def _icon(name: str, colour: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(icon_pixmap(name, colour, size))
    return result


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
