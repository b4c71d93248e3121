"""Time, memory and disk of a run before it starts, with green, amber and red in words too."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.planning.estimate import Measurement, RunEstimate
from gui.theme import icon, theme
from gui.widgets.basics import clear, column, label
from gui.words.numbers import clock_time, duration, percent, stage_title

# Beyond this share of what is free it gets tight: other programs want some too.
_TIGHT = 0.8


@dataclass(frozen=True)
class Light:
    """A traffic light: `ok`, `warn` or `bad`, and its words."""

    tone: str
    words: str


def light(needed_gib: float, free_gib: float, what: str) -> Light:
    """Whether something fits."""
    numbers = f"{what}: needs {needed_gib:.1f} GiB, {free_gib:.1f} GiB are free"
    if needed_gib > free_gib:
        return Light("bad", f"{numbers}. Too little")
    if needed_gib > _TIGHT * free_gib:
        return Light("warn", f"{numbers}. Tight")
    return Light("ok", numbers)


class EstimateTable(QWidget):
    """Stages with steps and time; the whole; memory and disk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Estimate")
        layout = column(self, gap=3)
        self.total = label("", "title")
        layout.addWidget(self.total)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().space(6))
        self._grid.setVerticalSpacing(theme().space(1))
        self._grid.setColumnStretch(6, 1)
        layout.addLayout(self._grid)
        self._lights = column(gap=1)
        layout.addLayout(self._lights)
        self.lights: list[Light] = []

    def show_nothing(self, words: str) -> None:
        """Say why there is no estimate."""
        self.total.setText(words)
        clear(self._grid)
        clear(self._lights)
        self.lights = []

    def show_estimate(
        self,
        estimate: RunEstimate,
        memory_free_gib: float,
        disk_free_gib: float,
        doubts: Sequence[str] = (),
    ) -> None:
        """Show it, and under it what makes the plan doubtful."""
        done = clock_time(estimate.seconds)
        self.total.setText(f"About {duration(estimate.seconds)}: done around {done}")
        clear(self._grid)
        for column_index, head in enumerate(("Stage", "Steps", "Time", "Memory", "Disk", "")):
            self._grid.addWidget(label(head, "muted", wrap=False), 0, column_index)
        for line, stage in enumerate(estimate.stages, 1):
            cells = (
                stage_title(stage.name),
                f"{stage.num_steps:,}" if stage.num_steps else "as the time allows",
                duration(stage.seconds),
                f"{stage.memory_gib:.1f} GiB",
                f"{stage.disk_gib:.1f} GiB",
            )
            for column_index, text in enumerate(cells):
                self._grid.addWidget(label(text, wrap=False), line, column_index)
            worst = worse(
                light(stage.memory_gib, memory_free_gib, "Memory"),
                light(stage.disk_gib, disk_free_gib, "Disk"),
            )
            self._grid.addWidget(_sign(worst.tone), line, len(cells))
        self.lights = [
            light(estimate.memory_gib, memory_free_gib, "Memory"),
            light(estimate.disk_gib, disk_free_gib, "Disk"),
        ]
        clear(self._lights)
        for one in [*self.lights, *(Light("warn", doubt) for doubt in doubts)]:
            self._lights.addWidget(_light_line(one))


def disturbance(measurement: Measurement) -> list[str]:
    """That other programs were at work while this machine was measured, if they were."""
    if not measurement.is_disturbed:
        return []
    share = percent(measurement.others, 0)
    beside = f"Other programs used {share} of this machine while it was measured"
    return [f"{beside}: alone it takes less time."]


def worse(one: Light, other: Light) -> Light:
    """The one that gives more reason to worry."""
    return max(one, other, key=lambda each: ("ok", "warn", "bad").index(each.tone))


def _sign(tone: str) -> QLabel:
    sign = QLabel()
    side = theme().space(4)
    sign.setPixmap(icon("tick" if tone == "ok" else "attention", tone).pixmap(side, side))
    words = {"ok": "fits", "warn": "look at this", "bad": "too little"}[tone]
    sign.setAccessibleName(words)
    sign.setToolTip(words.capitalize())
    return sign


def _light_line(one: Light) -> QWidget:
    line = QWidget()
    layout = QGridLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(_sign(one.tone), 0, 0)
    layout.addWidget(label(one.words, one.tone), 0, 1)
    layout.setColumnStretch(1, 1)
    return line
