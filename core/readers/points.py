"""Differences of accuracies as they are shown: what stands beside them is what was subtracted."""

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
