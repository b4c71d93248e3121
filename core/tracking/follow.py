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
from core.run.event_log import EventTail
from core.run.events import Event, Outcome, ProbeDone, RunEnded, StageResumed, StepDone, Validated
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
    while True:
        # Asked before the last look: what a trainer told until it ended must not be missed.
        is_at_work = wait and run.status().state is RunState.RUNNING
        while events := tail.read():
            for event in events:
                _write(run, tracker, event)
        tracker.flush()
        write_json(folder / TRACKING_NOTE, {"offset": tail.whole_offset, "id": tracker.id})
        if not is_at_work:
            return run.status().state is RunState.FINISHED
        time.sleep(_POLL_S)


def _write(run: RunFolder, tracker: Tracker, event: Event) -> None:
    match event:
        case StepDone():
            values = {
                **event.losses,
                "learning_rate": event.lr,
                "examples_per_s": event.images_per_s,
                "memory_gib": event.memory_gib,
            }
            tracker.numbers(event.stage, event.step, event.time, _finite(values))
        case ProbeDone():
            found = {
                "probe/linear": event.linear,
                "probe/knn": event.knn,
                "probe/rank": event.rank,
                "distance_from_initial": event.distance_from_initial,
            }
            tracker.numbers(event.stage, event.step, event.time, _finite(found))
        case Validated():
            values = {"validation/accuracy": event.accuracy}
            tracker.numbers(event.stage, event.step, event.time, values)
        case StageResumed():
            tracker.go_back(event.stage, event.step)
        case RunEnded() if event.outcome is Outcome.FINISHED:
            _write_results(run, tracker, event)
        case _:
            pass  # told in words, in the log and on the pages


def _write_results(run: RunFolder, tracker: Tracker, event: RunEnded) -> None:
    tracker.text("verdict", event.text, event.time)
    with suppress(RunError, KeyError, TypeError):
        results = run.read_json(RESULTS)
        for arm, found in {**results.get("frozen", {}), **results["arms"]}.items():
            values = {"accuracy": found["accuracy"], "macro_f1": found["macro_f1"]}
            values |= {f"accuracy_{end}": found["intervals"]["accuracy"][end] for end in _ENDS}
            named = {f"{arm}/{name}": value for name, value in values.items()}
            tracker.numbers(_RESULTS_STAGE, 0, event.time, _finite(named))


_ENDS = ("low", "high")


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
            return note
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
