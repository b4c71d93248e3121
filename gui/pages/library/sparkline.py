"""A line without axes: how a run went, at a glance."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import on_theme_change


class Sparkline(QWidget):
    """The last value has a dot; what it is of stands in its description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("How it went"))
        on_theme_change(self, self.update)

    @property
    def values(self) -> tuple[float, ...]:
        """What is drawn."""
        return self._values

    def show_values(self, values: Sequence[float], what: str) -> None:
        """Draw others; `what` says what they are."""
        self._values = tuple(values)
        words = (
            _("{what}, from {first:.3g} to {last:.3g}").format(
                what=what, first=values[0], last=values[-1]
            )
            if values
            else ""
        )
        self.setAccessibleDescription(words)
        self.setVisible(bool(values))
        self.update()

    def sizeHint(self) -> QSize:
        """A line of text high."""
        return QSize(theme().line_height * 8, round(theme().line_height * 1.2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line and dot, inset so that neither is cut."""
        del event
        if len(self._values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = theme().space(1)
        wide, high = self.width() - 2 * inset, self.height() - 2 * inset
        low, top = min(self._values), max(self._values)
        span = top - low or 1.0
        points = [
            QPointF(
                inset + wide * index / (len(self._values) - 1),
                inset + high * (1 - (value - low) / span),
            )
            for index, value in enumerate(self._values)
        ]
        painter.setPen(QPen(theme().curve(0), 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme().curve(0))
        painter.drawEllipse(points[-1], inset / 2, inset / 2)
        painter.end()
