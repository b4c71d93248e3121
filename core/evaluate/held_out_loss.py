"""How good predictions are, more finely than by counting the right ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from core.evaluate.calibration import fit_temperature


def calibrated_losses(
    probabilities: NDArray[np.floating[Any]],
    targets: NDArray[np.integer[Any]],
    *,
    balanced: bool = False,
) -> NDArray[np.float64]:
    """(N,) log loss of each example, at the temperature that suits all best (Guo et al. 2017).

    So it is not for or against predictions that are surer, or less sure, than they should be: a
    temperature is set afterwards.

    Args:
        probabilities: (N, C), rows sum to 1.
        targets: (N,) classes.
        balanced: Weigh the classes as if all had the same number of examples; the mean of the
            weights is 1.
    """
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-12))
    scaled = logs / fit_temperature(logs, targets)
    found: NDArray[np.float64] = (
        logsumexp(scaled, axis=1) - scaled[np.arange(len(targets)), targets]
    )
    if balanced:
        weights = 1 / np.maximum(np.bincount(targets), 1)[targets]
        found = found * weights / weights.mean()
    return found
