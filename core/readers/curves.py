"""How a run learned, as arrays to draw: losses and probes by step, without what was done again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.readers.history import LOSSES, History
from core.readers.history_table import Table
from core.run.event_log import read_events
from core.run.events import ChanceLevel, ProbeDone, Validated
from core.run.files import EVENTS

# More points than a screen has pixels in width show nothing more.
MOST_POINTS = 1_000
# Each with the kind of the events that its numbers are of.
PROBES = {"accuracy": Validated.kind, "linear": ProbeDone.kind, "knn": ProbeDone.kind}


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve: (N,) steps, ascending, and (N,) values."""

    steps: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.steps)

    def decimated(self, most: int = MOST_POINTS) -> "Curve":
        """At most so many points, each the mean of its neighbours."""
        if len(self) <= most:
            return self
        ends = np.linspace(0, len(self), most + 1).astype(np.int64)[:-1]
        counts = np.diff([*ends, len(self)])
        return Curve(*(np.add.reduceat(each, ends) / counts for each in (self.steps, self.values)))


@dataclass(frozen=True, eq=False)
class StageCurves:
    """The curves of a stage.

    Attributes:
        name: Of the stage, as in `stages/`.
        num_steps: How many steps it has.
        curves: `loss` and its parts, `linear` and `knn` for the probes' accuracies, `accuracy` on
            validation examples for that of a classifier while it is fine-tuned.
    """

    name: str
    num_steps: int
    curves: dict[str, Curve]


@dataclass(frozen=True, eq=False)
class RunCurves:
    """The curves of a run, by stage in order.

    Attributes:
        chance: What knowing nothing reaches, by the names of the curves of `PROBES`.
    """

    run: Path
    stages: tuple[StageCurves, ...]
    chance: Mapping[str, ChanceLevel] = field(default_factory=dict)


def read_curves(run: Path) -> RunCurves:
    """Read the events of a run; a log that is not there has no curves.

    Raises:
        OSError: As the file system says.
    """
    history = History()
    history.extend(read_events(run / EVENTS))
    return curves_of(run, history)


def curves_of(run: Path, history: History) -> RunCurves:
    """What there is to draw of a history."""
    stages = []
    for name, stage in history.stages.items():
        found = {key: _curve(stage.steps, key) for key in LOSSES}
        found |= {key: _curve(stage.probes, key) for key in PROBES}
        curves = {key: curve for key, curve in found.items() if len(curve)}
        stages.append(StageCurves(name, stage.num_steps, curves))
    levels = ((key, history.chance.get(look)) for key, look in PROBES.items())
    chance = {key: level for key, level in levels if level is not None}
    return RunCurves(run, tuple(stages), chance)


def _curve(table: Table, name: str) -> Curve:
    values = table.column(name)
    is_there = np.isfinite(values)
    return Curve(table.steps[is_there], values[is_there]).decimated()
