"""What is asked of a classifier: one label of each example, or any number of them.

The names are the field's; transformers has them as `problem_type` in a model's configuration. What
a task does in training stands in `core.stages.tasks`, one entry for each of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from core.language import _

TaskName = Literal["single-label", "multi-label"]
SINGLE: Final[TaskName] = "single-label"
MULTI: Final[TaskName] = "multi-label"

Feature = Literal[
    "race",
    "pseudo-labels",
    "unknown",
    "sort",
    "labels-per-class",
    "sampling",
    "label-work",
    "single-answers",
]


@dataclass(frozen=True)
class Metric:
    """A number that classifiers are compared by.

    Attributes:
        key: As in `results.json`.
        words: Its name within a sentence.
        unit: Behind its value in percent.
    """

    key: str
    words: str
    unit: str = "%"

    @property
    def title(self) -> str:
        """Its name above a column."""
        return self.words[:1].upper() + self.words[1:]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of answer.

    Attributes:
        name: As `data.task` has it.
        title: The same in words.
        problem_type: As transformers names it.
        metrics: What is told of a classifier; the first one decides.
        best: Said of the classifier that has most of the first metric.
        lacks: What there is not for it, each with the reason and what to do instead.
    """

    name: TaskName
    title: str
    problem_type: str
    metrics: tuple[Metric, ...]
    best: str
    lacks: Mapping[Feature, str] = field(default_factory=dict)

    @property
    def is_multi(self) -> bool:
        """Whether an example may have several labels, or none."""
        return self.name == MULTI

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
        lacks={
            "race": _(
                "a race (race.minutes, `redistill best`) is judged by single labels: "
                "compare arms instead (`redistill compare`)"
            ),
            "pseudo-labels": _(
                "an arm on pseudo-labels learns single answers: leave it out of finetune.arms"
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
}


def task_named(name: object) -> Task:
    """A task by its name; what older versions wrote names none and is single-label."""
    return TASKS[SINGLE if name is None else str(name)]


def metric_of(row: Mapping[str, Any]) -> Metric:
    """The metric that a row of `results.json` was judged by.

    Raises:
        KeyError: It has none that is known.
    """
    found = next((task.metric for task in TASKS.values() if task.metric.key in row), None)
    if found is None:
        raise KeyError(TASKS[SINGLE].metric.key)
    return found
