"""Shares in percent and their differences in points, as people are told them.

R² has no lower bound: a classifier can be off by a thousand times as much as the mean is. Below
-100 % its digits say nothing but that it is bad, and read like a slip; so it is told as that.
"""

from core.language import _

LEAST, _MOST = -1.0, 1.0


def number_of(share: float, digits: int = 1) -> str:
    """`91.2`, without a sign for percent; `below -100` of what is far below nothing."""
    if share < LEAST:
        return _("below {number}").format(number="-100")
    # `z`: 0 has no sign.
    return f"{100 * share:z.{digits}f}"


def percent(share: float, digits: int = 1) -> str:
    """`91.2 %`; `below -100 %`."""
    return f"{number_of(share, digits)} %"


def points(share: float) -> str:
    """A difference in points without its sign: `1.4`; `over 100`."""
    if abs(share) > _MOST:
        return _("over {number}").format(number="100")
    return f"{100 * abs(share):.1f}"


def signed(share: float) -> str:
    """A difference in points with its sign: `+1.4`; `over +100`."""
    if share > _MOST:
        return _("over {number}").format(number="+100")
    if share < LEAST:
        return number_of(share)
    found = f"{100 * share:+.1f}"
    return "0.0" if float(found) == 0 else found
