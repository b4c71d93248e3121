"""Paints the cells of the confusion matrix: shades, numbers, the current cell."""

from PySide6.QtCore import QLine, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from gui.theme import theme

SHADES = 48
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class CellPainter:
    """Everything that would else be made for each of forty thousand cells."""

    def __init__(self) -> None:
        self.inks: list[list[tuple[QColor, QColor]]] = []
        self.fonts: list[tuple[QFont, int]] = []
        self.narrow = theme().space(9)
        self.mix()

    def mix(self) -> None:
        """The colours of the theme are others now."""
        surface = theme().colour("surface")
        self.inks = []
        for number in (0, 1):
            grounds = [surface]
            for shade in range(1, SHADES + 1):
                share = 0.12 + 0.88 * shade / SHADES
                grounds.append(blended(surface, theme().curve(number), share))
            self.inks.append([(ground, readable_on(ground)) for ground in grounds])
        fonts = (theme().font(), theme().font(0.85), theme().font(1.7))
        self.fonts = [(font, QFontMetrics(font).horizontalAdvance("0")) for font in fonts]

    def paint_grid(
        self, painter: QPainter, corner: QPoint, size: QSize, rows: range, columns: range
    ) -> None:
        """The lines between cells of that size; `corner` is that of the first cell of all."""
        painter.setPen(QPen(theme().colour("line"), 1))
        left = corner.x() + columns.start * size.width()
        right = corner.x() + columns.stop * size.width() - 1
        top = corner.y() + rows.start * size.height()
        bottom = corner.y() + rows.stop * size.height() - 1
        down = [corner.x() + (column + 1) * size.width() - 1 for column in columns]
        across = [corner.y() + (row + 1) * size.height() - 1 for row in rows]
        painter.drawLines([QLine(x, top, x, bottom) for x in down])
        painter.drawLines([QLine(left, y, right, y) for y in across])

    def paint_cell(
        self, painter: QPainter, rect: QRect, text: str, shade: int, *, is_right: bool
    ) -> None:
        """Shade a cell by its share of the row; right answers in another colour."""
        ground, ink = self.inks[0 if is_right else 1][shade]
        painter.fillRect(rect, ground)
        which = 1 if rect.width() < self.narrow else 2 if self._is_large(rect) else 0
        font, digit = self.fonts[which]
        if len(text) * digit <= rect.width():
            painter.setFont(font)
            painter.setPen(ink)
            painter.drawText(rect, _CENTRE, text)

    def _is_large(self, rect: QRect) -> bool:
        return rect.width() > 3 * self.narrow and rect.height() > 2 * self.narrow

    def paint_frame(self, painter: QPainter, rect: QRect) -> None:
        """The frame of the current cell."""
        wide = theme().space(1) // 2 + 1
        painter.setPen(QPen(theme().colour("text"), wide))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(wide // 2, wide // 2, -wide // 2 - 1, -wide // 2 - 1))


def blended(ground: QColor, colour: QColor, share: float) -> QColor:
    """`colour` laid over `ground`; a share of 1 hides the ground."""

    def mixed(low: int, high: int) -> int:
        return round(low + (high - low) * share)

    return QColor(
        mixed(ground.red(), colour.red()),
        mixed(ground.green(), colour.green()),
        mixed(ground.blue(), colour.blue()),
    )


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever stands out more."""
    light = [
        (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
        for c in (ground.redF(), ground.greenF(), ground.blueF())
    ]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return QColor("#000000" if luminance > 0.179 else "#FFFFFF")
