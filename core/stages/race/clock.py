"""What a race takes: seconds of its steps, and of all of it so far, over pauses and kills."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from core.run.files import SPENT
from core.stages.setup import RunSetup
from core.system.atomic import write_json
from core.training.context import RunContext
from core.training.ranks import Ranks


@dataclass
class StepWatch:
    """Takes the time of steps; told by the loop after each of them.

    Args:
        catch_up: Waits for the device.
        now: The clock.
    """

    catch_up: Callable[[], None]
    now: Callable[[], float] = time.monotonic
    _before: float | None = None
    _taken: list[float] = field(default_factory=list)

    def __call__(self, stage: str, step: int) -> None:
        """So many steps are done."""
        del stage, step
        self.catch_up()
        now = self.now()
        if self._before is not None:
            self._taken.append(now - self._before)
        self._before = now

    def begin(self) -> None:
        """What comes next is another training."""
        self._before = None

    @property
    def step_s(self) -> float | None:
        """Median seconds of a step, those of the last training's first not counted."""
        return statistics.median(self._taken) if self._taken else None


class Spent:
    """Seconds at work on a race, kept in its folder; pauses are not counted.

    Args:
        folder: Of the race.
        context: Writes.
        now: The clock.
    """

    def __init__(
        self, folder: Path, context: RunContext, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._file, self._context, self._now = folder / SPENT, context, now
        self._before = _kept(self._file)
        self._began = now()

    @property
    def seconds(self) -> float:
        """Until now."""
        return self._before + self._now() - self._began

    def is_before(self, setup: RunSetup, end: float) -> bool:
        """Whether a share of the run's time is not over yet; all processes agree."""
        late = self.seconds > end * 60 * setup.recipe.race.minutes
        return not Ranks(setup.hardware).any([late])[0]

    def keep(self) -> None:
        """Write it down: a kill loses what comes after."""
        write = partial(write_json, self._file, {"seconds": self.seconds})
        self._context.write(write, "the race")


def _kept(file: Path) -> float:
    try:
        return float(json.loads(file.read_text(encoding="utf-8"))["seconds"])
    except FileNotFoundError:
        return 0.0
