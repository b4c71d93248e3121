"""The one slider: how much time there is, on a scale from minutes to days."""

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSlider, QWidget

from gui.widgets.basics import column, label, row
from gui.words.numbers import duration

_LEAST_S, _MOST_S = 120.0, 7 * 86_400.0
_TICKS = 400
# Every step of a drag would be a step of undo.
_SETTLE_MS = 250


class TimeSlider(QWidget):
    """Signals: `chosen` with seconds, once the slider rests."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=1)
        head = row()
        title = label("&Time I have", "heading", wrap=False)
        title.setTextFormat(Qt.TextFormat.AutoText)
        self._value = label("", "heading", wrap=False)
        head.addWidget(title)
        head.addWidget(self._value)
        head.addStretch(1)
        layout.addLayout(head)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _TICKS)
        self.slider.setPageStep(_TICKS // 20)
        self.slider.setAccessibleName("Time I have")
        title.setBuddy(self.slider)
        layout.addWidget(self.slider)
        ends = row()
        ends.addWidget(label(duration(_LEAST_S), "muted", wrap=False))
        ends.addStretch(1)
        ends.addWidget(label("a week", "muted", wrap=False))
        layout.addLayout(ends)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(lambda: self.chosen.emit(self.seconds))
        self.slider.valueChanged.connect(self._on_value)
        self._by_hand = True

    @property
    def seconds(self) -> float:
        """What it stands at."""
        share = self.slider.value() / _TICKS
        return _LEAST_S * math.exp(share * math.log(_MOST_S / _LEAST_S))

    def show_seconds(self, seconds: float) -> None:
        """Put it there without choosing."""
        share = math.log(max(seconds, _LEAST_S) / _LEAST_S) / math.log(_MOST_S / _LEAST_S)
        self._by_hand = False
        self.slider.setValue(round(min(1.0, share) * _TICKS))
        self._by_hand = True
        self._say(seconds)

    def _on_value(self) -> None:
        if self._by_hand:
            self._say(self.seconds)
            self._settle.start()

    def _say(self, seconds: float) -> None:
        words = f"about {duration(seconds)}"
        self._value.setText(words)
        self.slider.setAccessibleDescription(words)
