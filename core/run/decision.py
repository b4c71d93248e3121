"""How a classifier's probabilities become an answer: the likeliest class, or all above thresholds.

It lies beside the classifier in its stage's folder. Classifiers of older versions have none: their
answer is one class.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.recipe.tasks import SINGLE, TASKS, Task, task_named
from core.run.files import DECISION


@dataclass(frozen=True)
class Decision:
    """How one classifier answers.

    Attributes:
        task: What it was asked.
        thresholds: (C,) of several labels, from which probability on each is said; else empty.
        num_examples: How many validation examples the thresholds were chosen on; 0: on none.
    """

    task: Task = TASKS[SINGLE]
    thresholds: tuple[float, ...] = ()
    num_examples: int = 0

    def said(self, shares: Sequence[tuple[str, float]], classes: Sequence[str]) -> tuple[str, ...]:
        """The labels above their thresholds, in the order of the shares.

        Args:
            shares: (label, probability).
            classes: In the order of the thresholds.
        """
        limits = dict(zip(classes, self.thresholds, strict=True))
        return tuple(name for name, share in shares if share >= limits[name])

    def to_json(self) -> dict[str, Any]:
        """As it stands in its file."""
        return {
            "task": self.task.name,
            "thresholds": list(self.thresholds),
            "num_examples": self.num_examples,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Decision":
        """Read what `to_json` gave.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        thresholds = tuple(float(value) for value in values["thresholds"])
        return cls(task_named(values["task"]), thresholds, int(values["num_examples"]))


ONE_CLASS = Decision()


def has_several_labels(folder: Path) -> bool:
    """Whether a classifier may say several labels, or none; not where that can't be read."""
    try:
        return read_decision(folder).task.is_multi
    except RunError:
        return False


def read_decision(folder: Path) -> Decision:
    """How the classifier in a stage's folder answers.

    Raises:
        RunError: `run-damaged`.
    """
    file = folder / DECISION
    try:
        return Decision.from_json(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ONE_CLASS
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError("run-damaged", file=DECISION, path=folder, reason=error) from error
