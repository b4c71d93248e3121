"""Probabilities that mean what they say: a temperature, fitted on validation examples.

Guo et al. 2017, On Calibration of Modern Neural Networks: all logits are divided by one number, so
no answer changes, only how sure it is. The number is that of the least log loss. Few examples that
are all right would make it as small as they let it; so it counts as one more example that could be
of any class, as Platt (1999, Probabilistic Outputs for Support Vector Machines) does with two.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import logsumexp

_LEAST, _MOST = 0.05, 20.0
# Of the way from 1 to a temperature.
_BESIDE = 0.999


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


def log_losses(
    logits: NDArray[np.floating[Any]], targets: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """(N,) the log loss of each example, of (N, C) logits."""
    own = logits[np.arange(len(targets)), targets]
    found: NDArray[np.float64] = logsumexp(logits.astype(np.float64), axis=1) - own
    return found


def cautious(temperature: float, losses_at: Callable[[float], NDArray[np.floating[Any]]]) -> float:
    """The temperature, but below 1 only as far as the examples prove.

    For answers that are not the classifier's own but those of one trained alike, which was chosen
    because its losses on the very examples were small: so it looks less too sure than it is. No
    classifier is made surer than it was trained to be by more than is beyond one standard error
    (the rule of Breiman et al. 1984); one that is too sure even so is believed.

    Args:
        temperature: Fitted.
        losses_at: The (N,) losses of the examples at a temperature.
    """
    if temperature >= 1:
        return temperature
    fitted = losses_at(temperature)
    if len(fitted) < 2:
        return 1.0

    def beyond(log_temperature: float) -> float:
        more = losses_at(float(np.exp(log_temperature))) - fitted
        return float(more.mean() - more.std(ddof=1) / np.sqrt(len(more)))

    # Right beside the fitted one losses are the same, and so is their error.
    beside, as_trained = _BESIDE * np.log(temperature), 0.0
    if beyond(as_trained) <= 0:
        return 1.0
    if beyond(beside) >= 0:
        return temperature
    return float(np.exp(brentq(beyond, beside, as_trained, xtol=1e-4)))
