"""Files that tell of data, and are none themselves."""

from pathlib import PurePath
from typing import Final

# Why they are passed over.
READ_ME: Final = "about the data (README, LICENSE …)"
_NAMES: Final = frozenset(
    {"readme", "read_me", "license", "licence", "copying", "notice", "citation", "changelog"}
)


def is_read_me(name: str) -> bool:
    """Whether a file of this name tells of the data around it: README.md, LICENSE, CITATION.cff."""
    return PurePath(name).stem.lower() in _NAMES
