"""One entry of the error catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of one failure; `{name}` places are filled from the error's details.

    Attributes:
        what: What is wrong, and where.
        action: What to do about it.
    """

    what: str
    action: str
