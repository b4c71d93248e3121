"""Time, memory and disk of a run before it starts, with green, amber and red in words too."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.language import _, ngettext
from core.planning.estimate import Measurement, RunEstimate, StageEstimate
from gui.theme import icon, theme
from gui.widgets.basics import clear, column, flowing, label
from gui.widgets.disclosure import Disclosure
from gui.words.numbers import (
    clock_time,
    duration,
    gib_in_words,
    percent,
    stage_kind,
    stage_title,
)

# Beyond this share of what is free it gets tight: other programs want some too.
_TIGHT = 0.8


@dataclass(frozen=True)
class Light:
    """A traffic light: `ok`, `warn` or `bad`, and its words."""

    tone: str
    words: str


def light(needed_gib: float, free_gib: float, what: str) -> Light:
    """Whether something fits."""
    numbers = _("{what}: needs {needed}, {free} are free").format(
        what=what, needed=gib_in_words(needed_gib), free=gib_in_words(free_gib)
    )
    if needed_gib > free_gib:
        return Light("bad", _("{numbers}. Too little").format(numbers=numbers))
    if needed_gib > _TIGHT * free_gib:
        return Light("warn", _("{numbers}. Tight").format(numbers=numbers))
    return Light("ok", numbers)


@dataclass(frozen=True)
class Group:
    """Stages of one kind, which differ in what they start from and in their seeds.

    Attributes:
        title: In words, with how many there are.
        kind: Of all of them.
        stages: In their order.
    """

    title: str
    kind: str
    stages: tuple[StageEstimate, ...]

    @property
    def seconds(self) -> float:
        """Of all of them."""
        return sum(stage.seconds for stage in self.stages)

    def steps(self) -> str:
        """`300`, `300 each`, `300 to 600 each`."""
        counts = sorted({stage.num_steps for stage in self.stages})
        if not any(counts):
            return _("as the time allows")
        least, most = f"{counts[0]:,}", f"{counts[-1]:,}"
        if least != most:
            return _("{least} to {most} each").format(least=least, most=most)
        return _("{number} each").format(number=least) if len(self.stages) > 1 else least

    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        memory = max(stage.memory_gib for stage in self.stages)
        disk = max(stage.disk_gib for stage in self.stages)
        sizes = (gib_in_words(memory), gib_in_words(disk))
        return (self.title, self.steps(), duration(self.seconds), *sizes)


def grouped(stages: Sequence[StageEstimate]) -> list[Group]:
    """Stages by their kind, in the order of their first ones."""
    kinds: dict[str, list[StageEstimate]] = {}
    for stage in stages:
        kinds.setdefault(stage.kind, []).append(stage)
    return [Group(_title_of(found), kind, tuple(found)) for kind, found in kinds.items()]


def _title_of(stages: Sequence[StageEstimate]) -> str:
    """`Fine-tuning: 3 models, 3 seeds each`."""
    first = stages[0]
    if len(stages) == 1:
        return stage_title(first.name)
    what = stage_kind(first.name)
    # Each has a number of its own in front.
    alike = [stage.name.partition("-")[2].partition("-seed-")[0] for stage in stages]
    models = len(set(alike))
    seeds = len(stages) // models
    if what == stage_title(first.name) or models * seeds != len(stages):
        return _("{what}: {number} times").format(what=what, number=len(stages))
    number = (
        ngettext("{number} round", "{number} rounds", models)
        if "-round-" in first.name
        else ngettext("{number} model", "{number} models", models)
    )
    parts = [number.format(number=models)]
    if seeds > 1:
        each = (
            ngettext("{number} seed each", "{number} seeds each", seeds)
            if models > 1
            else ngettext("{number} seed", "{number} seeds", seeds)
        )
        parts.append(each.format(number=seeds))
    return f"{what}: {', '.join(parts)}"


class EstimateTable(QWidget):
    """Kinds of stages with steps and time; each stage on demand; the whole; memory and disk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Estimate"))
        layout = column(self, gap=3)
        self.total = flowing("", "title")
        layout.addWidget(self.total)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().space(6))
        self._grid.setVerticalSpacing(theme().space(1))
        self._grid.setColumnStretch(6, 1)
        layout.addLayout(self._grid)
        self.details = Disclosure()
        self.details.toggled.connect(lambda _: self._fill())
        self.details.hide()
        layout.addWidget(self.details)
        self._lights = column(gap=1)
        layout.addLayout(self._lights)
        self.lights: list[Light] = []
        self._groups: list[Group] = []
        self._free = (0.0, 0.0)

    def show_nothing(self, words: str) -> None:
        """Say why there is no estimate."""
        self.total.setText(words)
        self._groups = []
        self._fill()
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
        self.total.setText(
            _("About {time}: done around {done}").format(time=duration(estimate.seconds), done=done)
        )
        self._groups = grouped(estimate.stages)
        self._free = (memory_free_gib, disk_free_gib)
        self._fill()
        self.lights = [
            light(estimate.memory_gib, memory_free_gib, _("Memory")),
            light(estimate.disk_gib, disk_free_gib, _("Disk")),
        ]
        clear(self._lights)
        for one in [*self.lights, *(Light("warn", doubt) for doubt in doubts)]:
            self._lights.addWidget(_light_line(one))

    def _fill(self) -> None:
        """The rows: of kinds of stages, or of every stage."""
        clear(self._grid)
        stages = [stage for group in self._groups for stage in group.stages]
        self.details.setVisible(len(stages) > len(self._groups))
        self.details.setText(_("All {number} stages").format(number=len(stages)))
        is_open = self.details.isChecked()
        if not self._groups:
            return
        for column_index, head in enumerate(
            (_("Stage"), _("Steps"), _("Time"), _("Memory"), _("Disk"), "")
        ):
            self._grid.addWidget(label(head, "muted", wrap=False), 0, column_index)
        rows = self._groups
        if is_open:
            rows = [Group(stage_title(each.name), each.kind, (each,)) for each in stages]
        for line, shown in enumerate(rows, 1):
            for column_index, text in enumerate(shown.cells()):
                self._grid.addWidget(label(text, wrap=False), line, column_index)
            tones = [
                light(needed, free, "").tone
                for stage in shown.stages
                for needed, free in zip((stage.memory_gib, stage.disk_gib), self._free, strict=True)
            ]
            worst = max(tones, key=("ok", "warn", "bad").index)
            self._grid.addWidget(_sign(worst), line, 5)


def disturbance(measurement: Measurement) -> list[str]:
    """That other programs were at work while this machine was measured, if they were."""
    if not measurement.is_disturbed:
        return []
    share = percent(measurement.others, 0)
    beside = _("Other programs used {share} of this machine while it was measured").format(
        share=share
    )
    return [_("{beside}: alone it takes less time.").format(beside=beside)]


def _sign(tone: str) -> QLabel:
    sign = QLabel()
    side = theme().space(4)
    sign.setPixmap(icon("tick" if tone == "ok" else "attention", tone).pixmap(side, side))
    words = {"ok": _("fits"), "warn": _("look at this"), "bad": _("too little")}[tone]
    sign.setAccessibleName(words)
    sign.setToolTip(words.capitalize())
    return sign


def _light_line(one: Light) -> QWidget:
    line = QWidget()
    layout = QGridLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(_sign(one.tone), 0, 0)
    layout.addWidget(flowing(one.words, one.tone), 0, 1)
    layout.setColumnStretch(1, 1)
    return line
