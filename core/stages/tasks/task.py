"""All that stages leave to the task: targets, loss, answers, numbers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor, nn

from core.data.manifest import Manifest
from core.recipe import FinetuneRecipe
from core.recipe.tasks import Task
from core.run.decision import Decision

if TYPE_CHECKING:
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.probe import ProbeScore
    from core.evaluate.regularised_probe import LinearLayer


class StageTask(ABC):
    """One kind of answer, from the labels of a manifest to the numbers in the results.

    Attributes:
        task: Its names and words.
    """

    task: Task

    def of_labels(self, targets: np.ndarray) -> "StageTask":
        """The task with what it has to know of the training labels."""
        del targets
        return self

    def of_decision(self, decision: Decision) -> "StageTask":
        """The task with what it has to know to read a trained model's answers."""
        del decision
        return self

    @abstractmethod
    def targets(self, manifest: Manifest, split: str) -> np.ndarray:
        """(N, …) what is to be answered, in the order of `Manifest.used_split`."""

    @abstractmethod
    def can_be_told(self, targets: np.ndarray) -> bool:
        """Whether there are two answers at least."""

    @abstractmethod
    def chance(self, targets: np.ndarray) -> tuple[float, int | None]:
        """The first metric of whoever knows nothing, and the class that is then always said."""

    @abstractmethod
    def criterion(self, recipe: FinetuneRecipe, targets: np.ndarray, num_classes: int) -> nn.Module:
        """The loss: (B, C) float32 logits and the batch's labels to (B,).

        Args:
            recipe: How it is weighed and smoothed.
            targets: Of the training examples.
            num_classes: C.
        """

    @abstractmethod
    def activate(self, logits: Tensor) -> Tensor:
        """(B, C) probabilities of logits; of numbers (B, 1) in the unit of the labels."""

    @abstractmethod
    def divergence(self, logits: Tensor, others: Tensor) -> Tensor:
        """Mean over the rows of how far apart two answers are, symmetric; of (B, C) logits."""

    @abstractmethod
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
        """A linear layer on (N, D) features; None where none can be fitted.

        Args:
            features: Of training examples.
            targets: Of the same.
            num_classes: C.
            seed: Of all that is drawn.
            balanced: Weigh labels as if all were equally frequent.
            strength: Of the regularisation; None to choose it by cross-validation.
        """

    def softened(
        self, layer: "LinearLayer", features: np.ndarray, targets: np.ndarray
    ) -> "LinearLayer":
        """The layer that a fine-tuning starts from: see `core.evaluate.softening`."""
        del features, targets
        return layer

    @abstractmethod
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
        """(N, C) what the k nearest training examples say; None where a feature is no number."""

    @abstractmethod
    def temperature(
        self, probabilities: np.ndarray, targets: np.ndarray, *, cautious: bool = False
    ) -> float | None:
        """The number that the logits behind probabilities of held-out examples want, if any.

        Args:
            probabilities: (N, C) answers.
            targets: Of the same examples.
            cautious: Whether it is below 1 only as far as the examples prove.
        """

    def tempered(self, probabilities: np.ndarray, temperature: float) -> np.ndarray:
        """(N, C) the same answers, their logits divided by a temperature."""
        del temperature
        return probabilities

    @abstractmethod
    def decision(
        self, probabilities: np.ndarray | None, targets: np.ndarray | None, num_classes: int
    ) -> Decision:
        """How probabilities become an answer, by validation examples; None: there are none."""

    @abstractmethod
    def labels_of(self, answers: np.ndarray, decision: Decision) -> np.ndarray:
        """(N, …) what (N, C) answers say, as labels are given to a training."""

    @abstractmethod
    def sureness(
        self, answers: np.ndarray, spread: np.ndarray | None, decision: Decision
    ) -> np.ndarray:
        """(N,) how sure several models are of their average answer, from 0 (not at all) to 1.

        Args:
            answers: (N, C) the averages.
            spread: (N, C) their standard deviations over the models; None: there is one model.
            decision: By which answers become labels.
        """

    @abstractmethod
    def are_right(
        self, answers: np.ndarray, targets: np.ndarray, decision: Decision
    ) -> np.ndarray | None:
        """(N,) whether answers are right; None where they are only nearer or farther off."""

    def sureness_in_words(self, sureness: float) -> str:
        """A limit of it."""
        return f"{100 * sureness:.1f} %"

    @abstractmethod
    def evaluated(
        self,
        probabilities: np.ndarray,
        targets: np.ndarray,
        classes: Sequence[str],
        decision: Decision,
        *,
        seed: int,
    ) -> dict[str, Any]:
        """The metrics of (N, C) probabilities, ready for JSON."""

    @abstractmethod
    def example_scores(
        self, probabilities: np.ndarray, targets: np.ndarray, decision: Decision
    ) -> np.ndarray:
        """(M, N) what each example says of each of the task's metrics."""

    @abstractmethod
    def score(self, probabilities: np.ndarray, targets: np.ndarray) -> float:
        """The first metric, alone."""

    @abstractmethod
    def kept_scores(self, answers: Mapping[str, Any]) -> np.ndarray:
        """(N,) what each example says of the first metric, of answers that were kept."""

    @abstractmethod
    def losses(
        self, probabilities: np.ndarray, targets: np.ndarray, *, balanced: bool
    ) -> np.ndarray:
        """(N,) what each example adds to `loss`, which is their mean."""

    def loss(self, probabilities: np.ndarray, targets: np.ndarray, *, balanced: bool) -> float:
        """Mean log loss at the temperature that suits best; of numbers the squared error."""
        return float(self.losses(probabilities, targets, balanced=balanced).mean())

    @abstractmethod
    def probe(
        self,
        features: np.ndarray,
        targets: np.ndarray,
        *,
        k: int,
        seed: int,
        fit_on: tuple[np.ndarray, np.ndarray] | None,
    ) -> "ProbeScore":
        """How much features know, as `core.evaluate.probe.probe` says it."""
