"""Passes the events of a run on to a tracker, from where the last follower ended."""

import json
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock

from core.errors import RunError
from core.recipe import Recipe
from core.recipe.tasks import TASKS
from core.run.event_log import EventTail
from core.run.events import (
    Event,
    Outcome,
    ProbeDone,
    RunEnded,
    StageResumed,
    StageStarted,
    StepDone,
    Validated,
)
from core.run.files import RESULTS, TRACKING, TRACKING_LOCK, TRACKING_NOTE
from core.run.folder import RunFolder, RunState
from core.system.atomic import write_json
from core.tracking.tracker import Opening, Tracker
from core.tracking.trackers import TRACKERS, refuse_missing

_POLL_S = 1.0
# Whoever ends is waited for by the one of the next start.
_PATIENCE_S = 120.0
_RESULTS_STAGE = "results"


def tracking_folder(run: Path, name: str) -> Path:
    """Where a tracker's files of a run lie."""
    return run / TRACKING / name


def follow(run: RunFolder, name: str, *, wait: bool) -> Path:
    """Write what happened in a run for a tracker, and what happens while a trainer is at work.

    What an earlier call has written is not written again.

    Args:
        run: The run.
        name: Of the tracker.
        wait: Until the trainer ends; else only what is there now.

    Returns:
        The folder with what was written.

    Raises:
        RunError: The tracker is unknown or not installed, the run can't be read, another process
            writes the same, or the library fails.
        OSError: As the file system says.
    """
    refuse_missing([name])
    folder = tracking_folder(run.path, name)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(run, folder):
        note = _read_note(folder)
        opening = Opening(folder, run.path.name, _flat(run.recipe()), note.get("id", ""))
        try:
            tracker = TRACKERS[name].open(opening)
            is_finished = False
            try:
                is_finished = _pass_on(run, tracker, folder, note, wait=wait)
            finally:
                tracker.close(is_finished=is_finished)
        except (RunError, OSError):
            raise
        except Exception as error:  # a library of somebody else's may raise anything
            reason = f"{type(error).__name__}: {error}"
            title = TRACKERS[name].title
            raise RunError(
                "tracker-failed", title=title, path=run.path, folder=folder, reason=reason
            ) from error
    return folder


def _pass_on(
    run: RunFolder, tracker: Tracker, folder: Path, note: dict[str, Any], *, wait: bool
) -> bool:
    """Write until nothing is left; returns whether the run is finished."""
    tail = EventTail(run.events_file, note.get("offset", 0))
    writing = _Writing(run, tracker, note.get("steps", {}))
    while True:
        # Asked before the last look: what a trainer told until it ended must not be missed.
        is_at_work = wait and run.status().state is RunState.RUNNING
        while events := tail.read():
            for event in events:
                writing.write(event)
        tracker.flush()
        written = {"offset": tail.whole_offset, "id": tracker.id, "steps": writing.steps}
        write_json(folder / TRACKING_NOTE, written)
        if not is_at_work:
            return run.status().state is RunState.FINISHED
        time.sleep(_POLL_S)


class _Writing:
    """Tells a tracker of events, of each step once.

    Args:
        run: The run.
        tracker: Told.
        steps: The last step that it was told of, by stage and kind of event; is changed.
    """

    def __init__(self, run: RunFolder, tracker: Tracker, steps: dict[str, int]) -> None:
        self._run, self._tracker, self.steps = run, tracker, steps

    def write(self, event: Event) -> None:
        """Write what a tracker can show of an event."""
        match event:
            case StepDone() | ProbeDone() | Validated():
                self._numbers(event)
            case StageStarted():
                # Again, where a kill came before the first checkpoint.
                self._go_back(event.stage, -1)
            case StageResumed():
                self._go_back(event.stage, event.step)
            case RunEnded() if event.outcome is Outcome.FINISHED:
                _write_results(self._run, self._tracker, event)
            case _:
                pass  # told in words, in the log and on the pages

    def _numbers(self, event: StepDone | ProbeDone | Validated) -> None:
        key = f"{event.stage} {event.kind}"
        if event.step <= self.steps.get(key, -1):
            return
        self.steps[key] = event.step
        self._tracker.numbers(event.stage, event.step, event.time, _finite(_values_of(event)))

    def _go_back(self, stage: str, step: int) -> None:
        if not self._tracker.goes_back:
            return
        known = [key for key in self.steps if key.rpartition(" ")[0] == stage]
        if known:
            self._tracker.go_back(stage, step)
        for key in known:
            self.steps[key] = min(self.steps[key], step)


