"""Whether examples of tables have one label each, several, or a number: in their first rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.data.manifest import Example, Guess, counted
from core.data.number_labels import (
    in_one_spelling,
    look_like_numbers,
    numbers_differ_in_32_bits,
    units_in,
)
from core.data.tags import NO_TAGS
from core.errors import RunError
from core.language import _
from core.recipe.tasks import MULTI, REGRESSION, SINGLE, TASKS, TaskName, in_digits

# Fewer rows with several labels are left out: they may be slips.
_LEAST_ROWS: Final = 3
_LEAST_SHARE: Final = 0.05
SETTING: Final = "data.task"
# Of numbers: so few may make up nearly all of the spread of no fewer than these.
_ONE_OF: Final = 50
_FEWEST_TO_LOOK_AT: Final = 20
_NEARLY_ALL: Final = 0.99


@dataclass
class TaskCount:
    """Counts labels of rows, and says what the task is.

    Attributes:
        num_labeled: Rows with a label.
        num_several: Rows with more than one.
        alone: The labels of rows with one.
    """

    num_labeled: int = 0
    num_several: int = 0
    alone: list[str] = field(default_factory=list)

    def add(self, labels: tuple[str, ...]) -> None:
        """One row."""
        self.num_labeled += bool(labels)
        self.num_several += len(labels) > 1
        self.alone += labels if len(labels) == 1 else ()

    def __iadd__(self, other: "TaskCount") -> "TaskCount":
        """Those of another table, too."""
        self.num_labeled += other.num_labeled
        self.num_several += other.num_several
        self.alone += other.alone
        return self

    @property
    def task(self) -> TaskName:
        """What the rows say."""
        enough = max(_LEAST_ROWS, _LEAST_SHARE * self.num_labeled)
        if self.num_several >= enough:
            return MULTI
        return REGRESSION if look_like_numbers(self.alone) else SINGLE

    def refuse_units(self, path: object) -> None:
        """Refuse labels that are numbers with a unit.

        Raises:
            RunError: `labels-have-units`.
        """
        if self.task == SINGLE and (first := units_in(self.alone)):
            raise RunError("labels-have-units", path=path, first=first)

    def guess(self, noun: str) -> Guess | None:
        """What was found, and what changes it; None where each row simply has a class."""
        if self.task == REGRESSION:
            number = len(set(self.alone))
            labeled = counted(self.num_labeled, f"labeled {noun}")
            value = _(
                "{regression} ({number:,} different numbers as labels of {labeled} looked at)"
            ).format(regression=REGRESSION, number=number, labeled=labeled)
            return Guess(_("the task"), value, SETTING)
        if not self.num_several:
            return None
        seen = _("{num_several:,} of {number} looked at").format(
            num_several=self.num_several, number=counted(self.num_labeled, f"labeled {noun}")
        )
        rest = "" if self.task == MULTI else _(", which are left out")
        has = "has" if self.num_several == 1 else "have"
        value = _("{task} classification ({seen} {has} several labels{rest})").format(
            task=self.task, seen=seen, has=has, rest=rest
        )
        return Guess(_("the task"), value, SETTING)


def num_without(examples: Iterable[Example]) -> int:
    """Labeled examples to which none of the labels applies."""
    return sum(example.label == NO_TAGS for example in examples)


def _far_off(numbers: Sequence[float]) -> str:
    """Of ascending numbers the few that make up all of their spread, in words; empty if none do."""
    middle = numbers[len(numbers) // 2]
    # In the unit of the farthest, whose square may be too large a number.
    farthest = max(abs(numbers[0] - middle), abs(numbers[-1] - middle))
    if len(numbers) < _FEWEST_TO_LOOK_AT or not farthest:
        return ""
    by_distance = sorted(numbers, key=lambda number: -abs(number - middle))
    squares = [((number - middle) / farthest) ** 2 for number in by_distance]
    few = max(1, len(numbers) // _ONE_OF)
    if sum(squares[:few]) < _NEARLY_ALL * sum(squares):
        return ""
    # Those that count at all.
    count = sum(square > (1 - _NEARLY_ALL) / few for square in squares[:few])
    return _(
        "nearly all of their spread is that of {count} of {number:,} ({first}): errors of the "
        "others hardly count in training, nor in R²; mend what is a slip, take logarithms where "
        "numbers differ by powers of ten, or set finetune.loss to huber"
    ).format(count=count, number=len(numbers), first=in_one_spelling(by_distance[0]))


def _too_near(numbers: Sequence[float]) -> str:
    """That numbers lie too near to each other for 32 bits, in words; empty where they do not."""
    if not numbers[0] < numbers[-1] or numbers_differ_in_32_bits(numbers):
        return ""
    middle = numbers[len(numbers) // 2]
    return _(
        "they lie so near to each other that a model, which computes in 32 bits, hardly tells them "
        "apart: subtract what they have in common (such as {middle}), or take another unit"
    ).format(middle=in_one_spelling(float(f"{middle:.6g}")))


def task_in_words(
    task: TaskName, num_tags: int, num_none: int, noun: str, numbers: Iterable[float] = ()
) -> list[str]:
    """What is to be said of a task that is not the usual one."""
    if task == SINGLE:
        return []
    if task == REGRESSION:
        found = sorted(numbers)
        least, most = map(in_one_spelling, (found[0], found[-1]))
        mean = in_digits(sum(found) / len(found))
        span = _("from {least} to {most}, {mean} on average").format(
            least=least, most=most, mean=mean
        )
        said = _("{regression}: each {noun} has a number, {span} (data.task changes that)").format(
            regression=REGRESSION, noun=noun, span=span
        )
        return [said, *filter(None, [_far_off(found), _too_near(found)])]
    any_of = _("each {noun} may have any of {num_labels}").format(
        noun=noun, num_labels=counted(num_tags, "label")
    )
    words = [
        _("{title}: {any_of} (data.task single-label leaves out those with several)").format(
            title=TASKS[task].title, any_of=any_of
        )
    ]
    if num_none:
        words.append(
            _("{number} with none of the labels ([] or only 0)").format(
                number=counted(num_none, noun)
            )
        )
    return words
