"""The arms of a run side by side in a terminal, every metric with its interval."""

from typing import Any, Final

from rich.table import Table

from core.readers.judgement import Judgement, judge
from core.readers.points import shown_difference
from core.recipe import modalities
from core.recipe.arms import BASE, title_of
from core.recipe.shares import points, signed
from core.recipe.tasks import Metric, metric_of, task_named

# Above narrow columns: all of it fits into 80.
_SHORT: Final = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced",
    "mean_average_precision": "mAP",
    "mean_absolute_error": "Off by",
    "root_mean_squared_error": "RMSE",
}


def results_table(results: dict[str, Any]) -> Table:
    """The arms of `results.json`, side by side; under each number its 95 % interval."""
    named = results["data"].get("what")
    modality = next(m for m in modalities().values() if named in {None, m.result_name})
    task = task_named(results.get("task"))
    first, *others = task.metrics
    # What papers on texts report under that name.
    metric = modality.accuracy if task.is_single else first.title
    title = f"{metric} on {results['data']['test_images']:,} test {modality.examples}"
    numbers = {arm["num_seeds"] for arm in results["arms"].values()}
    title += f", {max(numbers)} seed{'s' if max(numbers) > 1 else ''}" if numbers else ""
    if interim := results.get("interim"):
        title += f", {interim['done']} of {interim['of']} fine-tunings done"
    table = Table(
        title=title, caption="Under each number its 95 % interval.", show_edge=False, pad_edge=False
    )
    table.add_column("Encoder", min_width=14)
    table.add_column(_above(first), justify="right")
    table.add_column("Against base", justify="right", min_width=14)
    for each in others:
        table.add_column(_above(each), justify="right")
    frozen = results.get("frozen", {})
    for arm, values in (*results["arms"].items(), *frozen.items()):
        if arm == next(iter(frozen), None):
            # From here on nothing was fine-tuned.
            table.add_section()
        table.add_row(
            title_of(arm),
            _number(values, first, _spread(values)),
            _against_base(values, results["arms"].get(BASE)),
            *(_number(values, each) for each in others),
        )
    return table


def _above(metric: Metric) -> str:
    return _SHORT.get(metric.key, metric.title)


def _number(values: dict[str, Any], metric: Metric, beside: str = "") -> str:
    """A value, and its interval below it; results of older versions have some without one."""
    own = values[metric.key]
    shown = f"{metric.number(own)}%" if metric.is_percent else metric.shown(own)
    found = values["intervals"].get(metric.key)
    if found is None:
        return f"{shown}{beside}"
    return f"{shown}{beside}\n{metric.number(found['low'])} to {metric.number(found['high'])}"


def _spread(arm: dict[str, Any]) -> str:
    """Standard deviation over the seeds in points, to stand after the mean."""
    spread = arm.get("std", {}).get(metric_of(arm).key)
    return "" if spread is None else f" ± {points(spread)}"


def _against_base(arm: dict[str, Any], base: dict[str, Any] | None) -> str:
    """The paired difference in points, below it its interval; bold where it is clear."""
    difference = arm.get("against", {}).get(BASE)
    if difference is None:
        return ""
    value, low, high = (difference[key] for key in ("value", "low", "high"))
    if base is not None:
        scores = (each[metric_of(each).key] for each in (arm, base))
        value = shown_difference(difference["value"], *scores)
    text = f"{signed(value)}\n{signed(low)} to {signed(high)}"
    is_clear = judge(difference) in {Judgement.GAIN, Judgement.LOSS}
    return f"[bold]{text}[/]" if is_clear else text
