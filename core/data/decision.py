"""What a user can decide of an example's label."""

from dataclasses import dataclass
from typing import Final, Literal

Decision = Literal["", "keep", "correct", "leave out"]
DECISIONS: Final[tuple[Decision, ...]] = ("", "keep", "correct", "leave out")


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision.

    Attributes:
        name: Of the example, as scans show it.
        given: The label that it had when it was decided.
        decision: What was decided; empty for nothing yet.
        new: The label that is right; empty unless it is corrected.
        content: Of a row in a table what its text or picture is known by: lines move. Empty if
            nobody noted it.
    """

    name: str
    given: str
    decision: Decision
    new: str = ""
    content: str = ""
