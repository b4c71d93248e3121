"""What a classifier's logits mean: probabilities of its task, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from core.errors import RunError
from core.predict.prediction import Number, Shares, ranked
from core.recipe.tasks import Feature, lacking
from core.run.decision import Decision, read_decision
from core.run.files import DECISION
from core.stages.tasks.choose import STAGE_TASKS


@dataclass(frozen=True)
class Said:
    """What a classifier says of an example; see `core.predict.prediction.Prediction`."""

    probabilities: Shares = ()
    said: tuple[str, ...] | None = None
    number: Number | None = None


class Answer:
    """How one classifier answers.

    Args:
        folder: Of the classifier.
        classes: Its classes, in the order of the logits.

    Attributes:
        decision: Its task and thresholds.

    Raises:
        RunError: `run-damaged`.
    """

    def __init__(self, folder: Path, classes: Sequence[str]) -> None:
        self._classes = classes
        self.decision = read_decision(folder)
        if self.decision.task.is_multi and len(self.decision.thresholds) != len(classes):
            reason = f"{len(self.decision.thresholds)} thresholds for {len(classes)} labels"
            raise RunError("run-damaged", file=DECISION, path=folder, reason=reason)

    def probabilities(self, logits: Tensor) -> Tensor:
        """(B, C) float32 probabilities of logits; of numbers (B, 1) in the unit of the labels."""
        task = STAGE_TASKS[self.decision.task.name].of_decision(self.decision)
        return task.activate(logits.float())

    @property
    def unit(self) -> float:
        """How large differences of answers are: 1 of probabilities."""
        return self.decision.scale.spread if self.decision.task.is_number else 1.0

    def of(self, row: np.ndarray) -> Said:
        """What an answer says.

        Args:
            row: (C,) probabilities; of numbers (1,).
        """
        if self.decision.task.is_number:
            return Said(number=Number(float(row[0]), self.decision.margin))
        shares = ranked(row, self._classes)
        if not self.decision.task.is_multi:
            return Said(shares)
        return Said(shares, self.decision.said(shares, self._classes))


def refuse_lacking(decision: Decision, feature: Feature) -> None:
    """Refuse what there is not for a classifier's task.

    Raises:
        RunError: `task-lacks`.
    """
    if (reason := decision.task.lacks.get(feature)) is not None:
        raise lacking(decision.task, reason)
