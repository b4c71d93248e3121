"""Which curves there are, in which plot, and where their numbers come from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.language import _
from core.readers.history import OF_OBJECTIVE, History, StageHistory
from core.readers.history_table import Table
from core.recipe.objectives import LOSS_TITLES
from core.run.events import ProbeDone, Validated
from core.system.units import GIB
from gui.pages.train.blocks import BLOCK, Blocks
from gui.pages.train.decimate import decimated, in_range, means, smoothed
from gui.words.numbers import percent

Array = NDArray[np.float64]
# Beyond that many points in view, blocks are looked at instead.
_RAW = 60_000
# Reports around the crosshair in which a value is looked for.
_NEAR = 50
# Points of a smoothed curve in view.
_SMOOTH_POINTS = 1_000
# The average begins that many times its memory before the view.
_LEAD = 6


@dataclass(frozen=True)
class CurveSpec:
    """One curve: a column of the steps or of the probes, over all stages.

    Attributes:
        scale: From the column's unit to the one that is shown.
    """

    key: str
    title: str
    is_probe: bool = False
    is_noisy: bool = False
    scale: float = 1.0

    def is_of(self, stage: str) -> bool:
        """Whether it is of a stage with that name: the sum of losses is told of all of them."""
        return self.key != "loss" or "finetune" in stage

    def start_of(self, stage: StageHistory) -> float:
        """Of a probe, what it was before the first step of a stage; nan where that is not known."""
        steps = stage.probes.steps
        is_known = self.is_probe and len(steps) > 0 and steps[0] == 0
        return float(stage.probes.column(self.key)[0]) if is_known else float("nan")


@dataclass(frozen=True)
class PlotKind:
    """One plot: its curves share a scale.

    Attributes:
        is_shown: Whether it is shown as soon as there is anything in it.
        can_log: Whether powers of ten make sense.
        is_share: Whether its values are shares of 1, shown in percent.
        least_span: Its axis shows at least that much, so that noise is no triumph.
        of_metric: The title where the run is judged by another metric than accuracy.
        look: The kind of the events that its numbers are of, if these are compared with chance.
    """

    key: str
    title: str
    mnemonic: str
    curves: tuple[CurveSpec, ...]
    is_shown: bool = False
    can_log: bool = True
    is_share: bool = False
    least_span: float = 0.0
    of_metric: str = ""
    look: str = ""

    def value_words(self, value: float) -> str:
        """A value as log and table say it."""
        return percent(value) if self.is_share else f"{value:.4g}"


# Ten points.
_LEAST_SPAN = 0.1

PLOTS = (
    PlotKind(
        "objective",
        _("Pre-training loss"),
        _("P&re-training loss"),
        (CurveSpec(OF_OBJECTIVE, _("pre-training loss"), is_noisy=True),),
        is_shown=True,
    ),
    PlotKind(
        "distill",
        _("Distillation loss"),
        _("D&istillation loss"),
        (CurveSpec("distill", LOSS_TITLES["distill"], is_noisy=True),),
        is_shown=True,
    ),
    PlotKind(
        "probe",
        _("Probe accuracy"),
        _("Probe &accuracy"),
        (
            CurveSpec("linear", _("linear probe"), is_probe=True),
            CurveSpec("knn", _("kNN"), is_probe=True),
        ),
        is_shown=True,
        can_log=False,
        is_share=True,
        least_span=_LEAST_SPAN,
        of_metric=_("Probe: {metric}"),
        look=ProbeDone.kind,
    ),
    PlotKind(
        "accuracy",
        _("Accuracy on validation examples, while fine-tuned"),
        _("&Validation accuracy"),
        (CurveSpec("accuracy", _("validation accuracy"), is_probe=True),),
        is_shown=True,
        can_log=False,
        is_share=True,
        least_span=_LEAST_SPAN,
        of_metric=_("On validation examples, while fine-tuned: {metric}"),
        look=Validated.kind,
    ),
    PlotKind(
        "loss",
        _("Fine-tuning loss"),
        _("Fine-tuning &loss"),
        (CurveSpec("loss", _("fine-tuning loss"), is_noisy=True),),
        is_shown=True,
    ),
    PlotKind(
        "rank",
        _("Effective rank, where there are no labels (RankMe: a hint, nothing is chosen by it)"),
        _("Effective ran&k"),
        (CurveSpec("rank", _("effective rank"), is_probe=True),),
        is_shown=True,
        can_log=False,
    ),
    PlotKind("lr", _("Learning rate"), _("Learnin&g rate"), (CurveSpec("lr", _("learning rate")),)),
    PlotKind(
        "speed",
        _("Examples/s"),
        _("&Examples/s"),
        (CurveSpec("images_per_s", _("examples/s"), is_noisy=True),),
        can_log=False,
    ),
    PlotKind(
        "memory",
        _("Memory (GB)"),
        _("Memory"),
        (CurveSpec("memory_gib", _("memory"), scale=GIB / 1e9),),
        can_log=False,
    ),
)

# Rows at either end of a stage in which anything is looked for.
_ENDS = 256


def has_anything(kind: PlotKind, history: History) -> bool:
    """Whether a history has values for a plot; of long stages only both ends are looked at."""
    for name, stage in history.stages.items():
        for curve in kind.curves:
            table = stage.probes if curve.is_probe else stage.steps
            if not curve.is_of(name) or not len(table):
                continue
            column = table.column(curve.key)
            if not np.isnan(column[:_ENDS]).all() or not np.isnan(column[-_ENDS:]).all():
                return True
    return False


_OfStage = Callable[[str, Table, float, float], tuple[Array, Array]]


class CurveReader:
    """The points of one curve over all stages, as few as a screen can show.

    Long stages are held as blocks as well, so that a whole view of a million points touches some
    thousands of them.

    Attributes:
        is_behind: Whether there is more to read than one call may take.
    """

    def __init__(self, curve: CurveSpec) -> None:
        self.curve = curve
        self.is_behind = False
        self._blocks: dict[str, tuple[Table, Blocks]] = {}

    def forget(self) -> None:
        """Another run."""
        self._blocks.clear()

    def points(self, history: History, low: float, high: float) -> tuple[Array, Array]:
        """(N,) steps of the whole story and (N,) values between two steps; nan parts stages."""
        self.is_behind = False
        return self._joined(history, low, high, self._of_stage)

    def average(
        self, history: History, low: float, high: float, weight: float
    ) -> tuple[Array, Array]:
        """The same, as a moving average."""

        def of_stage(name: str, table: Table, low: float, high: float) -> tuple[Array, Array]:
            return self._average_of_stage(name, table, (low, high), weight)

        return self._joined(history, low, high, of_stage)

    def starts(self, history: History) -> tuple[Array, Array]:
        """The same of the value before the first step of each stage, as level lines."""
        xs: list[float] = []
        ys: list[float] = []
        offset = 0
        for stage in history.stages.values():
            end, start = offset + stage.num_steps, self.curve.start_of(stage)
            if not np.isnan(start):
                xs += [offset, end, end + 0.5]
                ys += [start, start, np.nan]
            offset = end
        return np.array(xs), np.array(ys)

    def value_at(self, history: History, step: float) -> float | None:
        """The last value at a step of the whole story, never a later one; None without one."""
        place = history.place(step)
        if place is None or not self.curve.is_of(place[0]):
            return None
        stage = history.stages[place[0]]
        table = stage.probes if self.curve.is_probe else stage.steps
        value = value_at(table.steps, table.column(self.curve.key), place[1])
        return None if value is None else value * self.curve.scale

    def _joined(
        self, history: History, low: float, high: float, of_stage: _OfStage
    ) -> tuple[Array, Array]:
        xs, ys = [np.empty(0)], [np.empty(0)]
        offset = 0
        for name, stage in history.stages.items():
            table = stage.probes if self.curve.is_probe else stage.steps
            end = offset + stage.num_steps
            if len(table) and low <= end and offset <= high and self.curve.is_of(name):
                x, y = of_stage(name, table, low - offset, high - offset)
                if not np.isnan(y).all():
                    xs += [x + offset, np.array([end + 0.5])]
                    ys += [y * self.curve.scale, np.array([np.nan])]
            offset = end
        return np.concatenate(xs), np.concatenate(ys)

    def _of_stage(self, name: str, table: Table, low: float, high: float) -> tuple[Array, Array]:
        x, y = table.steps, table.column(self.curve.key)
        seen = in_range(x, low, high)
        if seen.stop - seen.start <= _RAW:
            return decimated(x[seen], y[seen])
        blocks = self._of(name, table)
        seen = in_range(blocks.x, low, high)
        rest = slice(blocks.rows, blocks.rows + BLOCK)
        return decimated(
            np.concatenate([blocks.x[seen], x[rest]]), np.concatenate([blocks.y[seen], y[rest]])
        )

    def _average_of_stage(
        self, name: str, table: Table, view: tuple[float, float], weight: float
    ) -> tuple[Array, Array]:
        x, y = table.steps, table.column(self.curve.key)
        seen = in_range(x, *view)
        if seen.stop - seen.start > _RAW:
            blocks = self._of(name, table)
            x, y = blocks.last_x, blocks.mean
            seen = in_range(x, *view)
        size = max(1, -(-(seen.stop - seen.start) // _SMOOTH_POINTS))
        # Bins begin at multiples of their size: they stay what they are while the view moves.
        first, last = seen.start // size, seen.stop // size
        begin = max(0, first - round(_LEAD / (1 - weight)))
        values = smoothed(means(y[begin * size : last * size], size), weight)
        return x[first * size + size - 1 : last * size : size], values[first - begin :]

    def _of(self, name: str, table: Table) -> Blocks:
        known, blocks = self._blocks.get(name, (None, Blocks()))
        if known is not table:
            blocks = Blocks()
        self._blocks[name] = (table, blocks)
        self.is_behind = not blocks.extend(table, self.curve.key) or self.is_behind
        return blocks


def value_at(x: Array, y: Array, step: float) -> float | None:
    """The last value known at a step, maybe of some steps before; None where there is none."""
    until = int(np.searchsorted(x, step, side="right"))
    y = y[max(0, until - _NEAR) : until]
    known = y[~np.isnan(y)]
    return float(known[-1]) if len(known) else None
