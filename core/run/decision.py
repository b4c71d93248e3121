"""How a classifier's probabilities become an answer: the likeliest class, or all above thresholds.

Of a model that predicts numbers it is what its outputs mean in the unit of the labels. It lies
beside the classifier in its stage's folder. Classifiers of older versions have none: their answer
is one class.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.recipe.tasks import SINGLE, TASKS, Task, task_named
from core.run.files import DECISION
from core.run.scale import STANDARD, Scale


@dataclass(frozen=True)
class Decision:
    """How one classifier answers.

    Attributes:
        task: What it was asked.
        thresholds: (C,) of several labels, from which probability on each is said; else empty.
        num_examples: How many validation examples the thresholds or the margin were chosen on; 0:
            on none.
        scale: Of numbers, where the training labels lie.
        margin: Of numbers, how near nine of ten predictions come; None: not known.
    """

    task: Task = TASKS[SINGLE]
    thresholds: tuple[float, ...] = ()
    num_examples: int = 0
    scale: Scale = STANDARD
    margin: float | None = None

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
            **(
                {"scale": self.scale.to_json(), "margin": self.margin}
                if self.task.is_number
                else {}
            ),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Decision":
        """Read what `to_json` gave.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        thresholds = tuple(float(value) for value in values["thresholds"])
        found = cls(task_named(values["task"]), thresholds, int(values["num_examples"]))
        if not found.task.is_number:
            return found
        margin = None if values["margin"] is None else float(values["margin"])
        return replace(found, scale=Scale.from_json(values["scale"]), margin=margin)


ONE_CLASS = Decision()


def says_one_class(folder: Path) -> bool:
    """Whether a classifier says one class, not several or a number; also if that can't be read."""
    try:
        return read_decision(folder).task.is_single
    except RunError:
        return True


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
