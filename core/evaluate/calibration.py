"""Probabilities that mean what they say: a temperature, fitted on validation examples.

Guo et al. 2017, On Calibration of Modern Neural Networks: all logits are divided by one number, so
no answer changes, only how sure it is. The number is that of the least log loss. Few examples that
are all right would make it as small as they let it; so it counts as one more example that could be
of any class, as Platt (1999, Probabilistic Outputs for Support Vector Machines) does with two.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

_LEAST, _MOST = 0.05, 20.0


def fit_temperature(logits: NDArray[np.floating[Any]], targets: NDArray[np.integer[Any]]) -> float:
    """The number that logits are best divided by.

    Args:
        logits: (N, C) finite logits of examples that no training has seen, N at least 1; logarithms
            of probabilities do as well.
        targets: (N,) their classes.
    """
    logits = logits.astype(np.float64)
    own = logits[np.arange(len(targets)), targets]
    doubt = 1 / (len(targets) + 1)

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        taken = logsumexp(scale * logits, axis=1)
        of_truth = scale * own - taken
        of_any = scale * logits.mean(axis=1) - taken
        return -float(((1 - doubt) * of_truth + doubt * of_any).mean())

    found = minimize_scalar(loss, bounds=(np.log(_LEAST), np.log(_MOST)), method="bounded")
    return float(np.exp(found.x))
