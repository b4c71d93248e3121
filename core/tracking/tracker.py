"""What a tracker is asked to write."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Opening:
    """What a tracker is opened with.

    Attributes:
        folder: Its own, which is there.
        run: Name of the run.
        settings: The recipe, flat: `pretrain.lr` and its value as text.
        id: What the tracker itself called the run when it was opened before; empty the first time.
    """

    folder: Path
    run: str
    settings: Mapping[str, str]
    id: str = ""


class Tracker(ABC):
    """Writes one run for another tool.

    Attributes:
        id: What the tool calls the run, for `Opening.id` of the next time; may be empty.
        goes_back: Whether it can take back what it wrote (`go_back`). To one that can't, a step
            that is done again after a kill is not told again: it is the same step.
    """

    id: str = ""
    goes_back: bool = False

    @abstractmethod
    def numbers(self, stage: str, step: int, time: float, values: Mapping[str, float]) -> None:
        """Write numbers of a stage.

        Args:
            stage: As in `stages/`, or `results`.
            step: Steps of that stage that were done.
            time: When, in seconds since 1970 (UTC).
            values: By name.
        """

    @abstractmethod
    def text(self, name: str, text: str, time: float) -> None:
        """Write a text of the run."""

    def go_back(self, stage: str, step: int) -> None:
        """The steps of a stage after this one are void: they are done again; -1 for all of it."""
        del stage, step

    @abstractmethod
    def flush(self) -> None:
        """What was written so far outlives this process."""

    @abstractmethod
    def close(self, *, is_finished: bool) -> None:
        """End; `is_finished`: nothing of this run will follow."""
