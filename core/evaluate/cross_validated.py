"""What a frozen encoder's features say of each labeled example, by probes that never saw it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluate.neighbours import neighbours_probabilities
from core.evaluate.probe import Features, Targets, stratified_folds
from core.evaluate.regularised_probe import FOLDS, fit_regularised


@dataclass(frozen=True, eq=False)
class CrossValidated:
    """How good two probes of an encoder are on examples that they were not fitted on.

    Attributes:
        scores: (N,) of each example 1 minus half the Brier score (the squared distance of the
            probabilities from the truth), mean of both probes: 1 is right and sure, 0 wrong and
            sure.
        linear: Share of right answers of a regularised linear layer.
        knn: Share of right answers of the nearest neighbours.
    """

    scores: NDArray[np.float64]
    linear: float
    knn: float


def folds_of(
    targets: Targets, groups: NDArray[np.int64] | None, random: np.random.Generator
) -> NDArray[np.intp]:
    """(N,) the fold of each example; groups stay together, else classes are spread evenly."""
    if groups is None:
        return stratified_folds(targets, FOLDS, random)
    _, numbers = np.unique(groups, return_inverse=True)
    found: NDArray[np.intp] = random.permutation(numbers.max() + 1)[numbers] % FOLDS
    return found


def cross_validated(
    features: Features,
    targets: Targets,
    num_classes: int,
    fold: NDArray[np.intp],
    *,
    k: int,
    seed: int,
) -> CrossValidated | None:
    """Both probes on every example, fitted on the other folds; deterministic.

    The strength of the regularisation is chosen once, on all examples: one number, the same way for
    every encoder. None when a feature is not finite, or a fold leaves fewer than two classes.

    Args:
        features: (N, D) representations.
        targets: (N,) their classes.
        num_classes: C, with those that have no example here.
        fold: (N,) as `folds_of` says.
        k: Neighbours that vote.
        seed: Of what is chosen where there are too many examples.
    """
    usual = fit_regularised(features, targets, num_classes, seed=seed)
    if usual is None:
        return None
    linear = np.zeros((len(targets), num_classes))
    knn = np.zeros((len(targets), num_classes))
    for number in np.unique(fold):
        fit, held = fold != number, fold == number
        layer = fit_regularised(
            features[fit], targets[fit], num_classes, seed=seed, strength=usual.strength
        )
        votes = neighbours_probabilities(
            features[fit], targets[fit], num_classes, features[held], k=k, seed=seed
        )
        if layer is None or votes is None:
            return None
        linear[held], knn[held] = _softmax(layer.logits(features[held])), votes
    truth = np.eye(num_classes)[targets]
    brier = [((said - truth) ** 2).sum(axis=1) for said in (linear, knn)]
    right = [float((said.argmax(axis=1) == targets).mean()) for said in (linear, knn)]
    return CrossValidated(1 - (brier[0] + brier[1]) / 4, *right)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    raised = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    found: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return found
