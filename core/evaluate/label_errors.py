"""Labels that are probably wrong: confident learning on what probes say that never saw them.

Northcutt, Jiang & Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels (JAIR 2021,
arXiv 1911.00068), as cleanlab carries it out, on the cross-validated probabilities of a regularised
linear layer on a frozen encoder's features.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from core.evaluate.cross_validated import folds_of
from core.evaluate.probe import Features, Targets
from core.evaluate.regularised_probe import fit_regularised

Rows = NDArray[np.intp]


def folds_apart(
    targets: Targets, copies: NDArray[np.int64], groups: NDArray[np.int64] | None, seed: int
) -> Rows:
    """(N,) the fold of each example; what belongs together is in one, as copies always are.

    Args:
        targets: (N,) classes.
        copies: (N,) a number that exact copies share.
        groups: (N,) a number that what belongs together shares; None: nothing was said.
        seed: Of the folds.
    """
    fold = folds_of(targets, groups, np.random.default_rng(seed))
    _, first, of = np.unique(copies, return_index=True, return_inverse=True)
    found: Rows = fold[first][of]
    return found


def held_out_probabilities(
    features: Features, targets: Targets, num_classes: int, fold: Rows, *, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """(N, C) probabilities of a probe fitted on the other folds, and (N,) which say something.

    They say nothing of an example whose class the other folds lack. None when a feature is not
    finite, or a fold leaves fewer than two classes.

    Args:
        features: (N, D) representations.
        targets: (N,) their classes as they are labeled.
        num_classes: C.
        fold: (N,) as `folds_apart` says.
        seed: Of what is chosen where there are too many examples.
    """
    usual = fit_regularised(features, targets, num_classes, seed=seed)
    if usual is None:
        return None
    found = np.zeros((len(targets), num_classes))
    is_told = np.zeros(len(targets), dtype=np.bool_)
    for number in np.unique(fold):
        fit, held = fold != number, fold == number
        layer = fit_regularised(
            features[fit], targets[fit], num_classes, seed=seed, strength=usual.strength
        )
        if layer is None:
            return None
        found[held] = softmax(layer.logits(features[held]).astype(np.float64), axis=1)
        is_told[held] = np.isin(targets[held], targets[fit])
    return found, is_told


def suspected(
    targets: Targets, probabilities: NDArray[np.float64], is_told: NDArray[np.bool_]
) -> Rows:
    """(S,) rows of examples whose labels are probably wrong, the most suspect first.

    Args:
        targets: (N,) classes as they are labeled.
        probabilities: (N, C) of a probe that did not see the example.
        is_told: (N,) whether they say something of it; others are never suspected.
    """
    # Late: it brings pandas along.
    from cleanlab.filter import find_label_issues

    rows = np.flatnonzero(is_told)
    known, labels = np.unique(targets[rows], return_inverse=True)
    if len(known) < 2:
        return np.zeros(0, dtype=np.intp)
    shares = probabilities[np.ix_(rows, known)]
    shares = shares / shares.sum(axis=1, keepdims=True)
    ranked = find_label_issues(
        labels,
        shares,
        filter_by="both",
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    found: Rows = rows[ranked]
    return found


def suggested(targets: Targets, probabilities: NDArray[np.float64]) -> Targets:
    """(N,) the most likely class beside the one that each example is labeled with."""
    others = probabilities.copy()
    others[np.arange(len(targets)), targets] = -1.0
    found: Targets = others.argmax(axis=1)
    return found
