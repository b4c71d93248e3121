"""Which of many examples lie near a few: each of the few picks in turn.

Gururangan et al. 2020, "Don't Stop Pretraining" (arXiv 2004.10964), kNN-TAPT: for each example of
the task its nearest neighbours among the unlabeled ones. Picked in turn, a tight class does not
take the places of the others, as it would by distance alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.floating[Any]]

# Similarities in memory at a time.
_MOST_AT_ONCE = 1 << 25


def nearest_in_turn(candidates: Features, references: Features, number: int) -> NDArray[np.int64]:
    """(number,) positions of the candidates that are chosen, ascending; deterministic.

    First come those that are the nearest one of some reference, then the second nearest, and so
    on; of the last turn the most similar. What is no number is near nothing.

    Args:
        candidates: (N, D) representations; compared by cosine.
        references: (M, D), M at least 1.
        number: How many, at most N.
    """
    own, others = _directions(candidates), _directions(references)
    depth = min(len(own), 2 * -(-number // len(others)) + 1)
    while True:
        turn, similarity = _best_turns(own, others, depth)
        if depth == len(own) or (turn < depth).sum() >= number:
            break
        depth = min(len(own), 2 * depth)
    order = np.lexsort((np.arange(len(own)), -similarity, turn))
    return np.sort(order[:number]).astype(np.int64)


def _best_turns(
    own: Features, others: Features, depth: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(N,) in which turn each candidate is picked first (`depth`: in none), and how near it is."""
    turn = np.full(len(own), depth, dtype=np.int64)
    nearest = np.full(len(own), -np.inf, dtype=np.float32)
    rows = max(1, _MOST_AT_ONCE // max(1, len(own)))
    for start in range(0, len(others), rows):
        similarity = others[start : start + rows] @ own.T
        np.maximum(nearest, similarity.max(axis=0), out=nearest)
        # Of equals the first: a stable order of what is partitioned off.
        picked = np.argsort(-similarity, axis=1, kind="stable")[:, :depth]
        for place in range(depth):
            np.minimum.at(turn, picked[:, place], place)
    return turn, nearest


def _directions(features: Features) -> NDArray[np.float32]:
    found = np.asarray(features, dtype=np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = found / lengths
    # Opposite to everything would still be a direction; nothing is near to zeros.
    return np.where(np.isfinite(found).all(axis=1, keepdims=True), found, 0.0).astype(np.float32)
