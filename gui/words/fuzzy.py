"""How well typed letters fit a text: beginnings come first, and letters may be missing."""

import re
from functools import cache

# Of one typed word, by how it is found.
_BEGINS, _BEGINS_WORD, _INSIDE = 100, 80, 50
_WORD_ELSEWHERE, _ELSEWHERE, _SCATTERED = 40, 20, 10
# So many letters may be missing in one place.
_GAP = 3


def fit(typed: str, text: str, more: str = "") -> float | None:
    """How well all typed words fit; None where one of them doesn't.

    Args:
        typed: Words, in any order.
        text: What is shown.
        more: What is not shown; only whole pieces of it count.
    """
    text, more = text.lower(), more.lower()
    total = 0.0
    for word in typed.lower().split():
        found = _fit_of(word, text, more)
        if found is None:
            return None
        total += found
    # Of two that fit alike, the shorter one is more likely meant.
    return total - len(text) / 100


def _fit_of(word: str, text: str, more: str) -> float | None:
    at = text.find(word)
    if at == 0:
        return _BEGINS
    if at > 0:
        return _BEGINS_WORD if text[at - 1] == " " else _INSIDE
    if word in more:
        return _WORD_ELSEWHERE if _whole(word).search(more) else _ELSEWHERE
    return _SCATTERED if _scattered(word).search(text) else None


@cache
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(word)}\b")


@cache
def _scattered(word: str) -> re.Pattern[str]:
    """Its letters one after the other, near each other, from the start of a word."""
    return re.compile(rf"\b{f'.{{0,{_GAP}}}?'.join(map(re.escape, word))}")
