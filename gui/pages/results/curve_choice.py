"""Which curves of which runs: from what was read to lines to draw and rows of a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core.language import _
from core.readers.chance import level_words
from core.readers.curves import PROBES, Curve, RunCurves
from core.recipe.objectives import LOSS_TITLES
from core.recipe.tasks import SINGLE, TASKS, metric_named
from gui.outcome.table import Row
from gui.pages.results.chart import Chart, Level, Line
from gui.words.numbers import stage_title

ALL_STAGES = _("All stages, one after the other")
_NAMES = {
    "accuracy": _("{metric} on validation, while fine-tuned"),
    "linear": _("Accuracy of the linear probe"),
    "knn": _("Accuracy of nearest neighbours"),
    "loss": _("Loss"),
    **{key: title[:1].upper() + title[1:] for key, title in LOSS_TITLES.items()},
    "masked": _("Loss on hidden patches"),
    "distill": _("Distance from the teacher"),
}
_MOST_ROWS = 60


def is_share(quantity: str) -> bool:
    """Whether values are shares of 1, to be shown in percent."""
    return quantity in PROBES


def quantity_title(quantity: str, runs: Sequence[RunCurves] = ()) -> str:
    """What a quantity is called; what validation measures, the first of the runs to tell says."""
    told = (run.chance[quantity].metric for run in runs if quantity in run.chance)
    metric = metric_named(next(told, TASKS[SINGLE].metric.key)).title
    return _NAMES[quantity].format(metric=metric)


def quantities_of(runs: Sequence[RunCurves]) -> list[str]:
    """What there are curves of, the most telling first."""
    found = {name for run in runs for stage in run.stages for name in stage.curves}
    return [name for name in _NAMES if name in found]


def stages_of(runs: Sequence[RunCurves], quantity: str) -> list[str]:
    """Titles of the stages that have a quantity, in order."""
    titles: dict[str, None] = {}
    for run in runs:
        for stage in run.stages:
            if quantity in stage.curves:
                titles[stage_title(stage.name)] = None
    return list(titles)


def lines_of(
    runs: Sequence[RunCurves], names: Mapping[Path, tuple[str, int]], quantity: str, stage: str
) -> list[Line]:
    """One line a run.

    Args:
        runs: In the order in which to draw.
        names: Per run its name and the number of its colour.
        quantity: What to draw.
        stage: Title of a stage, or `ALL_STAGES`.
    """
    lines = []
    for run in runs:
        pieces = _pieces(run, quantity, stage)
        if pieces:
            name, number = names[run.run]
            lines.append(Line(name, number, [(piece.steps, piece.values) for piece in pieces]))
    return lines


def _pieces(run: RunCurves, quantity: str, stage: str) -> list[Curve]:
    pieces, before = [], 0
    for found in run.stages:
        curve = found.curves.get(quantity)
        if curve is not None and len(curve):
            if stage == ALL_STAGES:
                pieces.append(Curve(curve.steps + before, curve.values))
            elif stage_title(found.name) == stage:
                pieces.append(curve)
        before += found.num_steps
    return pieces


def level_of(runs: Sequence[RunCurves], quantity: str) -> Level | None:
    """What knowing nothing reaches, of the first run that tells it."""
    for run in runs:
        if (told := run.chance.get(quantity)) is not None:
            return Level(told.level, level_words(told))
    return None


def table_of(lines: Sequence[Line], chart: Chart) -> tuple[list[Row], list[str]]:
    """The lines as rows (a step each) and the names of the columns."""
    arrays = [steps for line in lines for steps, _ in line.pieces]
    steps = np.unique(np.concatenate(arrays)) if arrays else np.zeros(0)
    if len(steps) > _MOST_ROWS:
        steps = steps[np.linspace(0, len(steps) - 1, _MOST_ROWS).round().astype(np.int64)]
    rows: list[Row] = []
    for step in steps.tolist():
        values = (line.value_at(step) for line in lines)
        rows.append([f"{step:,.0f}", *("" if v is None else chart.number(v) for v in values)])
    return rows, [_("Step"), *(line.name for line in lines)]
