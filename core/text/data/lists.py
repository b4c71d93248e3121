"""Plain files beside texts that hold none: names of classes, numbers, addresses, vectors."""

import re
from pathlib import Path

from core.data.tables.encodings import open_bytes

_HEAD = 1 << 14
_NUMBER = re.compile(rb"[-+]?[\d.,]+(e[-+]?\d+)?%?", re.IGNORECASE)
_MOSTLY = 0.9
_NAMES = frozenset(
    {"classes", "labels", "categories", "class_names", "label_names", "vocab", "vocabulary"}
)


def is_list(file: Path) -> bool:
    """Whether a plain file is a list: one word or number a line, or mostly numbers.

    Only words of ASCII count: other scripts write sentences without blanks.
    """
    if not _NAMES.isdisjoint(file.name.lower().split(".")):
        return True
    try:
        with open_bytes(file) as raw:
            head = raw.read(_HEAD)
    except (OSError, EOFError):
        return False
    lines = [line.split() for line in head.splitlines() if line.strip()]
    if len(head) == _HEAD:
        lines = lines[:-1]
    if len(lines) < 2 or not head.isascii():
        return False
    if all(len(words) == 1 for words in lines):
        return True
    numeric = (2 * sum(map(_is_number, words)) >= len(words) for words in lines)
    return sum(numeric) >= _MOSTLY * len(lines)


def _is_number(word: bytes) -> bool:
    return _NUMBER.fullmatch(word) is not None
