"""Which unlabeled examples to label next: typical of what is there, and unlike those labeled.

`typical`: k-means over everything, and of each cluster without a label the example whose
neighbours lie nearest (TypiClust; Hacohen, Dekel & Weinshall, ICML 2022, arXiv 2202.02794).
`diverse`: each the farthest from all that are labeled or chosen (k-centre greedy; Sener & Savarese,
ICLR 2018, arXiv 1708.00489). `uncertain`: the centres of clusters weighted by how unsure a probe
is, among those that it is least sure of (Zhdanov 2019, arXiv 1901.05954).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from core.data.ways import Way
from core.evaluate.probe import Features, Targets
from core.evaluate.regularised_probe import fit_regularised

Rows = NDArray[np.intp]
# Neighbours that say how typical an example is, and the most of a cluster that are compared.
_NEIGHBOURS = 20
_MOST_COMPARED = 2_000
_MOST_CLUSTERS = 500
# So many times what is asked for are clustered by their uncertainty.
_TIMES = 10


@dataclass(frozen=True, eq=False)
class Pool:
    """What there is to choose from, and what is labeled.

    Attributes:
        features: (M, D) of unlabeled examples.
        labeled: (N, D) of labeled ones; N may be 0.
        targets: (N,) their classes.
    """

    features: Features
    labeled: Features
    targets: Targets


def worth_labeling(pool: Pool, count: int, way: Way, seed: int) -> Rows:
    """(count,) rows of the pool, in the order in which they are best labeled; fewer if it is small.

    Args:
        pool: With unit or other lengths; only directions count.
        count: How many.
        way: How they are chosen; `uncertain` without two labeled classes is `typical`.
        seed: Of clusters and draws.
    """
    count = min(count, len(pool.features))
    random = np.random.default_rng(seed)
    if way == "random" or not count:
        return random.permutation(len(pool.features))[:count]
    features, labeled = _unit(pool.features), _unit(pool.labeled)
    if way == "diverse":
        return _far_from_all(features, labeled, count, random)
    if way == "uncertain":
        unsure = _uncertainty(pool, seed)
        if unsure is not None:
            return _unsure_centres(features, unsure, count, seed)
    return _typical(features, labeled, count, seed)


def _unit(features: Features) -> NDArray[np.float32]:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    found: NDArray[np.float32] = (features / np.maximum(lengths, 1e-12)).astype(np.float32)
    return found


def _far_from_all(
    features: Features, labeled: Features, count: int, random: np.random.Generator
) -> Rows:
    nearest = np.full(len(features), np.inf)
    for other in labeled:
        nearest = np.minimum(nearest, 1 - features @ other)
    chosen: list[int] = []
    for _ in range(count):
        has_any = bool(len(labeled) or chosen)
        row = int(nearest.argmax()) if has_any else int(random.integers(len(features)))
        chosen.append(row)
        nearest = np.minimum(nearest, 1 - features @ features[row])
        nearest[chosen] = -1.0
    return np.asarray(chosen, dtype=np.intp)


def _uncertainty(pool: Pool, seed: int) -> NDArray[np.float64] | None:
    """(M,) 1 minus the margin of the likeliest class; None where no probe can be fitted."""
    number = int(pool.targets.max()) + 1 if len(pool.targets) else 0
    # Balanced: of few labels one class may have most, which a strong penalty would answer always.
    layer = fit_regularised(pool.labeled, pool.targets, number, seed=seed, balanced=True)
    if layer is None:
        return None
    said = np.sort(softmax(layer.logits(pool.features).astype(np.float64), axis=1), axis=1)
    return 1 - (said[:, -1] - said[:, -2])


def _unsure_centres(features: Features, unsure: NDArray[np.float64], count: int, seed: int) -> Rows:
    from sklearn.cluster import KMeans

    most = np.argsort(-unsure, kind="stable")[: _TIMES * count]
    if len(most) <= count:
        return most
    weights = np.maximum(unsure[most], 1e-6)
    found = KMeans(count, n_init=1, random_state=seed).fit(features[most], sample_weight=weights)
    distances = found.transform(features[most])
    chosen: dict[int, None] = {}
    for cluster in np.argsort(-np.bincount(found.labels_, weights, minlength=count)):
        rows = np.flatnonzero(found.labels_ == cluster)
        if len(rows):
            chosen[int(most[rows[distances[rows, cluster].argmin()]])] = None
    for row in most:
        if len(chosen) == count:
            break
        chosen[int(row)] = None
    return np.asarray(list(chosen), dtype=np.intp)


def _typical(features: Features, labeled: Features, count: int, seed: int) -> Rows:
    from sklearn.cluster import KMeans, MiniBatchKMeans

    number = min(count + len(labeled), _MOST_CLUSTERS, len(features))
    maker = KMeans if len(features) <= 20_000 and number <= 100 else MiniBatchKMeans
    everything = np.concatenate([features, labeled]) if len(labeled) else features
    cluster = maker(number, n_init=1, random_state=seed).fit_predict(everything)
    of_labeled = np.bincount(cluster[len(features) :], minlength=number)
    cluster = cluster[: len(features)]
    sizes = np.bincount(cluster, minlength=number)
    random = np.random.default_rng(seed)
    left: dict[int, list[int]] = {}
    for each in np.flatnonzero(sizes):
        rows = np.flatnonzero(cluster == each)
        if len(rows) > _MOST_COMPARED:
            rows = random.choice(rows, _MOST_COMPARED, replace=False)
        left[int(each)] = rows[np.argsort(-_typicality(features[rows]), kind="stable")].tolist()
    chosen: list[int] = []
    taken = of_labeled.copy()
    while len(chosen) < count and left:
        # The clusters with the fewest labels first, of these the largest.
        next_one = min(left, key=lambda one: (taken[one], -sizes[one]))
        chosen.append(left[next_one].pop(0))
        taken[next_one] += 1
        if not left[next_one]:
            del left[next_one]
    rest = np.setdiff1d(np.arange(len(features)), chosen)
    more = random.permutation(rest)[: count - len(chosen)]
    return np.asarray([*chosen, *more], dtype=np.intp)


def _typicality(features: Features) -> NDArray[np.float64]:
    """(n,) inverse of the mean distance to the nearest others."""
    if len(features) == 1:
        return np.ones(1)
    squared = np.maximum(2 - 2 * (features @ features.T), 0).astype(np.float64)
    k = min(_NEIGHBOURS, len(features) - 1)
    nearest = np.sqrt(np.partition(squared, k, axis=1)[:, : k + 1])
    # Its own distance, 0, is among them.
    found: NDArray[np.float64] = k / np.maximum(nearest.sum(axis=1), 1e-9)
    return found
