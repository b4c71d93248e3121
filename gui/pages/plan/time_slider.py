"""The one slider: how much time there is, on a scale from minutes to days."""

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSlider, QWidget

from core.language import _
from gui.widgets.basics import column, label, row
from gui.words.numbers import duration

_MOST_S = 7 * 86_400.0
# Before it is known what the fewest steps take.
_FIRST_LEAST_S = 120.0
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
        title = label(_("&Time I have"), "heading", wrap=False)
        title.setTextFormat(Qt.TextFormat.AutoText)
        self._value = label("", "heading", wrap=False)
        head.addWidget(title)
        head.addWidget(self._value)
        head.addStretch(1)
        layout.addLayout(head)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _TICKS)
        self.slider.setPageStep(_TICKS // 20)
        self.slider.setAccessibleName(_("Time I have"))
        title.setBuddy(self.slider)
        layout.addWidget(self.slider)
        ends = row()
        self._least_s = _FIRST_LEAST_S
        self._least = label(duration(_FIRST_LEAST_S), "muted", wrap=False)
        ends.addWidget(self._least)
        ends.addStretch(1)
        ends.addWidget(label(_("a week"), "muted", wrap=False))
        layout.addLayout(ends)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(lambda: self.chosen.emit(self.seconds))
        self.slider.valueChanged.connect(self._on_value)
        self._by_hand = True

    @property
    def seconds(self) -> float:
        """What it stands at."""
        share = self.slider.value() / _TICKS
        return self._least_s * math.exp(share * math.log(_MOST_S / self._least_s))

    def show_seconds(self, seconds: float, least: float) -> None:
        """Put it there without choosing.

        Args:
            seconds: What the draft takes.
            least: What it takes with the fewest steps: where the scale begins.
        """
        self._least_s = min(max(least, 1.0), _MOST_S / 2)
        self._least.setText(_("{time}: the fewest steps").format(time=duration(self._least_s)))
        self._by_hand = False
        self.slider.setValue(self._tick_of(seconds))
        self._by_hand = True
        self._say(seconds)

    def is_at(self, seconds: float) -> bool:
        """Whether it stands where `show_seconds` would put it."""
        return self.slider.value() == self._tick_of(seconds)

    def _tick_of(self, seconds: float) -> int:
        whole = math.log(_MOST_S / self._least_s)
        share = math.log(max(seconds, self._least_s) / self._least_s) / whole
        return round(min(1.0, share) * _TICKS)

    def _on_value(self) -> None:
        if self._by_hand:
            self._say(self.seconds)
            self._settle.start()

    def _say(self, seconds: float) -> None:
        words = _("about {time}").format(time=duration(seconds))
        self._value.setText(words)
        self.slider.setAccessibleDescription(words)
