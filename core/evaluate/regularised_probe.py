"""A linear layer on a frozen encoder's features, regularised as much as cross-validation wants.

Other than the probes that watch a pre-training (`core.evaluate.probe`), it is there to be used: as
a classifier of its own, and as the head that fine-tuning starts from. The strength is chosen on the
training examples alone.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.evaluate.probe import (
    MAX_ITERATIONS,
    TOLERANCE,
    Features,
    Targets,
    at_most,
    fit_linear,
    stratified_folds,
)
from core.evaluate.scaling import LiveScaler

# Inverse strengths of the L2 penalty, on features of variance 1; the strongest first.
STRENGTHS = (0.0005, 0.005, 0.05, 0.5, 5.0)
USUAL_STRENGTH = 0.05
# More examples than these make a choice or a fit no better that is worth the time.
MOST_CHOOSING = 3_000
MOST_FITTED = 20_000
FOLDS: Final = 5
# A class that a fold has never seen has no probability at all.
_LEAST_LOG = -20.0


@dataclass(frozen=True, eq=False)
class LinearLayer:
    """A linear layer on features as they are.

    Attributes:
        weight: (C, D); 0 for a class without examples.
        bias: (C,); the least of all for a class without examples.
        strength: The inverse strength of its regularisation.
        num_examples: That it was fitted on.
        held_loss: Mean log loss of held-out folds with that strength; None where it was not chosen
            by cross-validation.
        divisor: What the logits of the fitted layer were divided by since.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    strength: float
    num_examples: int
    held_loss: float | None = None
    divisor: float = 1.0

    def divided(self, temperature: float) -> "LinearLayer":
        """The layer whose logits are these, divided by a temperature."""
        weight, bias = (
            (values / temperature).astype(np.float32) for values in (self.weight, self.bias)
        )
        return replace(self, weight=weight, bias=bias, divisor=temperature * self.divisor)

    def logits(self, features: Features) -> NDArray[np.float32]:
        """(N, C) of (N, D) features."""
        found: NDArray[np.float32] = features.astype(np.float32) @ self.weight.T + self.bias
        return found


def fit_regularised(
    features: Features,
    targets: Targets,
    num_classes: int,
    *,
    seed: int,
    balanced: bool = False,
    strength: float | None = None,
) -> LinearLayer | None:
    """A logistic regression whose regularisation has the least held-out loss; deterministic.

    None when fewer than two classes have examples, or a feature is not finite.

    Args:
        features: (N, D) representations of training examples.
        targets: (N,) their classes.
        num_classes: C, with those that have no example here.
        seed: Of the folds, and of the choice where there are too many examples.
        balanced: Weigh the classes as if all had the same number of examples.
        strength: Of the regularisation, where it was chosen before; None to choose.
    """
    if len(np.unique(targets)) < 2 or not np.isfinite(features).all():
        return None
    random, held_loss = np.random.default_rng(seed), None
    if strength is None:
        some = at_most(features, targets, MOST_CHOOSING, random)
        strength, held_loss = _chosen_strength(*some, random, balanced=balanced)
    features, targets = at_most(features, targets, MOST_FITTED, random)
    fitted = fit_linear(features, targets, num_classes, balanced=balanced, strength=strength)
    return None if fitted is None else LinearLayer(*fitted, strength, len(targets), held_loss)


def _chosen_strength(
    features: Features, targets: Targets, random: np.random.Generator, *, balanced: bool
) -> tuple[float, float | None]:
    """The strength with the least mean log loss on held-out folds, and that loss.

    The usual one, and none, where there can't be any.
    """
    fold = stratified_folds(targets, FOLDS, random)
    pairs = [(fold != number, fold == number) for number in np.unique(fold)]
    pairs = [(fit, held) for fit, held in pairs if len(np.unique(targets[fit])) > 1]
    if not pairs:
        return USUAL_STRENGTH, None
    weight = "balanced" if balanced else None
    paths = [_losses(features, targets, fit, held, weight) for fit, held in pairs]
    best, least = USUAL_STRENGTH, np.inf
    # Many small products: more than one thread makes them slower beside other busy ones. Around
    # them all, because each time the libraries that have threads are looked for.
    with threadpool_limits(1):
        for strength in STRENGTHS:
            loss = sum(next(path) for path in paths)
            if loss >= least:
                break  # it rises from here on, and weaker ones take longest
            best, least = strength, loss
    return best, least / sum(int(held.sum()) for _, held in pairs)


def _losses(
    features: Features,
    targets: Targets,
    fit: NDArray[np.bool_],
    held: NDArray[np.bool_],
    weight: str | None,
) -> Iterator[float]:
    """The summed log loss on what is held out, strength by strength, each from the one before."""
    scaler = LiveScaler().fit(features[fit])
    inside, outside = scaler.transform(features[fit]), scaler.transform(features[held])
    logistic = LogisticRegression(
        tol=TOLERANCE, max_iter=MAX_ITERATIONS, warm_start=True, class_weight=weight
    )
    rows = np.arange(len(outside))
    for strength in STRENGTHS:
        logistic.set_params(C=strength)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            logistic.fit(inside, targets[fit])
        place = np.searchsorted(logistic.classes_, targets[held]).clip(
            max=len(logistic.classes_) - 1
        )
        said = logistic.predict_log_proba(outside)[rows, place]
        said = np.where(logistic.classes_[place] == targets[held], said, _LEAST_LOG)
        yield -float(np.maximum(said, _LEAST_LOG).sum())
