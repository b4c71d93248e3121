"""One class of each example: softmax, cross-entropy, accuracy."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.data.manifest import Manifest
from core.recipe import FinetuneRecipe
from core.recipe.tasks import SINGLE, TASKS
from core.run.decision import ONE_CLASS, Decision
from core.stages.regularise.r3f import symmetric_divergence
from core.stages.tasks.task import StageTask

if TYPE_CHECKING:
    from core.evaluate.probe import ProbeScore
    from core.evaluate.regularised_probe import LinearLayer

# Of a float32: what is less likely is 0.
_LEAST = 1e-37


class CrossEntropy(nn.Module):
    """Cross-entropy of each row.

    Args:
        class_weights: (C,) with mean 1 over the training examples; None for none.
        smoothing: Share of each label that is spread over all classes.
    """

    class_weights: Tensor | None

    def __init__(self, class_weights: Tensor | None = None, smoothing: float = 0.0) -> None:
        super().__init__()
        self._smoothing = smoothing
        self.register_buffer("class_weights", class_weights, persistent=False)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """(B,) losses of (B, C) logits and (B,) class indices."""
        losses = F.cross_entropy(logits, labels, reduction="none", label_smoothing=self._smoothing)
        if self.class_weights is None:
            return losses
        # Weighted before the mean over rows, not by its own weight sum: so the loss does not
        # depend on how a batch is cut.
        return losses * self.class_weights[labels]


class SingleLabel(StageTask):
    """See `StageTask`; targets are (N,) class indices."""

    task = TASKS[SINGLE]

    def targets(self, manifest: Manifest, split: str) -> np.ndarray:
        """(N,) class indices."""
        index = {name: number for number, name in enumerate(manifest.classes)}
        labels: list[Any] = [example.label for example in manifest.used_split(split)]
        return np.asarray([index[label] for label in labels], dtype=np.int64)

    def can_be_told(self, targets: np.ndarray) -> bool:
        """Whether two classes have examples."""
        return len(np.unique(targets)) > 1

    def chance(self, targets: np.ndarray) -> tuple[float, int | None]:
        """Always saying the most frequent class."""
        counts = np.bincount(targets)
        return float(counts.max() / counts.sum()), int(counts.argmax())

    def criterion(
        self, recipe: FinetuneRecipe, targets: np.ndarray, num_classes: int
    ) -> CrossEntropy:
        """Cross-entropy; weights are inverse to the class counts."""
        weights = class_weights(targets, num_classes) if recipe.balance == "weights" else None
        return CrossEntropy(weights, recipe.label_smoothing)

    def activate(self, logits: Tensor) -> Tensor:
        """The softmax."""
        return logits.softmax(dim=1)

    def divergence(self, logits: Tensor, others: Tensor) -> Tensor:
        """KL(p | q) + KL(q | p)."""
        return symmetric_divergence(logits, others)

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
        """A logistic regression."""
        from core.evaluate.regularised_probe import fit_regularised

        return fit_regularised(
            features, targets, num_classes, seed=seed, balanced=balanced, strength=strength
        )

    def softened(
        self, layer: "LinearLayer", features: np.ndarray, targets: np.ndarray
    ) -> "LinearLayer":
        """By the cross-entropy."""
        from core.evaluate.softening import softened

        def loss(logits: np.ndarray) -> float:
            return float(F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(targets)))

        return softened(layer, features, loss)

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
        """Shares of the votes."""
        from core.evaluate.neighbours import neighbours_probabilities

        return neighbours_probabilities(features, targets, num_classes, asked, k=k, seed=seed)

    def temperature(
        self, probabilities: np.ndarray, targets: np.ndarray, *, cautious: bool = False
    ) -> float:
        """Guo et al. 2017."""
        # Late: scipy takes a moment, and a run needs it at its end.
        from core.evaluate.calibration import cautious as cautiously
        from core.evaluate.calibration import fit_temperature, log_losses

        logits = np.log(np.maximum(probabilities, _LEAST))
        found = fit_temperature(logits, targets)
        if cautious:
            found = cautiously(found, lambda tried: log_losses(logits / tried, targets))
        return found

    def tempered(self, probabilities: np.ndarray, temperature: float) -> np.ndarray:
        """Of a softmax."""
        from scipy.special import softmax

        logits = np.log(np.maximum(probabilities, _LEAST)) / temperature
        found: np.ndarray = softmax(logits, axis=1).astype(np.float32)
        return found

    def decision(
        self, probabilities: np.ndarray | None, targets: np.ndarray | None, num_classes: int
    ) -> Decision:
        """The likeliest class."""
        del probabilities, targets, num_classes
        return ONE_CLASS

    def labels_of(self, answers: np.ndarray, decision: Decision) -> np.ndarray:
        """The likeliest classes."""
        del decision
        return answers.argmax(axis=1) if len(answers) else np.zeros(0, dtype=np.int64)

    def sureness(
        self, answers: np.ndarray, spread: np.ndarray | None, decision: Decision
    ) -> np.ndarray:
        """The probability of the likeliest class."""
        del spread, decision
        found: np.ndarray = answers.max(axis=1, initial=0.0)
        return found

    def are_right(self, answers: np.ndarray, targets: np.ndarray, decision: Decision) -> np.ndarray:
        """Whether the likeliest class is the true one."""
        found: np.ndarray = self.labels_of(answers, decision) == targets
        return found

    def evaluated(
        self,
        probabilities: np.ndarray,
        targets: np.ndarray,
        classes: Sequence[str],
        decision: Decision,
        *,
        seed: int,
    ) -> dict[str, Any]:
        """Accuracy, balanced accuracy, macro-F1 and more."""
        from core.evaluate.metrics import evaluate_predictions

        del decision
        return evaluate_predictions(probabilities, targets, classes, seed=seed)

    def example_scores(
        self, probabilities: np.ndarray, targets: np.ndarray, decision: Decision
    ) -> np.ndarray:
        """(3, N)."""
        from core.evaluate.metrics import example_scores

        del decision
        predicted = probabilities.argmax(axis=1)
        return example_scores(targets, predicted, probabilities.shape[1])

    def score(self, probabilities: np.ndarray, targets: np.ndarray) -> float:
        """The accuracy."""
        return float((probabilities.argmax(axis=1) == targets).mean())

    def kept_scores(self, answers: Mapping[str, Any]) -> np.ndarray:
        """(N,) whether each is right."""
        right = answers["probabilities"].argmax(axis=1) == answers["targets"]
        found: np.ndarray = right.astype(np.float64)
        return found

    def losses(
        self, probabilities: np.ndarray, targets: np.ndarray, *, balanced: bool
    ) -> np.ndarray:
        """See `core.evaluate.held_out_loss`."""
        # Late: scikit-learn's room takes seconds.
        from core.evaluate.held_out_loss import calibrated_losses

        return calibrated_losses(probabilities, targets, balanced=balanced)

    def probe(
        self,
        features: np.ndarray,
        targets: np.ndarray,
        *,
        k: int,
        seed: int,
        fit_on: tuple[np.ndarray, np.ndarray] | None,
    ) -> "ProbeScore":
        """Shares of right answers."""
        from core.evaluate.probe import probe

        return probe(features, targets, k=k, seed=seed, fit_on=fit_on)


def class_weights(targets: np.ndarray, num_classes: int) -> Tensor:
    """(C,) weights inverse to the class counts, with mean 1 over the training examples."""
    counts = np.bincount(targets, minlength=num_classes)
    present = max(1, int((counts > 0).sum()))
    weights = len(targets) / (present * np.maximum(counts, 1))
    return torch.from_numpy(weights.astype(np.float32))
