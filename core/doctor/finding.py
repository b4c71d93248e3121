"""One line of the doctor's report."""

from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do.

    Attributes:
        name: What was looked at.
        value: What was found, in words.
        status: `ok`; `warning`: it works, but not as well as it could; `problem`: it won't work,
            or a GPU that is there is not used.
        advice: What to do; empty when there is nothing to do.
    """

    name: str
    value: str
    status: Status = "ok"
    advice: str = ""

    def to_dict(self) -> dict[str, str]:
        """The finding for JSON."""
        return asdict(self)
