"""A run in a few words and numbers, for a list of runs; never fails, whatever is in the folder."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.readers.chance import chance_doubt
from core.readers.glimpse import run_excerpt, run_pictures
from core.readers.lead import Lead, judgements_of, lead_of, subject_of
from core.readers.outcome import read_outcome
from core.readers.recommendation import recommended_arm
from core.readers.story import Story, story_of
from core.readers.work_done import done_on_disk, share_done, stage_works
from core.recipe import Recipe
from core.recipe.arms import BASE
from core.recipe.tasks import SINGLE, TASKS, Metric, metric_of
from core.run.event_log import EventTail, last_events
from core.run.events import Event, RunStarted, StageResumed, StageStarted, StepDone
from core.run.files import EVENTS, RESULTS, RUN, STATE
from core.run.folder import RunFolder, RunState, Status
from core.run.moved import as_it_lies
from core.run.notes import read_notes


@dataclass(frozen=True)
class Score:
    """An arm on the test images: the first metric of the run's task, with its 95 % interval."""

    arm: str
    value: float
    low: float
    high: float
    metric: Metric = TASKS[SINGLE].metric


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a list shows of a run.

    Attributes:
        path: Its folder.
        state: What it is doing; None when it can't be opened.
        text: The sentence that explains the state.
        share: How much of its work is done, from 0 to 1; None when not known.
        ends_at: When it will be finished (seconds since 1970); None when not known.
        best: The recommended arm, as Results begin with; the best where none is recommended; None
            when nothing was compared (yet).
        chance: That this is hardly better than knowing nothing, in words; empty where it is.
        num_bytes: Size on disk.
        changed: When something last happened (seconds since 1970); 0 when not known.
        pictures: A few of its images.
        excerpt: The beginning of one of its texts.
        lead: Whether the method gained anything over fine-tuning alone; None: no results.
        story: How it went.
        notes: What somebody wrote about it.
        error: Why it can't be opened; empty when it can.
        action: What to do about that.
    """

    path: Path
    state: RunState | None = None
    text: str = ""
    share: float | None = None
    ends_at: float | None = None
    best: Score | None = None
    chance: str = ""
    num_bytes: int = 0
    changed: float = 0.0
    pictures: tuple[Path, ...] = field(default=())
    excerpt: str = ""
    lead: Lead | None = None
    story: Story = field(default_factory=Story)
    notes: str = ""
    error: str = ""
    action: str = ""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.path.name

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing at its place any more."""
        return not self.changed


def summarise(path: Path) -> RunSummary:
    """Read a run folder; what is wrong with it is in `error`."""
    facts: dict[str, Any] = {"path": path, "num_bytes": _size(path), "changed": _changed(path)}
    if not path.exists():
        gone = RunError("run-gone", path=path)
        return RunSummary(path=path, error=gone.what, action=gone.action)
    try:
        run = RunFolder.open(path)
        recipe = run.recipe()
        status = run.status()
    except RunError as error:
        return RunSummary(**facts, error=error.what, action=error.action)
    tail = last_events(run.events_file)
    is_picture = recipe.modality.shown_as == "picture"
    return RunSummary(
        **facts,
        state=status.state,
        text=as_it_lies(status.text, path),
        share=_share(run, recipe, status, tail),
        ends_at=_ends_at(status, tail),
        best=(best := best_score(run)),
        chance=_chance(run, best),
        lead=_lead(run),
        story=story_of(path),
        notes=read_notes(path),
        pictures=run_pictures(run) if is_picture else (),
        excerpt=run_excerpt(run, recipe),
    )


def best_score(run: RunFolder) -> Score | None:
    """The arm that a run with results recommends; the best one where it recommends none."""
    scores = []
    chosen = recommended_arm(run)
    with suppress(RunError, KeyError, TypeError, ValueError, AttributeError):
        values = run.read_json(RESULTS)
        for arm, found in {**values.get("frozen", {}), **values["arms"]}.items():
            if arm not in values["arms"] and arm != chosen:
                continue
            metric = metric_of(found)
            interval = found["intervals"][metric.key]
            value, low, high = map(float, (found[metric.key], interval["low"], interval["high"]))
            scores.append(Score(arm, value, low, high, metric))
    own = next((score for score in scores if score.arm == chosen), None)
    return own or max(scores, key=lambda score: score.value, default=None)


def _chance(run: RunFolder, best: Score | None) -> str:
    if best is None:
        return ""
    with suppress(RunError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return chance_doubt(read_outcome(run), best.arm)
    return ""


def _lead(run: RunFolder) -> Lead | None:
    """How the answer begins; None where nothing was compared."""
    recommended = recommended_arm(run)
    with suppress(RunError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        values = run.read_json(RESULTS)
        rows = {**values["arms"], **values.get("frozen", {})}
        if (about := subject_of(values["arms"], judgements_of(rows), recommended)) is not None:
            return lead_of(rows[about].get("against", {}).get(BASE), recommended)
    return None


def _share(run: RunFolder, recipe: Recipe, status: Status, tail: list[Event]) -> float | None:
    if status.state is RunState.FINISHED:
        return 1.0
    started = [
        event
        for event in (*EventTail(run.events_file).read(), *tail)
        if isinstance(event, RunStarted)
    ]
    if not started:
        return 0.0
    names = started[-1].stages
    shares = {name: _share_of_stage(name, tail) for name in names}
    return share_done(stage_works(recipe, names), done_on_disk(run, names), shares)


def _share_of_stage(name: str, tail: list[Event]) -> float:
    for event in reversed(tail):
        if getattr(event, "stage", "") != name:
            continue
        if isinstance(event, StepDone | StageResumed):
            return min(1.0, event.step / max(1, event.num_steps))
        if isinstance(event, StageStarted):
            return 0.0
    return 0.0


def _ends_at(status: Status, tail: list[Event]) -> float | None:
    if status.state is not RunState.RUNNING:
        return None
    for event in reversed(tail):
        if isinstance(event, StepDone):
            return None if event.run_left_s is None else event.time + event.run_left_s
    return None


def _changed(path: Path) -> float:
    """When something last happened; 0 when there is nothing."""
    latest = 0.0
    for name in (RUN, STATE, EVENTS, RESULTS):
        with suppress(OSError):
            latest = max(latest, (path / name).stat().st_mtime)
    with suppress(OSError):
        return latest or path.stat().st_mtime
    return 0.0


def _size(path: Path) -> int:
    total = 0
    for entry in _files(path):
        with suppress(OSError):
            total += entry.stat(follow_symlinks=False).st_size
    return total


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry
        except OSError:
            continue  # gone meanwhile, or not ours to read
