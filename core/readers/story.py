"""A run in one line to look at: how it went, and how long it took."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.language import _
from core.readers.curves import Curve, curves_of
from core.readers.history import History
from core.run.event_log import read_events
from core.run.files import EVENTS

# A list of runs reads all of them: of a longer log only its size is known.
_MOST_BYTES = 4 << 20
_POINTS = 40


@dataclass(frozen=True)
class Story:
    """How a run went.

    Attributes:
        what: What the line is of, for whoever listens; empty: there is no line.
        line: Up to forty values, in order.
        seconds: In which a trainer was at work; None where the log is too long to tell.
    """

    what: str = ""
    line: tuple[float, ...] = ()
    seconds: float | None = None


def story_of(run: Path) -> Story:
    """The story of a run; an empty one where there is no log."""
    try:
        found = (run / EVENTS).stat()
    except OSError:
        return Story()
    if found.st_size > _MOST_BYTES:
        return Story()
    return _read(run, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=256)
def _read(run: Path, size: int, written: int) -> Story:
    del size, written  # another log of the same run is another story
    history = History()
    history.extend(read_events(run / EVENTS))
    stages = curves_of(run, history).stages
    for name, what in (("linear", _("linear probe")), ("accuracy", _("validation accuracy"))):
        curves = [stage.curves[name] for stage in stages if name in stage.curves]
        if sum(map(len, curves)) > 1:
            return Story(what, _joined(curves), history.spent_s)
    losses = [stage.curves["loss"] for stage in stages if "loss" in stage.curves]
    line = _joined(losses[-1:]) if losses and len(losses[-1]) > 1 else ()
    return Story(_("loss of the last stage") if line else "", line, history.spent_s)


def _joined(curves: list[Curve]) -> tuple[float, ...]:
    values = np.concatenate([curve.decimated(_POINTS).values for curve in curves])
    if len(values) > _POINTS:
        values = values[np.linspace(0, len(values) - 1, _POINTS).round().astype(int)]
    return tuple(map(float, values))
