"""How exactly a mean of paired differences is known."""

import numpy as np
from numpy.typing import NDArray


def standard_error(differences: NDArray[np.float64]) -> float:
    """Of the mean of (N,) paired differences; infinite for fewer than two."""
    number = len(differences)
    return float(differences.std(ddof=1) / number**0.5) if number > 1 else float("inf")
