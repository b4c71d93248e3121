"""Several arms against the base model at once: what chance alone would bring is taken off.

Ten arms tested at 5 % each would show a "clear" one by chance in four of ten comparisons. So the
p-values of the paired differences are adjusted by Holm's step-down method (Holm 1979, A simple
sequentially rejective multiple test procedure), which keeps the chance of any false claim below
5 % whatever their dependence.
"""

import math
from collections.abc import Mapping
from typing import Any

from core.recipe.arms import BASE

_LEVEL = 0.05
# Half-width of a 95 % interval in standard errors, for the normal distribution.
HALF_WIDTH = 1.959964


def p_value(difference: Mapping[str, float]) -> float:
    """Two-sided p-value that belongs to a 95 % interval; below 0.05 where it excludes 0.

    The standard error is that of the interval's side towards 0.
    """
    value = difference["value"]
    towards = value - difference["low"] if value > 0 else difference["high"] - value
    if value == 0:
        return 1.0
    if towards <= 0:
        return 0.0
    return math.erfc(abs(value) / (towards / HALF_WIDTH) / math.sqrt(2))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p-values: the k-th smallest of n times n - k + 1, never falling, at most 1."""
    adjusted: dict[str, float] = {}
    most = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda each: p_values[each])):
        most = max(most, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = most
    return {name: adjusted[name] for name in p_values}


def adjust_for_several(arms: dict[str, Any]) -> None:
    """Note `p`, `p_holm` and `is_clear_holm` in each arm's difference from the base, in place."""
    tested = {
        name: arm["against"][BASE] for name, arm in arms.items() if BASE in arm.get("against", {})
    }
    p_values = {name: p_value(difference) for name, difference in tested.items()}
    for name, adjusted in holm(p_values).items():
        is_clear = bool(tested[name]["is_clear"]) and adjusted < _LEVEL
        more = {"p": p_values[name], "p_holm": adjusted, "is_clear_holm": is_clear}
        tested[name].update(more)


def clear_gains(arms: Mapping[str, Any]) -> list[str]:
    """Arms that are better than the base also after the correction, the best first."""
    return _clear(arms, 1)


def clear_losses(arms: Mapping[str, Any]) -> list[str]:
    """Arms that are worse than the base also after the correction, the worst first."""
    return _clear(arms, -1)


def _clear(arms: Mapping[str, Any], sign: int) -> list[str]:
    found = {
        name: sign * arm["against"][BASE]["value"]
        for name, arm in arms.items()
        if arm["against"].get(BASE, {}).get("is_clear_holm")
    }
    return sorted((name for name in found if found[name] > 0), key=lambda name: -found[name])
