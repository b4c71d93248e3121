"""Many tests at once: Holm's step-down correction.

Holm 1979, A simple sequentially rejective multiple test procedure: it keeps the chance of any false
claim below the level whatever the dependence of the tests.
"""

from collections.abc import Mapping

LEVEL = 0.05


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p-values: the k-th smallest of n times n - k + 1, never falling, at most 1."""
    adjusted: dict[str, float] = {}
    most = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda each: p_values[each])):
        most = max(most, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = most
    return {name: adjusted[name] for name in p_values}
