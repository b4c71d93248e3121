"""A comparison that is looked at again, with more seeds: what each look may claim.

Whoever adds seeds until something is clear is wrong more often than 5 %. So each look spends a part
of that error, whether it claims something or not (Lan & DeMets 1983, Discrete sequential boundaries
for clinical trials: any rule of spending will do whose parts make up the whole): four fifths the
first, and every later one half of what is left, so that their number need not be known beforehand.
The parts are added up as if the looks had nothing in common, which holds whatever they have.
"""

from core.language import _, ngettext
from core.readers.holm import LEVEL

_FIRST = 0.8


def share_of_look(number: int) -> float:
    """The error of one look at a comparison.

    Args:
        number: Of the look, from 1; of one whose number of seeds was fixed for good, 0.

    Returns:
        How often its intervals may miss, and its claims be false: all looks together 5 %.
    """
    if number == 0:
        return LEVEL
    return LEVEL * (_FIRST if number == 1 else (1 - _FIRST) / 2 ** (number - 1))


def extended_in_words(seeds: list[int]) -> str:
    """How often a comparison was extended; empty for never.

    Args:
        seeds: How many seeds it had each time.
    """
    if not seeds:
        return ""
    *first, last = map(str, seeds)
    listed = _("{first} and {last}").format(first=", ".join(first), last=last) if first else last
    return ngettext(
        "Seeds were added once, after {list}: each look has its share of the error of 5 %, "
        "so the intervals of the differences are wider.",
        "Seeds were added {number} times, after {list}: each look has its share of the error of "
        "5 %, so the intervals of the differences are wider.",
        len(seeds),
    ).format(number=len(seeds), list=listed)
