"""Differences of accuracies as they are shown: what stands beside them is what was subtracted."""

from typing import Any

from core.recipe.arms import BASE
from core.recipe.tasks import metric_of

# Of rounding both numbers to a tenth of a point.
_MOST_ROUNDING = 0.1001


def shown_difference(difference: float, mine: float, other: float) -> float:
    """The difference of two shares, rounded as they are: 40.0 % and 41.6 % are 1.6 points apart.

    Exact numbers stay in `results.json`; what is judged, and every interval, is made of those.

    Args:
        difference: As it was computed; where it is not of these two numbers (of examples that both
            have answered, say) it stays as it is.
        mine: An accuracy, shown with one digit of a percent.
        other: What it is compared with.
    """
    shown = round(100 * mine, 1) - round(100 * other, 1)
    if abs(shown - 100 * difference) > _MOST_ROUNDING:
        return difference
    # Without the dust of binary numbers.
    return round(shown, 1) / 100


def from_base(arms: dict[str, Any], arm: str) -> dict[str, Any]:
    """The difference of an arm from the base, its value as it is shown beside both accuracies.

    Args:
        arms: As in `results.json`; both are among them.
        arm: The arm.
    """
    found: dict[str, Any] = arms[arm]["against"][BASE]
    accuracies = (float(arms[each][metric_of(arms[each]).key]) for each in (arm, BASE))
    return {**found, "value": shown_difference(float(found["value"]), *accuracies)}
