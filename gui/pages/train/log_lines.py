"""Events in words, for the log."""

import time
from dataclasses import dataclass
from typing import Any

from core.recipe.tasks import SINGLE, TASKS, metric_named
from core.run.events import (
    CheckpointSaved,
    Event,
    Noticed,
    Outcome,
    ProbeDone,
    RaceMoved,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    Validated,
)
from gui.words.numbers import percent, stage_title

ALL, NOTICES, PROBLEMS = range(3)
# Notices that only inform; any other one is about something that went wrong.
_CALM = {
    "data",
    "nothing-judges",
    "same-as-base",
    "disk-has-room",
    "pixels-streamed",
    "targets-too-large",
    "race-planned",
    "race-time",
}


@dataclass(frozen=True)
class Line:
    """One line: when, the highest level that still shows it, what."""

    time: float
    level: int
    text: str

    def shown(self) -> str:
        """As text; with the day when that is not today."""
        try:
            then = time.localtime(self.time)
        except (OverflowError, ValueError, OSError):
            return self.text
        is_today = then[:3] == time.localtime()[:3]
        return f"{time.strftime('%H:%M:%S' if is_today else '%d %b %H:%M:%S', then)}  {self.text}"


def line_of(event: Event) -> Line | None:
    """An event in words; None for those that curves and bars show."""
    words = words_of(event)
    return Line(event.time, _level(event), words) if words else None


def words_of(event: Event) -> str:
    """What happened."""
    match event:
        case RunStarted():
            words = f"Training on {event.device}, {event.precision}"
        case StageStarted():
            words = f"{stage_title(event.stage)}: {event.num_steps:,} steps"
        case StageResumed():
            words = f"{stage_title(event.stage)} continues after step {event.step:,}"
        case StageDone():
            words = f"{stage_title(event.stage)} is done{_outcome(event.summary)}"
        case CheckpointSaved():
            words = f"Checkpoint after step {event.step:,}"
        case ProbeDone():
            words = _probe(event)
        case Validated():
            words = _validated(event)
        case RaceMoved():
            words = event.words
        case Noticed() | RunEnded():
            words = event.text
        case _:
            words = ""
    return words


def _outcome(summary: dict[str, Any]) -> str:
    """What a stage came to, in its own numbers; empty where it says none."""
    match summary:
        case {"start_probe": {"linear": float(start)}, "best_probe": {"linear": float(best)}}:
            return f": linear probe {percent(start)} before it, {percent(best)} at its best"
        case {"test": {"accuracy": {"value": float(accuracy)}}}:
            return f": {percent(accuracy)} of the test examples are right"
        case {"test": {"mean_average_precision": {"value": float(precision)}}}:
            return f": mean average precision {percent(precision)} on the test examples"
        case {"test": {"r2": {"value": float(explained)}}}:
            return f": R² {percent(explained)} on the test examples"
    return ""


def _level(event: Event) -> int:
    if isinstance(event, Noticed):
        return NOTICES if event.id in _CALM else PROBLEMS
    if isinstance(event, RaceMoved):
        return NOTICES
    if isinstance(event, RunEnded):
        return PROBLEMS if event.outcome is Outcome.FAILED else NOTICES
    return ALL


def _validated(event: Validated) -> str:
    after, value = f"After step {event.step:,}", percent(event.accuracy)
    if event.metric == TASKS[SINGLE].metric.key:
        return f"{after} {value} of {event.num_examples:,} validation examples are right"
    return f"{after} the {metric_named(event.metric).words} of validation examples is {value}"


def _probe(event: ProbeDone) -> str:
    scores = [
        f"{name} {percent(value)}"
        for name, value in (("linear probe", event.linear), ("kNN", event.knn))
        if value is not None
    ]
    if event.rank is not None:
        scores.append(f"effective rank {event.rank:.1f} (RankMe, a hint)")
    if event.distance_from_initial is not None:
        scores.append(f"distance from the initial weights {event.distance_from_initial:.2f}")
    # Without labels nothing is better or worse.
    best = " (the best so far)" if event.is_best and event.linear is not None else ""
    below = ", clearly below the start" if event.has_fallen else ""
    return f"Probe after step {event.step:,}: {', '.join(scores)}{best}{below}"
