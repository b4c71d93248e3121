"""Several arms against the base model at once: what chance alone would bring is taken off.

Ten arms tested at 5 % each would show a "clear" one by chance in four of ten comparisons. So the
p-values of the paired differences, from the same Student's t as their intervals, are adjusted by
Holm's step-down method, which keeps the chance of any false claim below 5 %.
"""

from collections.abc import Mapping
from typing import Any

from core.readers.holm import LEVEL, holm
from core.readers.judgement import Judgement, judge
from core.recipe.arms import BASE


def adjust_for_several(arms: dict[str, Any], error: float = LEVEL) -> None:
    """Note `p_holm` and `is_clear_holm` in each arm's difference from the base, in place.

    Of a single difference there is nothing to correct, and what is not judged is not tested.
    """
    found = {name: arm["against"].get(BASE) for name, arm in arms.items()}
    tested = {name: each for name, each in found.items() if each and each.get("is_judged", True)}
    if len(tested) < 2:
        return
    for name, adjusted in holm({name: each["p"] for name, each in tested.items()}).items():
        is_clear = bool(tested[name]["is_clear"]) and adjusted < error
        tested[name].update({"p_holm": adjusted, "is_clear_holm": is_clear})


def clear_gains(arms: Mapping[str, Any]) -> list[str]:
    """Arms that are better than the base also after the correction, the best first."""
    return _judged(arms, Judgement.GAIN)


def clear_losses(arms: Mapping[str, Any]) -> list[str]:
    """Arms that are worse than the base also after the correction, the worst first."""
    return _judged(arms, Judgement.LOSS)


def _judged(arms: Mapping[str, Any], wanted: Judgement) -> list[str]:
    found = {name: arm["against"].get(BASE) for name, arm in arms.items()}
    names = [name for name, difference in found.items() if judge(difference) is wanted]
    return sorted(names, key=lambda name: -abs(found[name]["value"]))
