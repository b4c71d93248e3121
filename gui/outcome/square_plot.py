"""A square plot of shares against shares, or of numbers on one scale, also read as words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import theme
from gui.widgets.basics import on_theme_change

# Where what is across and what is up are the same.
DIAGONAL = ((0.0, 0.0), (1.0, 1.0))
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)


def _in_percent(tick: float) -> str:
    return f"{100 * tick:g} %"


@dataclass(frozen=True)
class Trace:
    """One line.

    Attributes:
        name: In the legend.
        points: Across and up, each from 0 to 1.
        dots: How large the dot at each point is, from 0 to 1; none are shown without them.
        is_joined: Whether a line joins the points.
    """

    name: str
    points: Sequence[tuple[float, float]]
    dots: Sequence[float] = ()
    is_joined: bool = True


class SquarePlot(QWidget):
    """Lines over a grid; the first solid, others dashed.

    Args:
        name: What it is, for whoever listens.
        across: Title of the axis below.
        up: Title of the axis at the left.
    """

    def __init__(self, name: str, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across, self._up = across, up
        self.traces: tuple[Trace, ...] = ()
        self._reference: tuple[tuple[float, float], ...] = ()
        self._mark: Callable[[float], str] = _in_percent
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        on_theme_change(self, self.update)

    def show_traces(
        self,
        traces: Sequence[Trace],
        words: str,
        reference: Sequence[tuple[float, float]] = (),
        mark: Callable[[float], str] = _in_percent,
    ) -> None:
        """Draw others.

        Args:
            traces: The first has the accent.
            words: What they show.
            reference: A dotted line to compare with.
            mark: What is said of a place on either axis, from 0 to 1.
        """
        self.traces, self._reference, self._mark = tuple(traces), tuple(reference), mark
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme().line_height * 20, theme().line_height * 20)

    def minimumSizeHint(self) -> QSize:
        """A small square."""
        return QSize(theme().line_height * 12, theme().line_height * 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint grid, lines, legend."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        self._paint_grid(painter, area)
        if self._reference:
            painter.setPen(QPen(theme().colour("muted"), 1.5, Qt.PenStyle.DotLine))
            painter.drawPolyline(self._places(area, self._reference))
        for number, trace in enumerate(self.traces):
            painter.setPen(QPen(theme().curve(number), 2.0, _STYLES[number % len(_STYLES)]))
            places = self._places(area, trace.points)
            if trace.is_joined:
                painter.drawPolyline(places)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().curve(number))
            for at, size in enumerate(trace.dots):
                radius = theme().space(1) * (0.5 + size)
                painter.drawEllipse(places.at(at), radius, radius)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(self.traces) > 1:
            self._paint_legend(painter, area)
        painter.end()

    def _area(self) -> QRectF:
        """The square, at the upper left of the room there is."""
        line = theme().line_height
        left, below = line * 4.4, line * 3.2
        side = max(1.0, min(self.width() - left - line * 1.5, self.height() - below - line))
        return QRectF(left, line, side, side)

    def _places(self, area: QRectF, points: Sequence[tuple[float, float]]) -> QPolygonF:
        return QPolygonF(
            [
                QPointF(area.left() + area.width() * x, area.bottom() - area.height() * y)
                for x, y in points
            ]
        )

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        line = theme().line_height
        painter.setFont(theme().font(0.9))
        beside = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for tick in _TICKS:
            x = area.left() + area.width() * tick
            y = area.bottom() - area.height() * tick
            painter.setPen(QPen(theme().colour("line"), 1))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(theme().colour("muted"))
            words = self._mark(tick)
            painter.drawText(
                QRectF(x - 2 * line, area.bottom(), 4 * line, line * 1.4), _CENTRE, words
            )
            painter.drawText(
                QRectF(0, y - line, area.left() - theme().space(1), 2 * line), beside, words
            )
        painter.setPen(theme().colour("text"))
        below = QRectF(area.left(), area.bottom() + line * 1.4, area.width(), line * 1.5)
        painter.drawText(below, _CENTRE, self._across)
        painter.save()
        painter.translate(line * 0.7, area.center().y())
        painter.rotate(-90)
        painter.drawText(
            QRectF(-area.height() / 2, -line, area.height(), 2 * line), _CENTRE, self._up
        )
        painter.restore()

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        line, gap = theme().line_height, theme().space(2)
        wide = max(painter.fontMetrics().horizontalAdvance(each.name) for each in self.traces)
        left, top = (
            area.right() - wide - 3 * line,
            area.bottom() - line * 1.4 * len(self.traces) - gap,
        )
        for number, trace in enumerate(self.traces):
            y = top + line * 1.4 * (number + 0.5)
            painter.setPen(QPen(theme().curve(number), 2.0, _STYLES[number % len(_STYLES)]))
            painter.drawLine(QLineF(left, y, left + line * 1.6, y))
            painter.setPen(theme().colour("text"))
            place = QRectF(left + 2 * line, y - line, wide + line, 2 * line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), trace.name)
