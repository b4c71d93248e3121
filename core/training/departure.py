"""How one of several processes leaves a run before its end, and what the others make of it."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from core.errors import RunError
from core.training.context import Interrupted

How = Literal["pause", "stop", "fail", "lost"]


@dataclass(frozen=True)
class Departure:
    """The first process that left the run before its end, and how.

    Attributes:
        rank: Which; None where another one only saw that somebody is gone.
        how: It was asked to `pause` or `stop`, it failed, or it is `lost`: killed, or hanging.
        text: Of a failure, in words.
    """

    rank: int | None
    how: How
    text: str = ""

    def as_error(self, world: int) -> Interrupted | RunError:
        """What the others end with."""
        if self.how in ("pause", "stop"):
            return Interrupted("pause" if self.how == "pause" else "stop")
        who = "Another process" if self.rank is None else f"Process {self.rank + 1}"
        if self.how == "fail":
            return RunError("process-failed", who=who, world=world, reason=self.text)
        return RunError("process-lost", who=who, world=world)


def told(departure: Departure) -> str:
    """As it stands in the store that all processes share."""
    return json.dumps(asdict(departure))


def read(text: bytes | str) -> Departure:
    """What another process told."""
    return Departure(**json.loads(text))
