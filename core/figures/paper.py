"""The paper's figures (arXiv 2210.02871), drawn from runs.

Two can be drawn from any run: the gap between training and test, and the distance from the initial
weights. The others put several runs side by side that differ in one setting; `core.figures.sweep`
makes such runs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import RunError
from core.figures.chart import Chart, Series
from core.figures.figure import Figure, over_seeds
from core.figures.run_numbers import RunNumbers, Tuned, arm_in_words, read_run_numbers
from core.recipe.arms import BASE, DISTILLED, FURTHER
from core.recipe.modality import noun_for
from core.recipe.tasks import SINGLE, TASKS

_INTERVALS = "Intervals: 95 % over the seeds (Student's t); none where there is one seed."
_NOT_METHOD = {"runtime", "probe"}


# In titles, where a task has another metric.
_ACCURACY = TASKS[SINGLE].metric.words


def figures_of(paths: Sequence[Path]) -> list[Figure]:
    """Every figure that these runs have the numbers for.

    Raises:
        RunError: One is no run or damaged, or there is nothing to draw.
    """
    runs = [read_run_numbers(path) for path in paths]
    made = [
        *(_accuracy_figure(runs, figure) for figure in _AGAINST),
        gap_figure(runs),
        distance_figure(runs),
    ]
    figures = [figure for figure in made if figure is not None]
    if not figures:
        raise RunError("figures-nothing-to-draw", runs=", ".join(str(path) for path in paths))
    return figures


def gap_figure(runs: Sequence[RunNumbers]) -> Figure | None:
    """Training and test accuracy of each arm."""
    runs = _alike(runs, ())
    tested = {(run.recipe.seed, each.seed_index, each.arm): each for run, each in _tested(runs)}
    tuned = list(tested.values())
    arms = list(dict.fromkeys(each.arm for each in tuned))
    if not arms:
        return None
    nouns, metric = noun_for(runs[0].noun), runs[0].metric
    rows: list[tuple[str | float | None, ...]] = []
    series = []
    for name, value in ((f"training {nouns}", _train), (f"test {nouns}", _test)):
        found = []
        for arm in arms:
            values = [value(each) for each in tuned if each.arm == arm]
            known = [each for each in values if each is not None]
            found.append((*over_seeds(known), len(known)) if known else None)
        there = [(i, each) for i, each in enumerate(found) if each is not None]
        series.append(_series(name, [(float(i), each[:3]) for i, each in there]))
        rows += [(arms[i], name, *each) for i, each in there]
    chart = Chart(
        f"Training and test {metric.words} of each arm",
        "",
        metric.words,
        tuple(series),
        names=tuple(arms),
        is_percent=True,
    )
    caption = (
        f"{metric.title} on the {nouns} that were fine-tuned on and on the test {nouns}; the "
        "distance between the two dots of an arm is its generalisation gap. The paper's theory "
        "bounds the generalisation error more tightly after each round of self-distillation. "
        f"{_INTERVALS} {_drawn_from(runs)}"
    )
    columns = ("arm", nouns, metric.words, "low", "high", "seeds")
    return Figure("train-test-gap", chart, caption, columns, tuple(rows))


def distance_figure(runs: Sequence[RunNumbers]) -> Figure | None:
    """How far each pre-training stage went from the initial weights."""
    runs = _alike(runs, ())
    values: dict[tuple[int, str, str], dict[str, dict[int, float]]] = {}
    for run in runs:
        for each in run.fitted:
            parts = values.setdefault((each.order, each.name, each.arm), defaultdict(dict))
            for part, distance in each.distance.items():
                parts[part][run.recipe.seed] = distance
    if not values:
        return None
    rows = []
    points = []
    names = []
    for index, key in enumerate(sorted(values)):
        _, name, arm = key
        names.append(name)
        for part, found in values[key].items():
            estimate = over_seeds(list(found.values()))
            rows.append((name, arm, part, *estimate, len(found)))
            if part == "total":
                points.append((float(index), estimate))
    chart = Chart(
        "Distance from the initial weights",
        "",
        "L2 distance of all weights",
        (_series("", points),),
        names=tuple(names),
        starts_at_zero=True,
    )
    caption = (
        "L2 distance of the encoder's weights from the initial ones after each pre-training "
        "stage; the CSV has it by part of the encoder too. The paper's theory says that it shrinks "
        "with the rounds of self-distillation, which pulls the weights towards the initial ones. "
        "Intervals: 95 % over runs of different seeds; none where there is one. "
        f"{_drawn_from(runs)}"
    )
    columns = ("stage", "arm", "part", "distance", "low", "high", "runs")
    return Figure("distance-from-initial", chart, caption, columns, tuple(rows))


@dataclass(frozen=True, kw_only=True)
class _Against:
    """A figure of the test accuracy over a setting, a line per arm.

    Attributes:
        name: Of its files.
        free: Settings in which its runs may differ.
        point: The line and the place on the axis that a fine-tuning belongs to; None for no place.
        title: Above the chart.
        x_label: Of the axis.
        caption: What it shows, and what the paper's figure showed.
    """

    name: str
    free: tuple[tuple[str, str], ...]
    point: Callable[[RunNumbers, Tuned], tuple[str, int] | None]
    title: str
    x_label: str
    caption: str


def _further_steps(run: RunNumbers, each: Tuned) -> tuple[str, int] | None:
    steps = {BASE: 0, FURTHER: run.recipe.pretrain.steps}
    return (FURTHER, steps[each.arm]) if each.arm in steps else None


def _rounds(run: RunNumbers, each: Tuned) -> tuple[str, int] | None:
    rounds = {FURTHER: 0, DISTILLED: run.recipe.distill.rounds}
    return (DISTILLED, rounds[each.arm]) if each.arm in rounds else None


def _labels(run: RunNumbers, each: Tuned) -> tuple[str, int] | None:
    return None if run.num_labels is None else (each.arm, run.num_labels)


_AGAINST = (
    _Against(
        name="accuracy-against-further-steps",
        free=(("pretrain", "steps"), ("distill", "rounds")),
        point=_further_steps,
        title="Test accuracy against further pre-training steps",
        x_label="steps of further pre-training",
        caption="Accuracy after fine-tuning the further pre-trained encoder; 0 steps is the base "
        "model. In the paper's Figure 1 the accuracy of a Vision Transformer often fell the more "
        "steps it was further pre-trained: it overfitted to the unlabeled data.",
    ),
    _Against(
        name="accuracy-against-rounds",
        free=(("distill", "rounds"),),
        point=_rounds,
        title="Test accuracy against rounds of self-distillation",
        x_label="rounds T\u2032 (0: further pre-training alone)",
        caption="Accuracy after fine-tuning the encoder of the last round; 0 rounds is further "
        "pre-training alone. The paper takes one round by default; its bound of the generalisation "
        "error shrinks with more.",
    ),
    _Against(
        name="accuracy-against-labels",
        free=(("data", "labels_per_class"),),
        point=_labels,
        title="Test accuracy against the number of labels",
        x_label="labeled training examples",
        caption="Accuracy of each arm when fine-tuned on fewer labels; pre-training saw the same "
        "data every time. The paper found self-distillation ahead of every baseline on its data "
        "sets; this asks how that depends on the labels.",
    ),
)


def _accuracy_figure(runs: Sequence[RunNumbers], figure: _Against) -> Figure | None:
    """None unless several runs give the setting two values."""
    runs = _alike(runs, figure.free)
    # By line and place, the accuracy of each seed: a recipe's, and a fine-tuning's. Runs that share
    # a seed and a pre-training repeat the same number, which must count once.
    values: dict[tuple[str, int], dict[tuple[int, int], float]] = defaultdict(dict)
    for run, each in _tested(runs):
        point = figure.point(run, each)
        if point is not None:
            values[point][run.recipe.seed, each.seed_index] = _known(each)
    if len(runs) < 2 or len({x for _, x in values}) < 2:
        return None
    rows: list[tuple[str | float | None, ...]] = []
    series = []
    for arm in dict.fromkeys(arm for arm, _ in values):
        found = {
            x: over_seeds(list(values[arm, x].values()))
            for x in sorted(x for each, x in values if each == arm)
        }
        points = [(float(x), estimate) for x, estimate in found.items()]
        series.append(_series(arm_in_words(arm), points))
        rows += [(arm, x, *estimate, len(values[arm, x])) for x, estimate in found.items()]
    metric = runs[0].metric
    title = figure.title.replace(_ACCURACY, metric.words)
    y_label = f"test {metric.words}"
    chart = Chart(title, figure.x_label, y_label, tuple(series), is_percent=True)
    columns = ("arm", figure.x_label.partition(" (")[0], metric.words, "low", "high", "seeds")
    said = figure.caption.replace(_ACCURACY.title(), metric.title)
    caption = f"{said} {_INTERVALS} {_drawn_from(runs)}"
    return Figure(figure.name, chart, caption, columns, tuple(rows))


def _drawn_from(runs: Sequence[RunNumbers]) -> str:
    return f"Drawn from: {', '.join(run.run.path.name for run in runs)}."


def _series(
    name: str, points: Iterable[tuple[float, tuple[float, float | None, float | None]]]
) -> Series:
    listed = list(points)
    low, high = (tuple(found[i] for _, found in listed) for i in (1, 2))
    return Series(name, tuple(x for x, _ in listed), tuple(f[0] for _, f in listed), low, high)


def _alike(runs: Sequence[RunNumbers], free: tuple[tuple[str, str], ...]) -> list[RunNumbers]:
    """The largest group of runs whose method differs in nothing but the free settings and seeds."""
    groups: dict[str, list[RunNumbers]] = defaultdict(list)
    for run in runs:
        groups[_method(run, free)].append(run)
    return max(groups.values(), key=len) if groups else []


def _method(run: RunNumbers, free: tuple[tuple[str, str], ...]) -> str:
    values = run.recipe.model_dump(mode="json", exclude={"seed", *_NOT_METHOD})
    for section, key in (*free, ("finetune", "arms"), ("finetune", "num_seeds")):
        del values[section][key]
    # Runs of other tasks have other metrics.
    return repr((values, run.metric.key))


def _tested(runs: Sequence[RunNumbers]) -> list[tuple[RunNumbers, Tuned]]:
    return [(run, each) for run in runs for each in run.tuned if each.test is not None]


def _known(tuned: Tuned) -> float:
    assert tuned.test is not None
    return tuned.test


def _train(tuned: Tuned) -> float | None:
    return tuned.train


def _test(tuned: Tuned) -> float | None:
    return tuned.test
