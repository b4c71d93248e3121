"""Whether the lines of a small plain file are texts of their own, as sentences of a corpus."""

from statistics import median
from typing import Final

_LEAST_LINES: Final = 8
_LEAST_CHARACTERS: Final = 8
_MOSTLY: Final = 0.8


def are_lines_texts(text: str) -> bool:
    """Whether it is a list of texts, one a line, and no prose that is broken into lines.

    A list has no blank lines. Broken prose fills its lines: the first word of the next line would
    not have fitted.
    """
    lines = text.strip().splitlines()
    if len(lines) < _LEAST_LINES or not all(map(str.strip, lines)):
        return False
    lengths = [len(line.rstrip()) for line in lines]
    if median(lengths) < _LEAST_CHARACTERS:
        return False
    width = max(lengths)
    filled = sum(
        length + 1 + len(after.split(maxsplit=1)[0]) > width
        for length, after in zip(lengths, lines[1:], strict=False)
    )
    return filled < _MOSTLY * (len(lines) - 1)
