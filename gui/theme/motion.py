"""Easing: short, never in the way, and none for who wants none."""

import time
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gui.theme import tokens

_FRAME_MS = 16


def eased(share: float) -> float:
    """Fast at first, then gently to its end."""
    left = 1.0 - min(1.0, max(0.0, share))
    return 1.0 - left * left * left


class _Change:
    def __init__(self, value: float) -> None:
        self.start, self.end, self.began = value, value, 0.0

    def value(self, now: float) -> float:
        share = eased((now - self.began) * 1000 / tokens.QUICK_MS)
        return self.start + (self.end - self.start) * share

    def is_over(self, now: float) -> bool:
        return (now - self.began) * 1000 >= tokens.QUICK_MS


class Eases(QObject):
    """A value of each widget that follows what it shall be; repaints the widget meanwhile."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_reduced = False
        self._changes: WeakKeyDictionary[QWidget, _Change] = WeakKeyDictionary()
        self._moving: set[QWidget] = set()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._step)

    def value(self, widget: QWidget | None, wanted: float) -> float:
        """The value to paint now; the first one of a widget is the one that is wanted."""
        if widget is None or self.is_reduced:
            return wanted
        now = time.perf_counter()
        change = self._changes.get(widget)
        if change is None:
            self._changes[widget] = _Change(wanted)
            return wanted
        if change.end != wanted:
            change.start, change.end, change.began = change.value(now), wanted, now
            self._moving.add(widget)
            self._timer.start()
        return change.value(now)

    def _step(self) -> None:
        now = time.perf_counter()
        for widget in list(self._moving):
            change = self._changes.get(widget) if isValid(widget) else None
            if change is None or change.is_over(now) or not widget.isVisible():
                self._moving.discard(widget)
            if change is not None:
                widget.update()
        if not self._moving:
            self._timer.stop()


class Turning(QObject):
    """Repaints bars that show that something goes on, without saying how far it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bars: set[QWidget] = set()
        self._timer = QTimer(self, interval=2 * _FRAME_MS)
        self._timer.timeout.connect(self._step)

    def share(self, bar: QWidget | None) -> float:
        """How much of a turn is over; keeps the bar moving as long as it asks."""
        if bar is not None:
            self._bars.add(bar)
            if not self._timer.isActive():
                self._timer.start()
        return time.perf_counter() * 1000 % tokens.TURN_MS / tokens.TURN_MS

    def _step(self) -> None:
        bars, self._bars = self._bars, set()
        for bar in bars:
            if isValid(bar) and bar.isVisible():
                bar.update()
        if not self._bars and not bars:
            self._timer.stop()
