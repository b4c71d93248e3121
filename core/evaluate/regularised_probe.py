"""A linear probe whose strength is chosen by cross-validation, on features as they are scaled."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.evaluate.probe import Features, Targets, stratified_folds

# Inverse strengths of the L2 penalty, for features with a mean square of 1.
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)
_FOLDS = 3
# The strength is chosen on so many examples at most.
_MOST_TO_CHOOSE_ON = 2000
_MAX_ITERATIONS = 150
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class FittedProbe:
    """A linear layer on features as they are.

    Attributes:
        weight: (C, D); 0 for a class without examples.
        bias: (C,); the least of all for a class without examples.
        strength: The C of the logistic regression.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    strength: float

    def logits(self, features: Features) -> NDArray[np.floating[Any]]:
        """(N, C) of (N, D) features."""
        return features @ self.weight.T + self.bias


def fit_regularised(
    features: Features,
    targets: Targets,
    num_classes: int,
    *,
    seed: int,
    balanced: bool = False,
    strength: float | None = None,
) -> FittedProbe | None:
    """Logistic regression with the strength that has the least held-out loss; deterministic.

    Features are centred and divided by one number, so that directions which hardly vary stay
    small: to standardise each would give their noise the same say. None when fewer than two
    classes have examples, or a feature is not finite.

    Args:
        features: (N, D) representations to fit on.
        targets: (N,) their classes.
        num_classes: C, with those that have no example here.
        seed: Of the folds.
        balanced: Weigh the classes as if all had the same number of examples.
        strength: One of `STRENGTHS` that was chosen before; None to choose.
    """
    if len(np.unique(targets)) < 2 or not np.isfinite(features).all():
        return None
    centre = features.mean(axis=0)
    size = max(float(np.sqrt(np.square(features - centre).mean())), 1e-12)
    scaled = (features - centre) / size
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if strength is None:
            strength = _chosen(scaled, targets, seed, balanced)
        fitted = _logistic(strength, balanced).fit(scaled, targets)
    present = fitted.classes_
    rows, intercepts = _rows(fitted)
    weight = np.zeros((num_classes, features.shape[1]), dtype=np.float32)
    bias = np.full(num_classes, intercepts.min(), dtype=np.float32)
    weight[present] = rows / size
    bias[present] = intercepts - rows @ centre / size
    return FittedProbe(weight, bias, strength)


def _chosen(features: Features, targets: Targets, seed: int, balanced: bool) -> float:
    """The strength with the least mean loss over the folds; the strongest penalty of equals."""
    random = np.random.default_rng(seed)
    if len(targets) > _MOST_TO_CHOOSE_ON:
        chosen = np.sort(random.permutation(len(targets))[:_MOST_TO_CHOOSE_ON])
        features, targets = features[chosen], targets[chosen]
    fold = stratified_folds(targets, _FOLDS, random)
    losses = np.zeros(len(STRENGTHS))
    for number in range(_FOLDS):
        fit = fold != number
        # A class of a single example can't be asked about where it is held out.
        held = ~fit & np.isin(targets, targets[fit])
        if len(np.unique(targets[fit])) < 2 or not held.any():
            continue
        weights = _class_weights(targets)[targets[held]] if balanced else None
        model = _logistic(1.0, balanced, warm_start=True)
        for index, strength in enumerate(STRENGTHS):
            model.set_params(C=strength).fit(features[fit], targets[fit])
            shares = model.predict_proba(features[held])
            column = np.searchsorted(model.classes_, targets[held])
            right = shares[np.arange(len(column)), column]
            loss = -np.log(np.maximum(right, 1e-12))
            losses[index] += float(np.average(loss, weights=weights)) * held.sum()
    return STRENGTHS[int(losses.argmin())]


def _class_weights(targets: Targets) -> NDArray[np.floating[Any]]:
    return 1 / np.maximum(np.bincount(targets), 1)


def _logistic(strength: float, balanced: bool, *, warm_start: bool = False) -> LogisticRegression:
    return LogisticRegression(
        C=strength,
        tol=_TOLERANCE,
        max_iter=_MAX_ITERATIONS,
        class_weight="balanced" if balanced else None,
        warm_start=warm_start,
    )


def _rows(fitted: LogisticRegression) -> tuple[NDArray[Any], NDArray[Any]]:
    """(C, D) and (C,): of two classes one row of log-odds stands for two logits."""
    if len(fitted.classes_) > 2:
        return fitted.coef_, fitted.intercept_
    rows = np.concatenate([-fitted.coef_, fitted.coef_]) / 2
    return rows, np.concatenate([-fitted.intercept_, fitted.intercept_]) / 2