def _values_of(event: StepDone | ProbeDone | Validated) -> dict[str, float | None]:
    match event:
        case StepDone():
            return {
                **event.losses,
                "learning_rate": event.lr,
                "examples_per_s": event.images_per_s,
                "memory_gib": event.memory_gib,
            }
        case ProbeDone():
            return {
                "probe/linear": event.linear,
                "probe/knn": event.knn,
                "probe/rank": event.rank,
                "distance_from_initial": event.distance_from_initial,
            }
        case Validated():
            return {f"validation/{event.metric}": event.accuracy}


def _write_results(run: RunFolder, tracker: Tracker, event: RunEnded) -> None:
    tracker.text("verdict", event.text, event.time)
    with suppress(RunError, KeyError, TypeError):
        results = run.read_json(RESULTS)
        for arm, found in {**results.get("frozen", {}), **results["arms"]}.items():
            named = {f"{arm}/{name}": value for name, value in _scores(found).items()}
            tracker.numbers(_RESULTS_STAGE, 0, event.time, _finite(named))


def _scores(found: Mapping[str, Any]) -> dict[str, float | None]:
    """Of a row of the results what its task is judged by, with intervals where there are some."""
    scores: dict[str, float | None] = {}
    for key in _METRICS:
        if key not in found:
            continue
        scores[key] = found[key]
        between = found.get("intervals", {}).get(key) or {}
        scores |= {f"{key}_{end}": between[end] for end in _ENDS if end in between}
    return scores


_ENDS = ("low", "high")
_METRICS = tuple(dict.fromkeys(metric.key for task in TASKS.values() for metric in task.metrics))


def _finite(values: Mapping[str, float | None]) -> dict[str, float]:
    """What a curve can show."""
    return {
        name: value for name, value in values.items() if value is not None and math.isfinite(value)
    }


def _flat(recipe: Recipe) -> dict[str, str]:
    """A recipe as `section.key` and text, without what names folders and files of somebody's.

    What was written may be sent elsewhere later (`wandb sync`).
    """
    flat: dict[str, str] = {}
    for section, values in recipe.model_dump(mode="json", exclude_none=True).items():
        if isinstance(values, dict):
            flat |= {f"{section}.{key}": _as_text(value) for key, value in values.items()}
        else:
            flat[section] = _as_text(values)
    for name in _PRIVATE:
        flat.pop(name, None)
    if Path(recipe.model.name).is_absolute():
        flat["model.name"] = Path(recipe.model.name).name
    return flat


_PRIVATE = ("data.unlabeled", "data.labeled", "data.left_out", "data.corrections")


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read_note(folder: Path) -> dict[str, Any]:
    """How far it was written; a note that can't be read begins anew, beside what is there."""
    with suppress(OSError, ValueError):
        note = json.loads((folder / TRACKING_NOTE).read_text(encoding="utf-8"))
        if isinstance(note, dict) and isinstance(note.get("offset"), int):
            return note if isinstance(note.get("steps", {}), dict) else {**note, "steps": {}}
    return {}


@contextmanager
def _alone(run: RunFolder, folder: Path) -> Iterator[None]:
    lock = filelock.FileLock(folder / TRACKING_LOCK)
    try:
        lock.acquire(timeout=_PATIENCE_S)
    except filelock.Timeout as error:
        raise RunError("tracker-busy", path=run.path, folder=folder) from error
    try:
        yield
    finally:
        lock.release()
