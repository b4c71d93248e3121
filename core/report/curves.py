"""Learning curves as charts, a few per run."""

from dataclasses import replace

from core.errors import RunError
from core.figures.chart import Chart, Series, draw
from core.figures.svg import to_svg
from core.readers.chance import level_words
from core.readers.curves import PROBES, RunCurves, StageCurves, read_curves
from core.readers.history import LOSSES
from core.recipe.objectives import LOSS_TITLES
from core.recipe.tasks import SINGLE, TASKS, Task, task_named
from core.run.files import RESULTS
from core.run.folder import RunFolder

_NAMES = {
    "loss": "loss (all of it)",
    **LOSS_TITLES,
    "distill": "distance to the teacher",
    "accuracy": "on validation examples",
    "linear": "linear probe",
    "knn": "nearest neighbours",
}
_MOST_POINTS = 240
# Two stand beside each other on a page.
_WIDTH, _HEIGHT = 480, 280


def curve_charts(run: RunFolder) -> list[str]:
    """The charts of a run as inline SVG: losses and probes per stage, fine-tunings together.

    Raises:
        OSError: As the file system says.
    """
    curves, task = read_curves(run.path), _task_of(run)
    charts = []
    for stage in curves.stages:
        if "-finetune-" in stage.name:
            continue
        parts = [name for name in LOSSES if name in stage.curves]
        if "loss" in parts and "distill" not in parts:
            parts = ["loss"]
        charts.append(_chart(stage, f"{stage.name}: loss", parts))
        probes = [name for name in PROBES if name in stage.curves]
        if probes:
            title = f"{stage.name}: how good the representation is"
            chart = _chart(stage, title, probes)
            series = (*chart.series, *_level(curves, probes[0], [stage]))
            charts.append(replace(chart, is_percent=True, y_label=task.metric.words, series=series))
    charts += _finetunings(curves, task.metric.words)
    return [
        to_svg(
            draw(chart, f"Learning curve. {chart.title}.", width=_WIDTH, height=_HEIGHT),
            is_inline=True,
        )
        for chart in charts
        if chart.series
    ]


def _chart(stage: StageCurves, title: str, parts: list[str]) -> Chart:
    series = tuple(_series(stage, part, _NAMES[part]) for part in parts)
    return Chart(title, "step", "loss", series)


def _task_of(run: RunFolder) -> Task:
    """Of the results; before there are any the usual one."""
    try:
        return task_named(run.read_json(RESULTS).get("task"))
    except (RunError, KeyError, AttributeError):
        return TASKS[SINGLE]


def _finetunings(curves: RunCurves, metric: str) -> list[Chart]:
    first = [
        stage
        for stage in curves.stages
        if "-finetune-" in stage.name and stage.name.endswith("-seed-0") and "loss" in stage.curves
    ]
    if not first:
        return []
    loss = Chart("Fine-tuning, first seed of each arm: loss", "step", "loss", _of(first, "loss"))
    title = f"Fine-tuning, first seed of each arm: validation {metric}"
    looks = (*_of(first, "accuracy"), *_level(curves, "accuracy", first))
    return [loss, Chart(title, "step", metric, looks, is_percent=True)]


def _level(curves: RunCurves, part: str, stages: list[StageCurves]) -> tuple[Series, ...]:
    """What knowing nothing reaches, over the longest of the stages that have looks."""
    told = curves.chance.get(part)
    steps = [stage.num_steps for stage in stages if part in stage.curves]
    if told is None or not steps:
        return ()
    ends = (0.0, float(max(steps)))
    return (Series(level_words(told), ends, (told.level, told.level), has_dots=False),)


def _of(stages: list[StageCurves], part: str) -> tuple[Series, ...]:
    return tuple(
        _series(stage, part, stage.name.partition("-finetune-")[2].rpartition("-seed-")[0])
        for stage in stages
        if part in stage.curves
    )


def _series(stage: StageCurves, part: str, name: str) -> Series:
    curve = stage.curves[part].decimated(_MOST_POINTS)
    has_dots = part in PROBES or len(curve) <= 2
    steps, values = curve.steps.tolist(), curve.values.tolist()
    return Series(name, tuple(steps), tuple(values), has_dots=has_dots)
