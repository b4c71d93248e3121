"""What is asked of a classifier: one label of each example, any number of them, or a number.

The names are the field's; transformers has them as `problem_type` in a model's configuration. What
a task does in training stands in `core.stages.tasks`, one entry for each of these.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from core.errors import RunError
from core.language import _
from core.recipe.shares import number_of

TaskName = Literal["single-label", "multi-label", "regression"]
SINGLE: Final[TaskName] = "single-label"
MULTI: Final[TaskName] = "multi-label"
REGRESSION: Final[TaskName] = "regression"
# The one output of a model whose labels are numbers.
TARGET: Final = "value"

_PERCENT: Final = 100
# From here on thousands are no longer counted at a glance, nor do they fit in a table.
_LARGE: Final = 1e10
_MOST_PLACES: Final = 8
_DIGITS: Final = 4

Feature = Literal[
    "race",
    "unknown",
    "sort",
    "labels-per-class",
    "sampling",
    "weights",
    "label-work",
    "single-answers",
]


@dataclass(frozen=True)
class Metric:
    """A number that classifiers are compared by.

    Attributes:
        key: As in `results.json`.
        words: Its name within a sentence.
        unit: Behind its value as it is shown.
        factor: What its value is multiplied by to be shown: 100 of shares; 1 of what is in the
            unit of the labels.
        least: Below which it can't be; None: it can be anything.
        most: Above which it can't be; None: it can be anything.
    """

    key: str
    words: str
    unit: str = "%"
    factor: int = 100
    least: float | None = 0.0
    most: float | None = 1.0

    @property
    def title(self) -> str:
        """Its name above a column."""
        return self.words[:1].upper() + self.words[1:]

    @property
    def is_percent(self) -> bool:
        """Whether it is shown in percent, and differences in points."""
        return self.factor == _PERCENT

    def number(self, value: float) -> str:
        """Its value without a unit: `83.1`; of what is in the labels' unit three digits."""
        if self.is_percent:
            return number_of(value)
        return in_digits(value)

    def shown(self, value: float) -> str:
        """Its value with its unit, if it has one."""
        return f"{self.number(value)} {self.unit}".rstrip()


def in_digits(value: float, digits: int = 3) -> str:
    """A number in so many digits, never with fewer than it has before the point: `1,950`.

    What is very large or small has powers of ten: `2.19e+14`.
    """
    if not value or not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= _LARGE:
        return f"{value:.{digits - 1}e}"
    after = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{after}f}" if after <= _MOST_PLACES else f"{value:.{digits - 1}e}"


