"""What the nearest neighbours of an example in a frozen encoder's features say it is."""

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.evaluate.probe import Features, Targets, at_most, nearest_neighbours

# More training examples than these make an answer no better that is worth the time.
_MOST_VOTING = 20_000


def neighbours_probabilities(
    features: Features, targets: Targets, num_classes: int, asked: Features, *, k: int, seed: int
) -> NDArray[np.float32] | None:
    """(N, C) shares of the votes of the k nearest training examples, by cosine.

    None when a feature is not finite.

    Args:
        features: (M, D) representations of training examples.
        targets: (M,) their classes.
        num_classes: C, with those that have no example here.
        asked: (N, D) whose neighbours vote.
        k: How many vote.
        seed: Of the choice where there are too many training examples.
    """
    if not (np.isfinite(features).all() and np.isfinite(asked).all()):
        return None
    features, targets = at_most(features, targets, _MOST_VOTING, np.random.default_rng(seed))
    voting = nearest_neighbours(min(k, len(targets))).fit(features, targets)
    found = np.zeros((len(asked), num_classes), dtype=np.float32)
    with threadpool_limits(1):
        found[:, voting.classes_] = voting.predict_proba(asked)
    return found
