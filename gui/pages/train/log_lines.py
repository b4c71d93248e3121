"""Events in words, for the log."""

import time
from dataclasses import dataclass
from typing import Any

from core.language import _
from core.language.again import again
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
            words = _("Training on {device}, {precision}").format(
                device=again(event.device), precision=event.precision
            )
        case StageStarted():
            words = _("{stage}: {num_steps:,} steps").format(
                stage=stage_title(event.stage), num_steps=event.num_steps
            )
        case StageResumed():
            words = _("{stage} continues after step {step:,}").format(
                stage=stage_title(event.stage), step=event.step
            )
        case StageDone():
            words = _("{stage} is done{outcome}").format(
                stage=stage_title(event.stage), outcome=_outcome(event.summary)
            )
        case CheckpointSaved():
            words = _("Checkpoint after step {step:,}").format(step=event.step)
        case ProbeDone():
            words = _probe(event)
        case Validated():
            words = _validated(event)
        case RaceMoved():
            words = again(event.words)
        case Noticed() | RunEnded():
            words = again(event.text)
        case _:
            words = ""
    return words


def _outcome(summary: dict[str, Any]) -> str:
    """What a stage came to, in its own numbers; empty where it says none."""
    match summary:
        case {"start_probe": {"linear": float(start)}, "best_probe": {"linear": float(best)}}:
            return _(": linear probe {before} before it, {best} at its best").format(
                before=percent(start), best=percent(best)
            )
        case {"test": {"accuracy": {"value": float(accuracy)}}}:
            return _(": {share} of the test examples are right").format(share=percent(accuracy))
        case {"test": {"mean_average_precision": {"value": float(precision)}}}:
            return _(": mean average precision {share} on the test examples").format(
                share=percent(precision)
            )
        case {"test": {"r2": {"value": float(explained)}}}:
            return _(": R² {share} on the test examples").format(share=percent(explained))
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
    after, value = _("After step {step:,}").format(step=event.step), percent(event.accuracy)
    if event.metric == TASKS[SINGLE].metric.key:
        return _("{after} {value} of {num_examples:,} validation examples are right").format(
            after=after, value=value, num_examples=event.num_examples
        )
    return _("{after} the {metric} of validation examples is {value}").format(
        after=after, metric=metric_named(event.metric).words, value=value
    )


def _probe(event: ProbeDone) -> str:
    scores = [
        f"{name} {percent(value)}"
        for name, value in ((_("linear probe"), event.linear), (_("kNN"), event.knn))
        if value is not None
    ]
    if event.rank is not None:
        scores.append(_("effective rank {rank:.1f} (RankMe, a hint)").format(rank=event.rank))
    if event.distance_from_initial is not None:
        scores.append(
            _("distance from the initial weights {distance_from_initial:.2f}").format(
                distance_from_initial=event.distance_from_initial
            )
        )
    # Without labels nothing is better or worse.
    best = _(" (the best so far)") if event.is_best and event.linear is not None else ""
    below = _(", clearly below the start") if event.has_fallen else ""
    return _("Probe after step {step:,}: {scores}{best}{below}").format(
        step=event.step, scores=", ".join(scores), best=best, below=below
    )
