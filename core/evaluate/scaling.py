"""Features of variance 1, but for those that hardly vary at all."""

from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

# In units of the usual spread. Some encoders have features that are as good as switched off: the
# last norm of MiniLM-L6 multiplies three of its 384 with 1e-9 to 1e-33.
LEAST_SPREAD: Final = 1e-4


class LiveScaler(StandardScaler):  # type: ignore[misc]  # scikit-learn has no types
    """Standardises features; what hardly varies becomes 0 and gets a weight of 0.

    Blown up to variance 1, rounding errors would count as much as what the encoder says, and a
    layer on the features as they are would have weights of any size: the gradients that
    fine-tuning sends through it would be theirs alone.
    """

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Learn means and spreads of (N, D) features."""
        super().fit(X, y, sample_weight)
        self.scale_ = live_spreads(np.sqrt(self.var_))
        return self


def live_spreads(spreads: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """(D,) standard deviations to divide by: infinite for what hardly varies."""
    usual = np.median(spreads[spreads > 0]) if (spreads > 0).any() else 1.0
    return np.where(spreads > LEAST_SPREAD * usual, spreads, np.inf)


def num_switched_off(features: NDArray[np.floating[Any]]) -> int:
    """How many of (N, D) features hardly vary, and are left aside."""
    return int(np.isinf(live_spreads(features.std(axis=0, dtype=np.float64))).sum())
