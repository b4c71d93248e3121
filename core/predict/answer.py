"""What a classifier's logits mean: probabilities of its task, and what follows from them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from core.errors import RunError
from core.predict.prediction import Shares, ranked
from core.recipe.tasks import Feature
from core.run.decision import Decision, read_decision
from core.run.files import DECISION
from core.stages.tasks.choose import STAGE_TASKS


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
        """(B, C) float32 probabilities of logits."""
        return STAGE_TASKS[self.decision.task.name].activate(logits.float())

    def of(self, row: np.ndarray) -> tuple[Shares, tuple[str, ...] | None]:
        """Classes with their probabilities, the most likely first, and the labels that are said.

        The latter is None where the answer is one class.

        Args:
            row: (C,) probabilities.
        """
        shares = ranked(row, self._classes)
        if not self.decision.task.is_multi:
            return shares, None
        return shares, self.decision.said(shares, self._classes)


def refuse_lacking(decision: Decision, feature: Feature) -> None:
    """Refuse what there is not for a classifier's task.

    Raises:
        RunError: `task-lacks`.
    """
    if (reason := decision.task.lacks.get(feature)) is not None:
        raise RunError("task-lacks", task=decision.task.title, reason=reason)
