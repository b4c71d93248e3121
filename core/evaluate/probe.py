"""How much a frozen representation knows: nearest neighbours and a logistic regression on it."""

import warnings
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import Pipeline, make_pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.evaluate.scaling import LiveScaler

Features = NDArray[np.floating[Any]]
Targets = NDArray[np.integer[Any]]
# One class for each example, or a row of labels.
Labels = TypeVar("Labels", bound=NDArray[Any])

# Neighbours vote with exp(similarity / temperature), as in DINO's evaluation (Caron et al. 2021).
_TEMPERATURE = 0.07
# Strong: labels are few, features many; the looser tolerance costs no accuracy worth the time.
_INVERSE_REGULARISATION = 0.05
TOLERANCE = 1e-3
MAX_ITERATIONS = 200


@dataclass(frozen=True, slots=True)
class ProbeScore:
    """Accuracies of the probes, 0 to 1.

    Attributes:
        knn: Of the weighted k nearest neighbours by cosine; None if it can't be told.
        linear: Of the logistic regression; None if it can't be told.
        num_examples: How many examples were predicted.
        num_dropped: How many examples were left out because their class has only one.
        right: (2, N) whether kNN and the logistic regression got each example right, in the order
            in which they were given; empty where nothing can be told.
    """

    knn: float | None
    linear: float | None
    num_examples: int
    num_dropped: int = 0
    right: NDArray[np.bool_] = field(
        default_factory=lambda: np.zeros((2, 0), dtype=bool), compare=False
    )


def probe(
    features: Features,
    targets: Targets,
    *,
    k: int = 20,
    folds: int = 5,
    seed: int = 0,
    fit_on: tuple[Features, Targets] | None = None,
    max_examples: int = 5000,
) -> ProbeScore:
    """Score a representation on labeled examples that are not the test's; deterministic.

    Without `fit_on` every example is predicted by probes fitted on the other folds; folds are
    stratified. Scores are None when fewer than two classes are left, or when a feature is not
    finite (then the training itself is about to say so).

    Args:
        features: (N, D) representations to score on.
        targets: (N,) their classes.
        k: Neighbours that vote.
        folds: Folds of the cross-validation.
        seed: Seed of the folds, and of the choice when there are too many examples.
        fit_on: (M, D) and (M,) to fit on instead; then all of `features` are only predicted.
        max_examples: More than these are subsampled.
    """
    random = np.random.default_rng(seed)
    features, targets = at_most(features, targets, max_examples, random)
    num_dropped = 0
    if fit_on is None:
        counts = np.bincount(targets, minlength=1)
        kept = counts[targets] >= 2
        num_dropped = int((~kept).sum())
        features, targets = features[kept], targets[kept]
        fold = stratified_folds(targets, folds, random)
        parts = [(fold != number, fold == number) for number in np.unique(fold)]
        places = [held for _, held in parts]
        pairs = [
            (features[fit], targets[fit], features[held], targets[held]) for fit, held in parts
        ]
    else:
        places = [np.ones(len(targets), dtype=bool)]
        pairs = [(*at_most(*fit_on, max_examples, random), features, targets)]
    if not pairs or not all(_can_fit(pair) for pair in pairs):
        return ProbeScore(None, None, len(targets), num_dropped)
    right = np.zeros((2, len(targets)), dtype=bool)
    # Many small products: beside other busy threads, more than one thread makes them far slower.
    # Around all folds, because each time the libraries that have threads are looked for.
    with threadpool_limits(1):
        for place, pair in zip(places, pairs, strict=True):
            right[:, place] = _right(*pair, k)
    knn, linear = right.mean(axis=1).tolist()
    return ProbeScore(knn, linear, len(targets), num_dropped, right)


