"""What a section is given, and what it gives back."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The device of `tests.later`, which tests run the sections on.
LATER = "later"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A device and a while.

    Attributes:
        device: `cuda:N`, `cpu` or `later`.
        folder: Where sections write; what one of them has made, later ones may use.
        seconds: What the section may take.
    """

    device: str
    folder: Path
    seconds: float

    @property
    def is_gpu(self) -> bool:
        """Whether speed means anything, and models are those that people train."""
        return self.device.startswith("cuda")

    def to_json(self) -> str:
        """For the process of a section."""
        return json.dumps({**dataclasses.asdict(self), "folder": str(self.folder)})

    @classmethod
    def from_json(cls, text: str) -> "Day":
        """What `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**{**values, "folder": Path(values["folder"])})


@dataclass(frozen=True)
class Check:
    """One line of the table.

    Attributes:
        name: What was looked at.
        found: What was found, in words.
        passed: Against the bar; None where nothing could be judged, and `found` says why.
        bar: What it has to be, in words.
    """

    name: str
    found: str
    passed: bool | None
    bar: str = ""


@dataclass
class Found:
    """What a section found.

    Attributes:
        checks: Lines of the table.
        values: Numbers for the JSON file.
    """

    checks: list[Check] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def check(self, name: str, passed: bool | None, found: object, bar: str = "") -> None:
        """Add a line."""
        self.checks.append(Check(name, str(found), passed, bar))

    def at_least(self, name: str, value: float, bar: float, unit: str = "") -> None:
        """Add a line about a number that has a lower bar."""
        self.check(name, value >= bar, f"{value:.3g}{unit}", f"at least {bar:g}{unit}")

    def below(self, name: str, value: float, bar: float, unit: str = "") -> None:
        """Add a line about a number that has an upper bar."""
        self.check(name, value < bar, f"{value:.3g}{unit}", f"below {bar:g}{unit}")


class Skipped(Exception):  # noqa: N818  (nothing is wrong)
    """A section that can't be run here; its text says why."""


Section = Callable[[Day], Found]
