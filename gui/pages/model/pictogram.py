"""Drawings of what a model has learned from: ours, in the colours of the look."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.hub.profiles import Picture
from core.language import _
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.widgets.choice import let_through

# All drawings are made on a square of this side.
_SIDE = 48.0
_WORDS = {
    "photographs": _("Photographs"),
    "generated": _("Generated images"),
    "captions": _("Pictures with words"),
    "text": _("Texts"),
    "languages": _("Texts in many languages"),
    "unknown": _("Not known"),
}


class Pictogram(QWidget):
    """A square with a drawing; a screen reader passes it over, for words beside it say the same."""

    def __init__(self, kind: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: Picture = kind
        side = theme().line_height * 3
        self.setFixedSize(side, side)
        self.setToolTip(_WORDS[kind])
        let_through(self)
        on_theme_change(self, self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / _SIDE, self.height() / _SIDE)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(1, 1, _SIDE - 2, _SIDE - 2), 6, 6)
        painter.fillPath(frame, theme().colour("raised"))
        painter.setClipPath(frame)
        _DRAWINGS[self._kind](painter)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().colour("line"), 1))
        painter.drawPath(frame)


def _photographs(painter: QPainter) -> None:
    """Hills below a sun."""
    _dot(painter, 34, 14, 5, theme().curve(4))
    _shape(painter, ((-2, 40), (14, 20), (30, 40)), theme().curve(2))
    _shape(painter, ((16, 50), (34, 26), (52, 50)), theme().curve(0))
    _shape(painter, ((-2, 36), (50, 42), (50, 50), (-2, 50)), theme().curve(2))


def _generated(painter: QPainter) -> None:
    """Shapes as a program makes them."""
    _dot(painter, 15, 16, 8, theme().curve(0))
    painter.fillRect(QRectF(27, 9, 14, 14), theme().curve(1))
    _shape(painter, ((8, 42), (16, 28), (24, 42)), theme().curve(3))
    for row in range(3):
        for column in range(3):
            _dot(painter, 29 + 6 * column, 30 + 5.5 * row, 1.8, theme().curve(2))


def _captions(painter: QPainter) -> None:
    """A small photograph with lines below it."""
    painter.save()
    painter.setClipRect(QRectF(8, 6, 32, 23))
    painter.scale(32 / _SIDE, 23 / 42)
    painter.translate(12, 8)
    _photographs(painter)
    painter.restore()
    _lines(painter, ((8, 35, 32), (8, 41, 22)))


def _text(painter: QPainter) -> None:
    """Lines, with one word that is hidden."""
    _lines(painter, ((8, 11, 32), (8, 19, 12), (36, 19, 4), (8, 27, 32), (8, 35, 20)))
    painter.fillRect(QRectF(23, 16, 10, 6), theme().curve(0))


def _languages(painter: QPainter) -> None:
    """Letters of several scripts."""
    letters = (("A", 4, 4, 0), ("Ж", 26, 4, 1), ("λ", 4, 25, 2), ("ñ", 26, 25, 3))
    painter.setFont(theme().font(1.0, bold=True))
    font = painter.font()
    font.setPixelSize(16)
    painter.setFont(font)
    for letter, left, top, colour in letters:
        painter.setPen(theme().curve(colour))
        painter.drawText(QRectF(left, top, 18, 19), Qt.AlignmentFlag.AlignCenter, letter)


def _unknown(painter: QPainter) -> None:
    """A frame with nothing in it that we would know."""
    painter.setPen(QPen(theme().colour("muted"), 2, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(QRectF(12, 12, 24, 24), 4, 4)


_DRAWINGS: dict[Picture, Callable[[QPainter], None]] = {
    "photographs": _photographs,
    "generated": _generated,
    "captions": _captions,
    "text": _text,
    "languages": _languages,
    "unknown": _unknown,
}


def _dot(painter: QPainter, x: float, y: float, radius: float, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(x, y), radius, radius)


def _shape(painter: QPainter, corners: tuple[tuple[float, float], ...], colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(*corner) for corner in corners])


def _lines(painter: QPainter, lines: tuple[tuple[float, float, float], ...]) -> None:
    pen = QPen(theme().colour("muted"), 3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for left, at, width in lines:
        painter.drawLine(QPointF(left, at), QPointF(left + width, at))
