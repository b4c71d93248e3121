"""How much a frozen representation knows of several labels per example; see `core.evaluate.probe`.

Scores are mean average precisions; what an example says for or against a representation is whether
its likeliest label applies.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.multi_label import first_is_right, mean_average_precision
from core.evaluate.probe import Features, ProbeScore, at_most
from core.evaluate.regularised_probe import USUAL_STRENGTH
from core.evaluate.sigmoid_layer import fit_tags, tag_votes

Tags = NDArray[np.floating[Any]]


def probe_tags(
    features: Features,
    targets: Tags,
    *,
    k: int,
    seed: int,
    fit_on: tuple[Features, Tags] | None = None,
    folds: int = 5,
    max_examples: int = 5000,
) -> ProbeScore:
    """Score a representation on labeled examples that are not the test's; deterministic.

    Args:
        features: (N, D) representations to score on.
        targets: (N, C) 1 where a label applies.
        k: Neighbours that vote.
        seed: Of the folds, and of the choice when there are too many examples.
        fit_on: (M, D) and (M, C) to fit on instead of cross-validating.
        folds: Of the cross-validation.
        max_examples: More than these are subsampled.
    """
    random = np.random.default_rng(seed)
    features, targets = at_most(features, targets, max_examples, random)
    nothing = ProbeScore(None, None, len(targets))
    if not len(targets) or not np.isfinite(features).all():
        return nothing
    if fit_on is not None:
        some = at_most(*fit_on, max_examples, random)
        parts = [(*some, np.ones(len(targets), dtype=bool))]
    else:
        fold = random.permutation(len(targets)) % folds
        parts = [(features[fold != n], targets[fold != n], fold == n) for n in np.unique(fold)]
    said = np.zeros((2, *targets.shape), dtype=np.float64)
    for fit, labels, held in parts:
        layer = fit_tags(fit, labels, seed=seed, strength=USUAL_STRENGTH)
        votes = tag_votes(fit, labels, features[held], k=k, seed=seed) if len(fit) else None
        if layer is None or votes is None:
            return nothing
        said[0, held] = votes
        said[1, held] = 1 / (1 + np.exp(-layer.logits(features[held]).astype(np.float64)))
    knn, linear = (mean_average_precision(each, targets) for each in said)
    right = np.stack([first_is_right(each, targets) for each in said])
    return ProbeScore(knn, linear, len(targets), 0, right)
