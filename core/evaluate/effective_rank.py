"""How many directions features use: a hint at how good they are where there are no labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-7


def effective_rank(features: NDArray[np.floating[Any]]) -> float | None:
    """RankMe (Garrido et al., ICML 2023, arXiv 2210.02885, equation 1); None: no finite features.

    The exponential of the entropy of the singular values, as shares of their sum. Between 1 (all
    features on one line) and the smaller of N and D.

    Args:
        features: (N, D) representations, as they are.
    """
    if not len(features) or not np.isfinite(features).all():
        return None
    values = np.linalg.svd(features.astype(np.float64), compute_uv=False)
    total = values.sum()
    if total == 0:
        return 1.0
    shares = values / total + _LEAST
    return float(np.exp(-(shares * np.log(shares)).sum()))
