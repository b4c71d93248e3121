"""Curves of several runs in one picture, with a cursor that mouse and arrow keys move."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import _
from core.recipe import shares
from gui.outcome.scale import Scale
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.widgets.notices import announce
from gui.words.numbers import percent

STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
)
# Of an axis of shares, as on the Train page.
_LEAST_SHARE = 0.1
# Further below the curves a level would press them flat.
LEVEL_REACH = 0.3
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True, eq=False)
class Line:
    """A curve to draw.

    Attributes:
        name: In legend, table and speech.
        number: Says colour and style, so that a run keeps its own.
        pieces: Steps and values; a curve may have gaps between its pieces.
    """

    name: str
    number: int
    pieces: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]

    def value_at(self, step: float) -> float | None:
        """The value at the point nearest to a step; None outside of the curve."""
        for steps, values in self.pieces:
            if len(steps) and steps[0] <= step <= steps[-1]:
                return float(values[int(np.abs(steps - step).argmin())])
        return None


@dataclass(frozen=True)
class Level:
    """A level line: what knowing nothing reaches, and that in words."""

    value: float
    words: str


def pen_of(number: int) -> QPen:
    """Colour and style of a curve."""
    pen = QPen(theme().curve(number), 2.0, STYLES[number % len(STYLES)])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


class Chart(QWidget):
    """Signals: `cursor_moved` with the step under the cursor, or None."""

    cursor_moved = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[Line] = ()
        self._level: Level | None = None
        self._across, self._up = Scale(0, 1), Scale(0, 1)
        self._in_percent = False
        self.step: float | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        on_theme_change(self, self.update)

    def show_lines(
        self,
        lines: Sequence[Line],
        *,
        in_percent: bool,
        log: bool,
        level: Level | None = None,
    ) -> None:
        """Draw other curves, and what they are to be measured against."""
        self._lines, self._in_percent = lines, in_percent
        self._level = level if lines else None
        self.setAccessibleDescription(self._level.words if self._level else "")
        steps = [array for line in lines for array, _ in line.pieces if len(array)]
        values = [array for line in lines for _, array in line.pieces if len(array)]
        self._across = Scale.over(steps)
        lowest = min((float(array.min()) for array in values), default=0.0)
        if self._level is not None and lowest - self._level.value <= LEVEL_REACH:
            values.append(np.array([self._level.value]))
        least = _LEAST_SHARE if in_percent else 0.0
        if in_percent:
            # Of R² a first value may be far below nothing: all others would be a flat line.
            values = [np.maximum(array, shares.LEAST) for array in values]
        self._up = Scale.over(values, log=log, margin=0.06, least_span=least)
        self._move(None)

    def words_at(self, step: float) -> str:
        """All curves at a step, in words."""
        parts = [_("Step {step:,.0f}").format(step=step)]
        for line in self._lines:
            value = line.value_at(step)
            if value is not None:
                parts.append(f"{line.name} {self.number(value)}")
        return ", ".join(parts)

    def number(self, value: float) -> str:
        """A value as it stands at the axis."""
        return percent(value) if self._in_percent else f"{value:.4g}"

    def sizeHint(self) -> QSize:
        """Twice as wide as high."""
        return QSize(theme().line_height * 30, theme().line_height * 15)

    def minimumSizeHint(self) -> QSize:
        """Enough to see a shape."""
        return QSize(theme().line_height * 14, theme().line_height * 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the cursor a fiftieth; Home and End go to the ends, Escape takes it away."""
        low, high = self._across.low, self._across.high
        key = Qt.Key(event.key())
        if key in _KEYS and self._lines:
            start = low if self.step is None else self.step + _KEYS[key] * (high - low) / 50
            self._move(min(high, max(low, start)), aloud=True)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._lines:
            self._move(low if key is Qt.Key.Key_Home else high, aloud=True)
        elif key is Qt.Key.Key_Escape and self.step is not None:
            self._move(None)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cursor is where the mouse is."""
        area = self._area()
        if self._lines and area.contains(event.position()):
            share = (event.position().x() - area.left()) / area.width()
            self._move(self._across.value(share))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame of the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self.update()

    def _move(self, step: float | None, *, aloud: bool = False) -> None:
        self.step = step
        self.cursor_moved.emit(step)
        if step is not None and aloud:
            announce(self, self.words_at(step))
        self.update()

    def _area(self) -> QRectF:
        """Where curves are drawn."""
        line = theme().line_height
        wide = max(
            (self.fontMetrics().horizontalAdvance(self._tick(t)) for t in self._up.ticks()),
            default=0,
        )
        left = wide + theme().space(5)
        return QRectF(
            left,
            line * 0.6,
            max(1, self.width() - left - 2 * line),
            max(1, self.height() - line * 3.4),
        )

    def _tick(self, value: float) -> str:
        return f"{100 * value:g} %" if self._in_percent else f"{value:g}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, grid, curves, cursor."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme().colour("surface"))
        focus = self.hasFocus()
        painter.setPen(QPen(theme().colour("accent" if focus else "line"), 2 if focus else 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        area = self._area()
        self._paint_grid(painter, area)
        if self._level is not None:
            self._paint_level(painter, area, self._level)
        painter.setClipRect(area.adjusted(-5, -5, 5, 5))
        for line in self._lines:
            self._paint_line(painter, area, line)
        if self.step is not None:
            x = area.left() + area.width() * self._across.share(self.step)
            painter.setPen(QPen(theme().colour("muted"), 1))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        line, gap = theme().line_height, theme().space(1)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for tick in self._up.ticks():
            y = area.bottom() - area.height() * self._up.share(tick)
            painter.setPen(QPen(theme().colour("line"), 1))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(theme().colour("muted"))
            place = QRectF(0, y - line / 2, area.left() - gap * 2, line)
            painter.drawText(place, right, self._tick(tick))
        for tick in self._across.ticks():
            x = area.left() + area.width() * self._across.share(tick)
            painter.setPen(theme().colour("muted"))
            place = QRectF(x - line * 3, area.bottom() + gap, line * 6, line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"{tick:,.0f}")
        place = QRectF(area.left(), self.height() - line * 1.4, area.width(), line)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), _("Steps"))

    def _paint_level(self, painter: QPainter, area: QRectF, level: Level) -> None:
        """Dashed, with its words above it; at the foot where it lies below all that is shown."""
        y = area.bottom() - area.height() * min(1.0, max(0.0, self._up.share(level.value)))
        painter.setPen(QPen(theme().colour("text"), 1.5, Qt.PenStyle.DashLine))
        is_shown = level.value >= self._up.low
        if is_shown:
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
        high = theme().line_height
        place = QRectF(area.left(), y - high, area.width(), high)
        words = level.words if is_shown else f"↓ {level.words}"
        painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), words)

    def _paint_line(self, painter: QPainter, area: QRectF, line: Line) -> None:
        painter.setPen(pen_of(line.number))
        for steps, values in line.pieces:
            across = area.left() + area.width() * self._across.shares(steps)
            up = area.bottom() - area.height() * self._up.shares(values)
            points = [QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)]
            painter.drawPolyline(QPolygonF(points))
            if len(points) <= 12:
                painter.save()
                painter.setBrush(theme().curve(line.number))
                for point in points:
                    painter.drawEllipse(point, 3.5, 3.5)
                painter.restore()
