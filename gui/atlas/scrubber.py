"""From encoder to encoder: a slider that moves the points, and a button that lets it run."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from core.language import _
from gui.theme import icon, theme
from gui.widgets.basics import column, label, on_theme_change, row, tool

# Steps between two encoders, and milliseconds that each takes when it runs by itself.
_STEPS: Final = 100
_STEP_MS: Final = 16


class MapScrubber(QWidget):
    """Hidden with one encoder.

    Signals:
        moved: Where it is: 0 at the first encoder, 1 at the second, and so on.
    """

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self.play = tool(_("Play"), "play", self._on_play)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(_("Encoder"))
        self.slider.setToolTip(_("Moves the points from where one encoder has them to the next."))
        self.slider.setSingleStep(_STEPS // 10)
        self.slider.setPageStep(_STEPS)
        self.slider.valueChanged.connect(self._on_value)
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._step)
        line = row(self, gap=2)
        line.addWidget(self.play, 0, Qt.AlignmentFlag.AlignTop)
        beside = column(gap=0)
        beside.addWidget(self.slider)
        self._below = row(gap=2)
        beside.addLayout(self._below)
        line.addLayout(beside, 1)
        self._labels: list[QLabel] = []
        # After the button has painted itself.
        on_theme_change(self, self._show_state)

    @property
    def at(self) -> float:
        """0 at the first encoder, 1 at the second, and so on."""
        return self.slider.value() / _STEPS

    def show_encoders(self, names: Sequence[str]) -> None:
        """Begin at the first of these."""
        self._timer.stop()
        self._names = names
        for each in self._labels:
            each.deleteLater()
        while self._below.count():
            self._below.takeAt(0)
        self._labels = [label(name, "muted", wrap=False) for name in names]
        for number, each in enumerate(self._labels):
            if number:
                self._below.addStretch(1)
            self._below.addWidget(each)
        self.setVisible(len(names) > 1)
        self.slider.setRange(0, _STEPS * max(0, len(names) - 1))
        self.slider.setValue(0)
        self._on_value(0)

    def _on_value(self, value: int) -> None:
        if self._names:
            self.slider.setAccessibleDescription(self._names[round(value / _STEPS)])
        self._show_state()
        self.moved.emit(value / _STEPS)

    def _on_play(self) -> None:
        """Run on, or hold; where nothing shall move by itself, go to the next encoder."""
        if self._timer.isActive():
            self._timer.stop()
        elif theme().is_still:
            self.slider.setValue(self._next(_STEPS))
        else:
            if self.slider.value() == self.slider.maximum():
                self.slider.setValue(0)
            self._timer.start()
        self._show_state()

    def _next(self, step: int) -> int:
        value = self.slider.value()
        return 0 if value == self.slider.maximum() else (value // step + 1) * step

    def _step(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() == self.slider.maximum():
            self._timer.stop()
            self._show_state()

    def _show_state(self) -> None:
        name, sign = (_("Hold"), "pause") if self._timer.isActive() else (_("Play"), "play")
        self.play.setAccessibleName(name)
        self.play.setToolTip(name)
        self.play.setIcon(icon(sign))
