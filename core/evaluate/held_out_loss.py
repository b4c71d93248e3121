"""How good predictions are, more finely than by counting the right ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_TEMPERATURES = np.geomspace(0.25, 8.0, 41)


def calibrated_loss(
    probabilities: NDArray[np.floating[Any]],
    targets: NDArray[np.integer[Any]],
    *,
    balanced: bool = False,
) -> float:
    """Mean log loss at the temperature that suits the predictions best (Guo et al. 2017).

    So it is not for or against predictions that are surer, or less sure, than they should be: a
    temperature is set afterwards.

    Args:
        probabilities: (N, C), rows sum to 1.
        targets: (N,) classes.
        balanced: Weigh the classes as if all had the same number of examples.
    """
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-12))
    weights = None
    if balanced:
        weights = 1 / np.maximum(np.bincount(targets), 1)[targets]
    losses = []
    for temperature in _TEMPERATURES:
        scaled = logs / temperature
        most = scaled.max(axis=1, keepdims=True)
        total = most[:, 0] + np.log(np.exp(scaled - most).sum(axis=1))
        loss = total - scaled[np.arange(len(targets)), targets]
        losses.append(float(np.average(loss, weights=weights)))
    return min(losses)
