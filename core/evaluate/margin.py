"""How far from the truth predicted numbers lie, with a stated chance (split conformal).

Of n held-out errors, the k-th smallest with k = ⌈(n + 1) · level⌉ holds the error of another such
example with at least that chance, whatever the model (Lei et al. 2018, Distribution-free predictive
inference for regression, section 2.2).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def margin_of(errors: NDArray[np.floating[Any]], level: float) -> float | None:
    """The distance that holds the truth so often; None where there are too few errors for that.

    Args:
        errors: (N,) absolute errors on examples that had no part in training.
        level: How often, above 0 and below 1.
    """
    place = math.ceil((len(errors) + 1) * level)
    if place > len(errors) or not np.isfinite(errors).all():
        return None
    return float(np.sort(errors)[place - 1])