def fit_linear(
    features: Features,
    targets: Targets,
    num_classes: int,
    *,
    balanced: bool = False,
    strength: float = _INVERSE_REGULARISATION,
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The linear probe itself, as a layer on the features as they are; deterministic.

    A class without examples gets the weights 0 and the least bias of all. None when fewer than
    two classes have examples, or a feature is not finite.

    Args:
        features: (N, D) representations to fit on.
        targets: (N,) their classes.
        num_classes: C, with those that have no example here.
        balanced: Weigh the classes as if all had the same number of examples.
        strength: The inverse strength of the regularisation, on features of variance 1.

    Returns:
        (C, D) weight and (C,) bias, whose softmax are the probe's probabilities.
    """
    present = np.unique(targets)
    if len(present) < 2 or not np.isfinite(features).all():
        return None
    linear = _logistic("balanced" if balanced else None, strength)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        linear.fit(features, targets)
    scaler, logistic = linear[0], linear[1]
    coefficients, intercepts = logistic.coef_, logistic.intercept_
    if len(present) == 2:  # one row of log-odds stands for two logits
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    scaled = coefficients / scaler.scale_
    weight = np.zeros((num_classes, features.shape[1]), dtype=np.float32)
    bias = np.full(num_classes, intercepts.min(), dtype=np.float32)
    weight[present] = scaled
    bias[present] = intercepts - scaled @ scaler.mean_
    return weight, bias


def stratified_folds(targets: Targets, folds: int, random: np.random.Generator) -> NDArray[np.intp]:
    """(N,) fold of every example; each class is dealt out evenly, from a random fold on.

    Unlike scikit-learn's, this takes classes with fewer examples than folds without a warning.
    """
    fold = np.empty(len(targets), dtype=np.intp)
    for label in np.unique(targets):
        members = random.permutation(np.flatnonzero(targets == label))
        fold[members] = (np.arange(len(members)) + random.integers(folds)) % folds
    return fold


def at_most(
    features: Features, targets: Labels, number: int, random: np.random.Generator
) -> tuple[Features, Labels]:
    """Of more examples than that, so many, in their order."""
    if len(targets) <= number:
        return features, targets
    chosen = np.sort(random.permutation(len(targets))[:number])
    return features[chosen], cast("Labels", targets[chosen])


def _can_fit(pair: tuple[Features, Targets, Features, Targets]) -> bool:
    fit, labels, held, _ = pair
    return (
        len(np.unique(labels)) >= 2
        and len(held) > 0
        and bool(np.isfinite(fit).all() and np.isfinite(held).all())
    )


def _right(
    fit: Features, labels: Targets, held: Features, truth: Targets, k: int
) -> NDArray[np.bool_]:
    """(2, N) which of the held-out examples each of the two probes gets right."""
    neighbours = nearest_neighbours(min(k, len(labels)))
    linear = _logistic(None)
    with warnings.catch_warnings():
        # Good enough is good enough: the next probe comes in a few hundred steps.
        warnings.simplefilter("ignore", ConvergenceWarning)
        by_neighbours = neighbours.fit(fit, labels).predict(held)
        by_line = linear.fit(fit, labels).predict(held)
    return np.stack([by_neighbours == truth, by_line == truth])


def nearest_neighbours(k: int) -> KNeighborsClassifier:
    """The k nearest by cosine, whose votes weigh more the nearer they are."""
    return KNeighborsClassifier(k, metric="cosine", algorithm="brute", weights=_votes)


def similar_votes(
    features: Features, asked: Features, k: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(N, k) votes of the k nearest of the features by cosine, and which those are."""
    near = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(features)
    distances, which = near.kneighbors(asked)
    return _votes(distances), which


def _logistic(class_weight: str | None, strength: float = _INVERSE_REGULARISATION) -> Pipeline:
    logistic = LogisticRegression(
        C=strength,
        tol=TOLERANCE,
        max_iter=MAX_ITERATIONS,
        class_weight=class_weight,
    )
    return make_pipeline(LiveScaler(), logistic)


def _votes(distances: np.ndarray) -> np.ndarray:
    votes: np.ndarray = np.exp(-distances / _TEMPERATURE)
    return votes
