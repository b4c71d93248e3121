"""Whether the lines of a small plain file are texts of their own, as sentences of a corpus."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

_LEAST_LINES: Final = 8
_LEAST_CHARACTERS: Final = 8
# Nobody breaks prose into shorter lines.
_LEAST_WIDTH: Final = 40
_MOSTLY: Final = 0.8
_ENDS: Final = (".", "!", "?", "…", "。", "！", "？", '"', "”")  # noqa: RUF001  (full width)


def are_lines_texts(text: str) -> bool:
    """Whether it is a list of texts, one a line, and no prose that is broken into lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) < _LEAST_LINES or not all(lines):
        return False
    return median(map(len, lines)) >= _LEAST_CHARACTERS and not _is_broken_prose(lines)


def _is_broken_prose(lines: Sequence[str]) -> bool:
    """Whether lines are filled: hardly any could have taken the first word of the next one.

    Lines that are alike in length may be filled by chance; but those of prose don't end with their
    sentences, nor begin alike.
    """
    width = max(map(len, lines))
    if width < _LEAST_WIDTH:
        return False
    first = [line.split(maxsplit=1)[0] for line in lines]
    begins = Counter(first)
    shares = (
        sum(line.endswith(_ENDS) for line in lines),
        sum(begins[word] > 1 for word in first),
        sum(
            len(line) + 1 + len(word) <= width for line, word in zip(lines, first[1:], strict=False)
        ),
    )
    most = (_MOSTLY, _MOSTLY, 1 - _MOSTLY)
    return all(share < limit * len(lines) for share, limit in zip(shares, most, strict=True))
