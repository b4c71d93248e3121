"""What a frozen encoder's features say of numbers: a ridge regression, neighbours, probes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.evaluate.probe import Features, ProbeScore, at_most, similar_votes
from core.evaluate.regression import Numbers, r_squared
from core.evaluate.regularised_probe import FOLDS, MOST_CHOOSING, MOST_FITTED, LinearLayer
from core.evaluate.scaling import live_spreads

# Penalties on features of variance 1, as shares of the number of examples; the strongest first.
_PENALTIES: Final = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
# Of probes, and of heads whose strength is not chosen.
_USUAL: Final = 0.3


def fit_ridge(
    features: Features, targets: Numbers, *, seed: int, choose: bool = True
) -> LinearLayer | None:
    """A linear layer with the least squared error and an L2 penalty; deterministic.

    Args:
        features: (N, D) representations of training examples.
        targets: (N,) numbers.
        seed: Of the folds, and of the choice where there are too many examples.
        choose: Whether the penalty is the one with the least error on held-out folds.

    Returns:
        (1, D) weight and (1,) bias; None where all numbers are the same, or one is not finite.
    """
    if not len(targets) or not np.isfinite(features).all() or targets.min() == targets.max():
        return None
    random = np.random.default_rng(seed)
    # Many small products: beside other busy threads, more than one thread makes them slower.
    with threadpool_limits(1):
        penalty = _USUAL
        if choose:
            penalty = _chosen_penalty(*at_most(features, targets, MOST_CHOOSING, random), random)
        features, targets = at_most(features, targets, MOST_FITTED, random)
        ((weight, bias),) = _fits(features, targets, (penalty,))
    # As of the other layers: the inverse strength of the regularisation.
    layer = weight.astype(np.float32)[None], np.array([bias], dtype=np.float32)
    return LinearLayer(*layer, 1 / penalty, len(targets))


def near_numbers(
    features: Features, targets: Numbers, asked: Features, *, k: int, seed: int
) -> NDArray[np.float32] | None:
    """(N, 1) means of the k nearest training examples' numbers, the nearer the weightier.

    None when a feature is not finite.
    """
    if not (np.isfinite(features).all() and np.isfinite(asked).all()):
        return None
    features, targets = at_most(features, targets, MOST_FITTED, np.random.default_rng(seed))
    with threadpool_limits(1):
        votes, which = similar_votes(features, asked, min(k, len(targets)))
    means = (votes * targets.astype(np.float64)[which]).sum(axis=1) / votes.sum(axis=1)
    found: NDArray[np.float32] = means.astype(np.float32)[:, None]
    return found


def probe_numbers(
    features: Features,
    targets: Numbers,
    *,
    k: int,
    seed: int,
    fit_on: tuple[Features, Numbers] | None = None,
    max_examples: int = 5000,
) -> ProbeScore:
    """R² of neighbours and of a ridge regression, as `core.evaluate.probe.probe` scores classes.

    What an example says for or against a representation is whether its prediction is nearer than
    the mean of the numbers that were fitted on.

    Args:
        features: (N, D) representations to score on.
        targets: (N,) their numbers.
        k: Neighbours.
        seed: Of the folds, and of the choice when there are too many examples.
        fit_on: (M, D) and (M,) to fit on instead of cross-validating.
        max_examples: More than these are subsampled.
    """
    random = np.random.default_rng(seed)
    features, targets = at_most(features, targets, max_examples, random)
    nothing = ProbeScore(None, None, len(targets))
    if not len(targets) or not np.isfinite(features).all():
        return nothing
    if fit_on is not None:
        parts = [(*at_most(*fit_on, max_examples, random), np.ones(len(targets), dtype=bool))]
    else:
        fold = random.permutation(len(targets)) % FOLDS
        parts = [(features[fold != n], targets[fold != n], fold == n) for n in np.unique(fold)]
    said = np.zeros((2, len(targets)))
    means = np.zeros(len(targets))
    for fit, numbers, held in parts:
        layer = fit_ridge(fit, numbers, seed=seed, choose=False)
        near = near_numbers(fit, numbers, features[held], k=k, seed=seed) if len(fit) else None
        if layer is None or near is None:
            return nothing
        said[0, held], said[1, held] = near[:, 0], layer.logits(features[held])[:, 0]
        means[held] = numbers.mean()
    knn, linear = (r_squared(each, targets) for each in said)
    right = np.abs(said - targets) < np.abs(means - targets)
    return ProbeScore(knn, linear, len(targets), 0, right)


def _chosen_penalty(features: Features, targets: Numbers, random: np.random.Generator) -> float:
    """The penalty with the least squared error on held-out folds; of equals the stronger."""
    if len(targets) < FOLDS:
        return _USUAL
    fold = random.permutation(len(targets)) % FOLDS
    errors = np.zeros(len(_PENALTIES))
    for number in range(FOLDS):
        held = fold == number
        for at, (weight, bias) in enumerate(_fits(features[~held], targets[~held], _PENALTIES)):
            said = features[held].astype(np.float64) @ weight + bias
            errors[at] += ((said - targets[held]) ** 2).sum()
    return _PENALTIES[int(errors.argmin())]


def _fits(
    features: Features, targets: Numbers, penalties: tuple[float, ...]
) -> list[tuple[NDArray[np.float64], float]]:
    """(D,) weight and bias on features as they are, for each penalty; one decomposition."""
    x, y = features.astype(np.float64), targets.astype(np.float64)
    means, spreads = x.mean(axis=0), live_spreads(x.std(axis=0))
    u, s, vt = np.linalg.svd((x - means) / spreads, full_matrices=False)
    turned = u.T @ (y - y.mean())
    found = []
    for penalty in penalties:
        weight = (vt.T @ (s / (s**2 + penalty * len(y)) * turned)) / spreads
        found.append((weight, float(y.mean() - weight @ means)))
    return found
