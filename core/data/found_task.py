"""Whether the examples of tables have one label each or several, found in their first rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.data.manifest import Example, Guess, counted
from core.data.tags import NO_TAGS
from core.recipe.tasks import MULTI, SINGLE, TASKS, TaskName

# Fewer rows with several labels are left out: they may be slips.
_LEAST_ROWS: Final = 3
_LEAST_SHARE: Final = 0.05
SETTING: Final = "data.task"


@dataclass
class TaskCount:
    """Counts labels of rows, and says what the task is.

    Attributes:
        num_labeled: Rows with a label.
        num_several: Rows with more than one.
    """

    num_labeled: int = 0
    num_several: int = 0

    def add(self, labels: tuple[str, ...]) -> None:
        """One row."""
        self.num_labeled += bool(labels)
        self.num_several += len(labels) > 1

    def __iadd__(self, other: "TaskCount") -> "TaskCount":
        """Those of another table, too."""
        self.num_labeled += other.num_labeled
        self.num_several += other.num_several
        return self

    @property
    def task(self) -> TaskName:
        """What the rows say."""
        enough = max(_LEAST_ROWS, _LEAST_SHARE * self.num_labeled)
        return MULTI if self.num_several >= enough else SINGLE

    def guess(self, noun: str) -> Guess | None:
        """What was found, and what changes it; None where no row has several labels."""
        if not self.num_several:
            return None
        seen = f"{self.num_several:,} of {counted(self.num_labeled, f'labeled {noun}')} looked at"
        rest = "" if self.task == MULTI else ", which are left out"
        has = "has" if self.num_several == 1 else "have"
        value = f"{self.task} classification ({seen} {has} several labels{rest})"
        return Guess("the task", value, SETTING)


def num_without(examples: Iterable[Example]) -> int:
    """Labeled examples to which none of the labels applies."""
    return sum(example.label == NO_TAGS for example in examples)


def task_in_words(task: TaskName, num_tags: int, num_none: int, noun: str) -> list[str]:
    """What is to be said of a task that is not the usual one."""
    if task == SINGLE:
        return []
    any_of = f"each {noun} may have any of {counted(num_tags, 'label')}"
    words = [
        f"{TASKS[task].title}: {any_of} (data.task single-label leaves out those with several)"
    ]
    if num_none:
        words.append(f"{counted(num_none, noun)} with none of the labels ([] or only 0)")
    return words
