"""How good predictions are, more finely than by counting the right ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from core.evaluate.calibration import fit_temperature


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
    scaled = logs / fit_temperature(logs, targets)
    losses = logsumexp(scaled, axis=1) - scaled[np.arange(len(targets)), targets]
    return float(np.average(losses, weights=weights))
