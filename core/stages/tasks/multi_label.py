"""Any number of labels of each example: sigmoids, binary cross-entropy, thresholds, mAP."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import Tensor, nn

from core.data.manifest import Manifest
from core.data.tags import names_in
from core.recipe import FinetuneRecipe
from core.recipe.tasks import MULTI, TASKS
from core.run.decision import Decision
from core.stages.tasks.task import StageTask

if TYPE_CHECKING:
    from core.evaluate.probe import ProbeScore
    from core.evaluate.regularised_probe import LinearLayer


class BinaryCrossEntropy(nn.Module):
    """Binary cross-entropy of each row, the mean over its labels.

    Args:
        positive_weights: (C,) factors on the loss where a label applies; None for none.
        smoothing: Share of each answer that is spread over yes and no.
    """

    positive_weights: Tensor | None

    def __init__(self, positive_weights: Tensor | None = None, smoothing: float = 0.0) -> None:
        super().__init__()
        self._smoothing = smoothing
        self.register_buffer("positive_weights", positive_weights, persistent=False)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """(B,) losses of (B, C) logits and (B, C) labels, 1 where one applies."""
        wanted = labels.float() * (1 - self._smoothing) + self._smoothing / 2
        losses = F.binary_cross_entropy_with_logits(
            logits, wanted, pos_weight=self.positive_weights, reduction="none"
        )
        return losses.mean(dim=1)


class MultiLabel(StageTask):
    """See `StageTask`; targets are (N, C) float32, 1 where a label applies."""

    task = TASKS[MULTI]

    def targets(self, manifest: Manifest, split: str) -> np.ndarray:
        """(N, C)."""
        index = {name: number for number, name in enumerate(manifest.classes)}
        examples = manifest.used_split(split)
        found = np.zeros((len(examples), len(index)), dtype=np.float32)
        for row, example in enumerate(examples):
            for name in names_in(example.label, self.task):
                found[row, index[name]] = 1.0
        return found

    def can_be_told(self, targets: np.ndarray) -> bool:
        """Whether a label applies to some examples, and not to others."""
        return len(targets) > 0 and bool((targets.min(axis=0) < targets.max(axis=0)).any())

    def chance(self, targets: np.ndarray) -> tuple[float, int | None]:
        """Ranking by chance: the mean share of the labels that apply to some."""
        shares = targets.mean(axis=0)
        return float(shares[shares > 0].mean()) if shares.any() else 0.0, None

    def criterion(
        self, recipe: FinetuneRecipe, targets: np.ndarray, num_classes: int
    ) -> BinaryCrossEntropy:
        """Binary cross-entropy; weights make the positive examples as many as the others."""
        del num_classes
        weights = None
        if recipe.balance == "weights":
            positive = targets.sum(axis=0)
            ratio = (len(targets) - positive) / np.maximum(positive, 1)
            weights = torch.from_numpy(np.maximum(ratio, 1e-3).astype(np.float32))
        return BinaryCrossEntropy(weights, recipe.label_smoothing)

    def activate(self, logits: Tensor) -> Tensor:
        """A sigmoid for each label."""
        return logits.sigmoid()

    def divergence(self, logits: Tensor, others: Tensor) -> Tensor:
        """KL(p | q) + KL(q | p) of each label's yes and no, the mean over the labels."""
        difference = logits.float() - others.float()
        return ((logits.float().sigmoid() - others.float().sigmoid()) * difference).mean()

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
        """A logistic regression for each label."""
        from core.evaluate.sigmoid_layer import fit_tags

        del num_classes
        return fit_tags(features, targets, seed=seed, balanced=balanced, strength=strength)

    def softened(
        self, layer: "LinearLayer", features: np.ndarray, targets: np.ndarray
    ) -> "LinearLayer":
        """By the cross-entropy of all labels together."""
        from core.evaluate.sigmoid_layer import tag_losses
        from core.evaluate.softening import softened

        return softened(layer, features, lambda logits: float(tag_losses(logits, targets).mean()))

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
        """Shares of the votes for each label."""
        from core.evaluate.sigmoid_layer import tag_votes

        del num_classes
        return tag_votes(features, targets, asked, k=k, seed=seed)

    def temperature(
        self, probabilities: np.ndarray, targets: np.ndarray, *, cautious: bool = False
    ) -> float:
        """Of all labels together."""
        from core.evaluate.calibration import cautious as cautiously
        from core.evaluate.sigmoid_layer import fit_tag_temperature, log_odds, tag_losses

        logits = log_odds(probabilities)
        found = fit_tag_temperature(logits, targets)
        if cautious:
            found = cautiously(
                found, lambda tried: tag_losses(logits / tried, targets).mean(axis=1)
            )
        return found

    def tempered(self, probabilities: np.ndarray, temperature: float) -> np.ndarray:
        """Of a sigmoid for each label."""
        from scipy.special import expit

        from core.evaluate.sigmoid_layer import log_odds

        found: np.ndarray = expit(log_odds(probabilities) / temperature).astype(np.float32)
        return found

    def decision(
        self, probabilities: np.ndarray | None, targets: np.ndarray | None, num_classes: int
    ) -> Decision:
        """Every label above its threshold; without validation examples that is one half."""
        from core.evaluate.thresholds import USUAL, chosen_thresholds

        if probabilities is None or targets is None or not len(targets):
            return Decision(self.task, (USUAL,) * num_classes)
        found = chosen_thresholds(probabilities, targets)
        return Decision(self.task, tuple(map(float, found)), len(targets))

    def labels_of(self, answers: np.ndarray, decision: Decision) -> np.ndarray:
        """Every label above its threshold."""
        return (answers >= np.array(decision.thresholds)).astype(np.float32)

    def sureness(
        self, answers: np.ndarray, spread: np.ndarray | None, decision: Decision
    ) -> np.ndarray:
        """That of the label which is least sure: half at its threshold, 1 at no and at yes."""
        del spread
        limits = np.array(decision.thresholds)
        above = (answers - limits) / (1 - limits)
        below = (limits - answers) / limits
        found: np.ndarray = (0.5 + 0.5 * np.where(answers >= limits, above, below)).min(axis=1)
        return found

    def are_right(self, answers: np.ndarray, targets: np.ndarray, decision: Decision) -> np.ndarray:
        """Whether all labels of an example are."""
        found: np.ndarray = (self.labels_of(answers, decision) == targets).all(axis=1)
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
        """Mean average precision, micro- and macro-F1 and more."""
        from core.evaluate.multi_label import evaluate_tags

        thresholds = np.array(decision.thresholds)
        return evaluate_tags(probabilities, targets, thresholds, classes, seed=seed)

    def example_scores(
        self, probabilities: np.ndarray, targets: np.ndarray, decision: Decision
    ) -> np.ndarray:
        """(3, N)."""
        from core.evaluate.multi_label import tag_scores

        return tag_scores(probabilities, targets, np.array(decision.thresholds))

    def score(self, probabilities: np.ndarray, targets: np.ndarray) -> float:
        """The mean average precision."""
        from core.evaluate.multi_label import mean_average_precision

        return mean_average_precision(probabilities, targets)

    def kept_scores(self, answers: Mapping[str, Any]) -> np.ndarray:
        """(N,) the mean average precision plus each example's influence on it."""
        from core.evaluate.multi_label import tag_scores

        probabilities = answers["probabilities"]
        # No threshold has a part in it.
        half = np.full(probabilities.shape[1], 0.5)
        found: np.ndarray = tag_scores(probabilities, answers["targets"], half)[0]
        return found

    def losses(
        self, probabilities: np.ndarray, targets: np.ndarray, *, balanced: bool
    ) -> np.ndarray:
        """Of all labels together; balanced, yes and no of each count the same."""
        from core.evaluate.sigmoid_layer import fit_tag_temperature, log_odds, tag_losses

        logits = log_odds(probabilities)
        losses = tag_losses(logits / fit_tag_temperature(logits, targets), targets)
        if balanced:
            positive = np.maximum(targets.sum(axis=0), 1)
            negative = np.maximum(len(targets) - targets.sum(axis=0), 1)
            weights = np.where(targets > 0, 1 / positive, 1 / negative)
            losses = losses * weights / weights.mean()
        found: np.ndarray = losses.mean(axis=1)
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
        """Mean average precisions."""
        from core.evaluate.tag_probe import probe_tags

        return probe_tags(features, targets, k=k, seed=seed, fit_on=fit_on)