def number_in_words(value: float) -> str:
    """A label or a prediction, in one more digit than errors have."""
    return in_digits(value, _DIGITS)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of answer.

    Attributes:
        name: As `data.task` has it.
        title: The same in words.
        problem_type: As transformers names it.
        metrics: What is told of a classifier; the first one decides.
        best: Said of the classifier that has most of the first metric.
        better: Said of one that has more of it.
        lacks: What there is not for it, each with the reason and what to do instead.
        instead: How the same data can have these.
    """

    name: TaskName
    title: str
    problem_type: str
    metrics: tuple[Metric, ...]
    best: str
    better: str = "better"
    lacks: Mapping[Feature, str] = field(default_factory=dict)
    instead: str = ""

    @property
    def is_multi(self) -> bool:
        """Whether an example may have several labels, or none."""
        return self.name == MULTI

    @property
    def is_single(self) -> bool:
        """Whether an example has one class."""
        return self.name == SINGLE

    @property
    def is_number(self) -> bool:
        """Whether an example has a number, which a model predicts."""
        return self.name == REGRESSION

    @property
    def metric(self) -> Metric:
        """What decides between classifiers."""
        return self.metrics[0]


TASKS: Final[Mapping[str, Task]] = {
    SINGLE: Task(
        name=SINGLE,
        title=_("single-label classification"),
        problem_type="single_label_classification",
        metrics=(
            Metric("accuracy", _("accuracy")),
            Metric("balanced_accuracy", _("balanced accuracy")),
            Metric("macro_f1", "macro-F1"),
        ),
        best=_("most accurate"),
        better=_("more accurate"),
    ),
    MULTI: Task(
        name=MULTI,
        title=_("multi-label classification"),
        problem_type="multi_label_classification",
        metrics=(
            Metric("mean_average_precision", _("mean average precision"), _("% mAP")),
            Metric("micro_f1", "micro-F1"),
            Metric("macro_f1", "macro-F1"),
        ),
        best=_("best by mAP"),
        instead=_(
            "A run whose recipe says data.task single-label (--set data.task=single-label) leaves "
            "out examples with several labels, and has it."
        ),
        lacks={
            "race": _(
                "a race (race.minutes, `--preset best`) is judged by single labels: "
                "compare arms instead (`redistill compare`)"
            ),
            "unknown": _(
                "sets that hold the one true class say nothing where an example may "
                "have several labels or none: go by the probabilities and thresholds"
            ),
            "sort": _(
                "an example may belong to several class folders, or to none: write a "
                "table instead (--out labels.csv)"
            ),
            "labels-per-class": _(
                "data.labels_per_class counts one class per example: leave it unset"
            ),
            "sampling": _(
                "an example with several labels can't be drawn for one of them: set "
                "finetune.balance to none or weights"
            ),
            "single-answers": _(
                "single mistakes and how sure an answer is go by one class per "
                "example: see the table of labels"
            ),
            "label-work": _(
                "suspected labels, corrections and what to label next go by one class per example"
            ),
        },
    ),
    REGRESSION: Task(
        name=REGRESSION,
        title="regression",
        problem_type="regression",
        # The first one is higher where predictions are better, as that of every task.
        metrics=(
            Metric("r2", "R²", "% R²", least=None),
            Metric("mean_absolute_error", _("mean absolute error"), "", 1, most=None),
            Metric("root_mean_squared_error", _("root mean squared error"), "", 1, most=None),
        ),
        best=_("best by R²"),
        instead=_(
            "A run has it whose labels are classes: write ranges of the numbers (low, middle, "
            "high) into a column of their own, and name that (data.label_column)."
        ),
        lacks={
            "race": _(
                "a race (race.minutes, `--preset best`) is judged by classes: compare arms "
                "instead (`redistill compare`)"
            ),
            "unknown": _("sets that hold the one true class say nothing of numbers"),
            "sort": _("a number has no class folder: write a table instead (--out labels.csv)"),
            "labels-per-class": _(
                "data.labels_per_class counts examples of classes: leave it unset"
            ),
            "sampling": _(
                "examples can't be drawn evenly from classes where labels are numbers: set "
                "finetune.balance to none"
            ),
            "weights": _(
                "there are no classes to weigh where labels are numbers: set "
                "finetune.balance to none"
            ),
            "single-answers": _(
                "confusions, mistakes and how sure an answer is go by classes: see "
                "predicted against true numbers"
            ),
            "label-work": _(
                "suspected labels, corrections and what to label next go by one class per example"
            ),
        },
    ),
}


def lacking(task: Task, reason: str) -> RunError:
    """The error of asking for what there is not for a task.

    Args:
        task: See there.
        reason: In words, as of `Task.lacks`.
    """
    return RunError("task-lacks", task=task.title, reason=reason, instead=task.instead)


def task_named(name: object) -> Task:
    """A task by its name; what older versions wrote names none and is single-label."""
    return TASKS[SINGLE if name is None else str(name)]


def metric_named(key: str) -> Metric:
    """A metric by its key; one that no task has is called so."""
    known = {metric.key: metric for task in TASKS.values() for metric in task.metrics}
    return known.get(key, Metric(key, key.replace("_", " ")))


def metric_of(row: Mapping[str, Any]) -> Metric:
    """The metric that a row of `results.json` was judged by.

    Raises:
        KeyError: It has none that is known.
    """
    found = next((task.metric for task in TASKS.values() if task.metric.key in row), None)
    if found is None:
        raise KeyError(TASKS[SINGLE].metric.key)
    return found
