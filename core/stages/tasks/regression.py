"""A number of each example: one output, the squared or Huber's error, R².

A model is trained on numbers in standard deviations of the training labels; what it answers is
turned back into their unit wherever it is told (`activate`), and in exports within the model.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.data.manifest import Manifest
from core.recipe import FinetuneRecipe
from core.recipe.tasks import REGRESSION, TASKS, in_digits
from core.run.decision import Decision
from core.run.scale import Scale
from core.stages.tasks.task import StageTask

if TYPE_CHECKING:
    from core.evaluate.probe import ProbeScore
    from core.evaluate.regularised_probe import LinearLayer

# From there on Huber's error is linear, in standard deviations.
HUBER_DELTA: Final = 1.0
# How often a margin around a prediction is to hold the true number.
MARGIN_LEVEL: Final = 0.9


class ErrorOfNumbers(nn.Module):
    """The squared or Huber's error of each row, in standard deviations.

    Args:
        scale: Of the training labels.
        kind: `mse` or `huber`.
    """

    def __init__(self, scale: Scale, kind: str) -> None:
        super().__init__()
        self._scale, self._kind = scale, kind

    def forward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """(B,) losses of (B, 1) outputs and (B,) labels in their unit."""
        wanted = (labels.float() - self._scale.mean) / self._scale.spread
        if self._kind == "huber":
            return F.huber_loss(outputs[:, 0], wanted, reduction="none", delta=HUBER_DELTA)
        return F.mse_loss(outputs[:, 0], wanted, reduction="none")


class Regression(StageTask):
    """See `StageTask`; targets are (N,) float32, in the unit of the labels, and so are answers.

    Args:
        scale: Of the training labels.
    """

    task = TASKS[REGRESSION]

    def __init__(self, scale: Scale | None = None) -> None:
        self.scale = scale or Scale()

    def of_labels(self, targets: np.ndarray) -> "Regression":
        """With their scale."""
        return Regression(Scale.of(targets))

    def of_decision(self, decision: Decision) -> "Regression":
        """With the scale that a model was trained with."""
        return Regression(decision.scale)

    def targets(self, manifest: Manifest, split: str) -> np.ndarray:
        """(N,) numbers."""
        labels: list[Any] = [example.label for example in manifest.used_split(split)]
        return np.asarray([float(label) for label in labels], dtype=np.float32)

    def can_be_told(self, targets: np.ndarray) -> bool:
        """Whether there are two numbers."""
        return len(targets) > 0 and bool(targets.min() < targets.max())

    def chance(self, targets: np.ndarray) -> tuple[float, int | None]:
        """Always saying the mean, by which R² is defined."""
        del targets
        return 0.0, None

    def criterion(
        self, recipe: FinetuneRecipe, targets: np.ndarray, num_classes: int
    ) -> ErrorOfNumbers:
        """As the recipe says; the scale is that of all training labels, not of these alone."""
        del targets, num_classes
        return ErrorOfNumbers(self.scale, recipe.loss)

    def activate(self, logits: Tensor) -> Tensor:
        """(B, 1) numbers in the unit of the labels."""
        return logits.float() * self.scale.spread + self.scale.mean

    def divergence(self, logits: Tensor, others: Tensor) -> Tensor:
        """The mean squared difference, in variances."""
        return F.mse_loss(logits.float(), others.float())

    def fit_layer(
        self,
        features: np.ndarray,
        targets: np.ndarray,
        num_classes: int,
        *,
        seed: int,
        balanced: bool,
        strength: float | None = None,
    ) -> "LinearLayer | None":
        """A ridge regression on numbers in standard deviations."""
        from core.evaluate.ridge import fit_ridge

        del num_classes, balanced
        wanted = (targets.astype(np.float64) - self.scale.mean) / self.scale.spread
        return fit_ridge(features, wanted, seed=seed, choose=strength is None)

    def neighbours(
        self,
        features: np.ndarray,
        targets: np.ndarray,
        num_classes: int,
        asked: np.ndarray,
        *,
        k: int,
        seed: int,
    ) -> np.ndarray | None:
        """Their weighted means."""
        from core.evaluate.ridge import near_numbers

        del num_classes
        return near_numbers(features, targets, asked, k=k, seed=seed)

    def temperature(
        self, probabilities: np.ndarray, targets: np.ndarray, *, cautious: bool = False
    ) -> None:
        """None: a number has no temperature."""
        del probabilities, targets, cautious

    def decision(
        self, probabilities: np.ndarray | None, targets: np.ndarray | None, num_classes: int
    ) -> Decision:
        """The number itself; with validation examples how far off it usually is."""
        from core.evaluate.margin import margin_of

        del num_classes
        if probabilities is None or targets is None or not len(targets):
            return Decision(self.task, scale=self.scale)
        margin = margin_of(np.abs(probabilities[:, 0] - targets), MARGIN_LEVEL)
        return Decision(self.task, (), len(targets), self.scale, margin)

    def labels_of(self, answers: np.ndarray, decision: Decision) -> np.ndarray:
        """The numbers."""
        del decision
        found: np.ndarray = answers[:, 0].astype(np.float32)
        return found

    def sureness(
        self, answers: np.ndarray, spread: np.ndarray | None, decision: Decision
    ) -> np.ndarray:
        """How near to each other the models' numbers are, in deviations of the labels.

        A number says nothing of how sure it is, so one model is not sure of any.
        """
        del decision
        if spread is None:
            return np.zeros(len(answers))
        found: np.ndarray = 1 / (1 + spread[:, 0].astype(np.float64) / self.scale.spread)
        return found

    def sureness_in_words(self, sureness: float) -> str:
        """How far apart the models' numbers may be."""
        apart = (1 / max(sureness, 1e-9) - 1) * self.scale.spread
        return f"a standard deviation of {in_digits(apart)} between classifiers"

    def are_right(self, answers: np.ndarray, targets: np.ndarray, decision: Decision) -> None:
        """None: numbers are more or less far off."""
        del answers, targets, decision

    def evaluated(
        self,
        probabilities: np.ndarray,
        targets: np.ndarray,
        classes: Sequence[str],
        decision: Decision,
        *,
        seed: int,
    ) -> dict[str, Any]:
        """R², mean absolute and root mean squared error and more."""
        from core.evaluate.regression import evaluate_numbers

        del classes, decision
        return evaluate_numbers(probabilities[:, 0], targets, seed=seed)

    def example_scores(
        self, probabilities: np.ndarray, targets: np.ndarray, decision: Decision
    ) -> np.ndarray:
        """(3, N)."""
        from core.evaluate.regression import number_scores

        del decision
        return number_scores(probabilities[:, 0], targets)

    def score(self, probabilities: np.ndarray, targets: np.ndarray) -> float:
        """R²."""
        from core.evaluate.regression import r_squared

        return r_squared(probabilities[:, 0], targets)

    def kept_scores(self, answers: Mapping[str, Any]) -> np.ndarray:
        """(N,) R² plus each example's influence on it."""
        from core.evaluate.regression import number_scores

        found: np.ndarray = number_scores(answers["probabilities"][:, 0], answers["targets"])[0]
        return found

    def losses(
        self, probabilities: np.ndarray, targets: np.ndarray, *, balanced: bool
    ) -> np.ndarray:
        """Squared errors, in variances of the training labels."""
        del balanced
        errors = (probabilities[:, 0].astype(np.float64) - targets) / self.scale.spread
        found: np.ndarray = errors**2
        return found

    def probe(
        self,
        features: np.ndarray,
        targets: np.ndarray,
        *,
        k: int,
        seed: int,
        fit_on: tuple[np.ndarray, np.ndarray] | None,
    ) -> "ProbeScore":
        """R² of neighbours and of a ridge regression."""
        from core.evaluate.ridge import probe_numbers

        return probe_numbers(features, targets, k=k, seed=seed, fit_on=fit_on)


def put_scale_into(output: nn.Linear, scale: Scale) -> None:
    """Let a linear layer that answers in standard deviations answer in the unit of the labels."""
    with torch.no_grad():
        output.weight.mul_(scale.spread)
        output.bias.mul_(scale.spread).add_(scale.mean)
