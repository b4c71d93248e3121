"""One plot: curves over the whole story, stage bands, a crosshair."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from core.language import _
from core.readers.history import History
from core.recipe import shares
from gui.pages.train.bands import Bands
from gui.pages.train.chance_line import ChanceLine
from gui.pages.train.legend import curve_pen, start_pen
from gui.pages.train.series import CurveReader, PlotKind
from gui.pages.train.value_axis import ValueAxis
from gui.pages.train.view import LEAST
from gui.theme import theme
from gui.widgets.basics import on_theme_change

_KEYS = {
    Qt.Key.Key_Plus: "in",
    Qt.Key.Key_Equal: "in",
    Qt.Key.Key_Minus: "out",
    Qt.Key.Key_0: "all",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_PageUp: "page left",
    Qt.Key.Key_PageDown: "page right",
}

# Before the first value. Wider than 0 to 1: a number at the very end of an axis is cut off.
_NO_RANGE = (-0.15, 1.15)


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]
    """Curves that share a scale.

    Signals:
        pointed: The step under the mouse.
        left: The mouse is elsewhere.
        steered: What a key asks for.
        dragged: The range of steps that the mouse asked for.
    """

    pointed = Signal(float)
    left = Signal()
    steered = Signal(str)
    dragged = Signal(float, float)

    def __init__(self, kind: PlotKind, parent: QWidget | None = None) -> None:
        axis = ValueAxis(is_share=kind.is_share)
        super().__init__(parent, background=None, axisItems={"left": axis}, enableMenu=False)
        self.kind = kind
        self.is_log = False
        self.setAccessibleName(_("Plot: {title}").format(title=kind.title))
        self.setAccessibleDescription(
            _(
                "Left and right arrow read values; plus, minus, page up and down zoom and move; 0 "
                "shows all. The table has the same numbers."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(theme().line_height * 6)
        self._item = self.getPlotItem()
        self._box = self._item.getViewBox()
        self._item.hideButtons()
        self._item.setMouseEnabled(x=True, y=False)
        self._item.getAxis("left").setWidth(theme().space(13))
        for side in ("left", "bottom"):
            self._item.getAxis(side).enableAutoSIPrefix(False)
            self._item.getAxis(side).setStyle(maxTickLevel=0)
        self._box.disableAutoRange()
        self._limit, self._y_range = 0.0, _NO_RANGE
        self._box.setYRange(*self._y_range, padding=0)
        self._shows_steps: bool | None = None
        self.readers = [CurveReader(curve) for curve in kind.curves]
        self.raw = [self._item.plot([], [], connect="finite") for _ in kind.curves]
        self.lines = [self._item.plot([], [], connect="finite") for _ in kind.curves]
        self.starts = [
            self._item.plot([], [], connect="finite") if curve.is_probe else None
            for curve in kind.curves
        ]
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        self._item.addItem(self._cross, ignoreBounds=True)
        self.bands = Bands(self._item)
        self.chance = ChanceLine(kind, self._item)
        self._box.sigRangeChangedManually.connect(self._on_dragged)
        self.scene().sigMouseMoved.connect(self._on_mouse)
        on_theme_change(self, self._paint)
        self._paint()

    @property
    def is_behind(self) -> bool:
        """Whether there is more to draw than one call may take."""
        return any(reader.is_behind for reader in self.readers)

    def forget(self) -> None:
        """Another run: neither curves nor axes before there is something in them."""
        self.show_cross(None)
        self._y_range = _NO_RANGE
        for item in (*self.raw, *self.lines, *filter(None, self.starts)):
            item.setData([], [])
        self.chance.show(None, 0.0)
        self._item.hide()
        for reader in self.readers:
            reader.forget()

    def show_range(self, low: float, high: float, limit: float) -> None:
        """Show these steps; nothing lies beyond `limit`."""
        limit = max(limit, high)
        if limit != self._limit:
            self._limit = limit
            self._box.setLimits(xMin=0.0, xMax=limit, minXRange=LEAST)
        if [low, high] != self._box.viewRange()[0]:
            self._box.setXRange(low, high, padding=0)

    def set_log(self, is_log: bool) -> None:
        """Scale by powers of ten, where that makes sense."""
        is_log = is_log and self.kind.can_log
        if is_log != self.is_log:
            self.is_log = is_log
            self._item.getAxis("left").setLogMode(is_log)

    def draw(self, history: History, low: float, high: float, weight: float) -> bool:
        """Draw what lies between two steps; returns whether there is anything at all."""
        self._item.show()
        drawn = [np.empty(0)]
        for reader, start in zip(self.readers, self.starts, strict=True):
            if start is not None:
                x, y = reader.starts(history)
                start.setData(x, y)
                drawn.append(y)
        for reader, raw, line in zip(self.readers, self.raw, self.lines, strict=True):
            x, y = reader.points(history, low, high)
            is_smoothed = weight > 0 and reader.curve.is_noisy and len(x) > 0
            raw.setVisible(is_smoothed)
            drawn.append(self._scaled(y))
            if is_smoothed:
                raw.setData(x, drawn[-1])
                x, y = reader.average(history, low, high, weight)
            line.setData(x, self._scaled(y) if is_smoothed else drawn[-1])
        values = np.concatenate(drawn)
        known = values[np.isfinite(values)]
        if len(known):
            level = self.chance.show(history, float(known.min()))
            self._fit(known if level is None else np.append(known, level))
        return len(values) > 0

    def _fit(self, values: np.ndarray) -> None:
        """Let all values be in view, moving the scale seldom: each time its axis is made anew."""
        lowest = float(values.min())
        if self.kind.is_share and values.max() > shares.LEAST:
            # Of R² a first value may be far below nothing: all others would be a flat line.
            lowest = max(shares.LEAST, lowest)
        low, high = self._widened(lowest, float(values.max()))
        # The titles of the stages are above the curves.
        room = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
        above = max(1.0, 30.0 * theme().line_height / max(1.0, self._box.height())) * room
        seen_low, seen_high = self._y_range
        fits = seen_low <= low and high <= seen_high
        if not fits or high - low < 0.6 * (seen_high - seen_low) - above - room:
            self._y_range = (low - room, high + above)
            self._box.setYRange(*self._y_range, padding=0)

    def _widened(self, low: float, high: float) -> tuple[float, float]:
        missing = max(0.0, self.kind.least_span - (high - low)) / 2
        return low - missing, high + missing

    def _scaled(self, y: np.ndarray) -> np.ndarray:
        if not self.is_log:
            return y
        # What is not above zero has no place on a logarithmic scale.
        return np.log10(np.where(y > 0, y, np.nan))

    def show_steps(self, *, is_last: bool) -> None:
        """Only the last plot says which step is where: they share the axis."""
        axis = self._item.getAxis("bottom")
        if is_last != self._shows_steps:
            self._shows_steps = is_last
            # Half a label, and half a dot, stand out at the ends.
            half = theme().line_height / 2
            self._item.layout.setContentsMargins(0, half, half, 0 if is_last else half)
            axis.setStyle(showValues=is_last)
            axis.setLabel(_("step") if is_last else None)
            axis.showLabel(is_last)

    def show_cross(self, step: float | None) -> None:
        """Put the crosshair at a step."""
        self._cross.setVisible(step is not None)
        if step is not None:
            self._cross.setPos(step)

    def values_at(self, history: History, step: float) -> list[str]:
        """The values nearest to a step, in words."""
        found = ((reader, reader.value_at(history, step)) for reader in self.readers)
        return [
            f"{reader.curve.title} {self.kind.value_words(value)}"
            for reader, value in found
            if value is not None
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, zoom, and move the crosshair."""
        what = _KEYS.get(Qt.Key(event.key()))
        if what is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        else:
            self.steered.emit(what)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._box.setBorder(pg.mkPen(theme().colours.accent, width=2))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere."""
        super().focusOutEvent(event)
        self._box.setBorder(None)

    def _on_dragged(self, *_: object) -> None:
        low, high = self._box.viewRange()[0]
        self.dragged.emit(float(low), float(high))

    def _on_mouse(self, place: QPointF) -> None:
        if self._box.sceneBoundingRect().contains(place):
            self.pointed.emit(self._box.mapSceneToView(place).x())

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse points at nothing here any more."""
        super().leaveEvent(event)
        self.left.emit()

    def _paint(self) -> None:
        colours = theme().colours
        # The view keeps a picture of what is behind it, in the colours of before.
        self.resetCachedContent()
        self.viewport().update()
        for index, (raw, line) in enumerate(zip(self.raw, self.lines, strict=True)):
            line.setPen(curve_pen(index))
            raw.setPen(curve_pen(index, is_faint=True))
            if (start := self.starts[index]) is not None:
                start.setPen(start_pen(index))
            if self.kind.curves[index].is_probe:
                line.setSymbol("o" if index == 0 else "s")
                line.setSymbolSize(theme().space(2))
                line.setSymbolBrush(theme().curve(index))
                line.setSymbolPen(None)
        self.bands.renew()
        self.chance.paint()
        self._cross.setPen(pg.mkPen(colours.text, width=1))
        for side in ("left", "bottom"):
            axis = self._item.getAxis(side)
            axis.setPen(colours.border)
            axis.setTextPen(colours.text)
