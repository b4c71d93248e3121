"""A linear layer with a logistic regression for each label, on a frozen encoder's features.

For several labels per example what `core.evaluate.regularised_probe` is for one: the same
penalties, all labels fitted together, one strength for all of them, chosen on the training examples
alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.evaluate.probe import MAX_ITERATIONS, Features, at_most, similar_votes
from core.evaluate.regularised_probe import (
    FOLDS,
    MOST_CHOOSING,
    MOST_FITTED,
    STRENGTHS,
    USUAL_STRENGTH,
    LinearLayer,
)
from core.evaluate.scaling import LiveScaler

Tags = NDArray[np.floating[Any]]
_GRADIENT = 1e-5
_LEAST_TEMPERATURE, _MOST_TEMPERATURE = 0.05, 20.0
_LEAST_SHARE = 1e-7


def fit_tags(
    features: Features,
    targets: Tags,
    *,
    seed: int,
    balanced: bool = False,
    strength: float | None = None,
) -> LinearLayer | None:
    """Fit the layer; deterministic. None where no label differs, or a feature is not finite.

    A label that applies to all or to none of the examples gets the weights 0.

    Args:
        features: (N, D) representations of training examples.
        targets: (N, C) 1 where a label applies.
        seed: Of the folds, and of the choice where there are too many examples.
        balanced: Weigh the positive examples of each label as if they were as many as the others.
        strength: Inverse strength of the regularisation, on features of variance 1; None to choose.
    """
    if not np.isfinite(features).all() or not _differing(targets).any():
        return None
    random, held_loss = np.random.default_rng(seed), None
    # Many small products: beside other busy threads, more than one thread makes them slower.
    with threadpool_limits(1):
        if strength is None:
            some = at_most(features, targets, MOST_CHOOSING, random)
            strength, held_loss = _chosen_strength(*some, random, balanced=balanced)
        features, targets = at_most(features, targets, MOST_FITTED, random)
        weight, bias, _ = _fit(features, targets, strength, None, balanced=balanced)
    return LinearLayer(weight, bias, strength, len(targets), held_loss)


def tag_votes(
    features: Features, targets: Tags, asked: Features, *, k: int, seed: int
) -> NDArray[np.float32] | None:
    """(N, C) shares of the k nearest training examples' votes for each label, by cosine.

    None when a feature is not finite.
    """
    if not (np.isfinite(features).all() and np.isfinite(asked).all()):
        return None
    features, targets = at_most(features, targets, MOST_FITTED, np.random.default_rng(seed))
    with threadpool_limits(1):
        votes, which = similar_votes(features, asked, min(k, len(targets)))
    shares = votes / votes.sum(axis=1, keepdims=True)
    found: NDArray[np.float32] = np.einsum("nk,nkc->nc", shares, targets[which]).astype(np.float32)
    return np.clip(found, 0.0, 1.0)


def log_odds(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Of probabilities, as far as they can be told from 0 and 1."""
    shares = np.clip(probabilities.astype(np.float64), _LEAST_SHARE, 1 - _LEAST_SHARE)
    found: NDArray[np.float64] = np.log(shares) - np.log1p(-shares)
    return found


def tag_losses(logits: NDArray[np.floating[Any]], targets: Tags) -> NDArray[np.float64]:
    """(N, C) binary cross-entropy of each label."""
    found: NDArray[np.float64] = np.logaddexp(0.0, logits) - targets * logits
    return found


def fit_tag_temperature(logits: NDArray[np.floating[Any]], targets: Tags) -> float:
    """The number that all logits are best divided by (Guo et al. 2017), for each label by itself.

    It counts as one more example of which each label may be true or not, as
    `core.evaluate.calibration` does.
    """
    logits = logits.astype(np.float64)
    doubt = 1 / (len(targets) + 1)
    softened = (1 - doubt) * targets + doubt / 2

    def loss(log_temperature: float) -> float:
        return float(tag_losses(np.exp(-log_temperature) * logits, softened).mean())

    bounds = (np.log(_LEAST_TEMPERATURE), np.log(_MOST_TEMPERATURE))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def _differing(targets: Tags) -> NDArray[np.bool_]:
    """(C,) labels that apply to some of the examples, but not to all."""
    found: NDArray[np.bool_] = targets.min(axis=0) < targets.max(axis=0)
    return found


def _chosen_strength(
    features: Features, targets: Tags, random: np.random.Generator, *, balanced: bool
) -> tuple[float, float | None]:
    """The strength with the least mean log loss on held-out folds, and that loss.

    The usual one, and none, where there can't be any.
    """
    fold = random.permutation(len(targets)) % FOLDS
    starts: dict[int, NDArray[np.float64] | None] = dict.fromkeys(np.unique(fold))
    if len(starts) < FOLDS:
        return USUAL_STRENGTH, None
    best, least = USUAL_STRENGTH, np.inf
    for strength in STRENGTHS:
        loss = 0.0
        for number, start in starts.items():
            held = fold == number
            weight, bias, starts[number] = _fit(
                features[~held], targets[~held], strength, start, balanced=balanced
            )
            logits = features[held] @ weight.T + bias
            loss += float(tag_losses(logits, targets[held]).sum())
        if loss >= least:
            break  # it rises from here on, and weaker ones take longest
        best, least = strength, loss
    return best, least / targets.size


def _fit(
    features: Features,
    targets: Tags,
    strength: float,
    start: NDArray[np.float64] | None,
    *,
    balanced: bool,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64] | None]:
    """(C, D) weight and (C,) bias on features as they are, and where the next fit may start."""
    num_examples, num_tags = targets.shape
    chosen = _differing(targets)
    own = targets[:, chosen].astype(np.float64)
    positive = targets.sum(axis=0)
    weight = np.zeros((num_tags, features.shape[1]), dtype=np.float32)
    bias = np.log((positive + 0.5) / (num_examples - positive + 0.5)).astype(np.float32)
    if not chosen.any():
        return weight, bias, start
    scaler = LiveScaler().fit(features)
    scaled = np.column_stack([scaler.transform(features), np.ones(num_examples)]).astype(np.float64)
    ratio = (num_examples - own.sum(axis=0)) / own.sum(axis=0)
    importance = np.where(own > 0, ratio, 1.0) if balanced else np.ones_like(own)
    shape = (scaled.shape[1], own.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        layer = flat.reshape(shape)
        logits = scaled @ layer
        free = layer.copy()
        free[-1] = 0.0
        value = (importance * tag_losses(logits, own)).sum() + (free**2).sum() / (2 * strength)
        gradient = scaled.T @ (importance * (expit(logits) - own)) + free / strength
        return float(value) / num_examples, gradient.ravel() / num_examples

    size = shape[0] * shape[1]
    begin = np.zeros(size) if start is None or start.size != size else start
    found = minimize(
        loss,
        begin,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "gtol": _GRADIENT},
    ).x
    layer = found.reshape(shape).T
    weight[chosen] = layer[:, :-1] / scaler.scale_
    bias[chosen] = layer[:, -1] - weight[chosen] @ scaler.mean_
    return weight, bias, found
