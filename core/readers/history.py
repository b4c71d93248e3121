"""The curves of a run as compact arrays, however long it was; `core.processes.history` writes them.

A million events as objects would fill the memory and hold up a window for seconds; as arrays they
take eight bytes a number, and a window loads them at once.
"""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from core.readers.history_table import Table
from core.recipe.objectives import LOSS_TITLES, OBJECTIVES
from core.run.event_json import from_json, to_json
from core.run.events import (
    ChanceLevel,
    CheckpointSaved,
    Event,
    Noticed,
    Outcome,
    PreviewSaved,
    ProbeDone,
    Progress,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
    Validated,
    Working,
)

LOSSES = ("loss", *LOSS_TITLES)
# The part of the loss that is a run's objective, whichever it is: a run has one.
OF_OBJECTIVE = "objective"
STEP_COLUMNS = ("time", *LOSSES, OF_OBJECTIVE, "lr", "images_per_s", "memory_gib")
PROBE_COLUMNS = ("time", "knn", "linear", "distance", "rank", "below_start", "accuracy")
# Of the events that are kept as such, per kind of weight: what happens often pushes nothing out
# that happens seldom.
_MOST_EVENTS = 2_000


class StageHistory:
    """One stage: how many steps it has, what was seen of it."""

    def __init__(
        self, num_steps: int, steps: Table | None = None, probes: Table | None = None
    ) -> None:
        self.num_steps = num_steps
        self.steps = Table(STEP_COLUMNS) if steps is None else steps
        self.probes = Table(PROBE_COLUMNS) if probes is None else probes


class History:
    """All stages of a run, one after another.

    Attributes:
        stages: By name, in the order in which they were trained.
        version: Rises with every change.
        spent_s: Seconds in which a trainer was at work; pauses do not count.
        harm: What the last stage that is done did to the representation, where it did no good.
        chance: What knowing nothing reaches, by the kind of the looks that it is for.
    """

    def __init__(self) -> None:
        self.stages: dict[str, StageHistory] = {}
        self.version = 0
        self.spent_s = 0.0
        self.harm = ""
        self.chance: dict[str, ChanceLevel] = {}
        self._time: float | None = None
        self._has_started, self._longest_gap = False, 0.0
        self._number = 0
        self._seldom: deque[tuple[int, Event]] = deque(maxlen=_MOST_EVENTS)
        self._often: deque[tuple[int, Event]] = deque(maxlen=_MOST_EVENTS)
        self._last: dict[type[Event], tuple[int, Event]] = {}

    def __len__(self) -> int:
        return sum(len(stage.steps) for stage in self.stages.values())

    @property
    def took_s(self) -> float:
        """Seconds that a finished run took; 0 until its end was read, for there may be more."""
        last = self._seldom[-1][1] if self._seldom else None
        is_whole = isinstance(last, RunEnded) and last.outcome is Outcome.FINISHED
        return self.spent_s if is_whole else 0.0

    def extend(self, events: Iterable[Event]) -> None:
        """Take in what happened next."""
        for event in events:
            self._keep(event)
            self._take(event)
        self.version += 1

    def offset(self, name: str) -> int:
        """Steps of all stages before the named one: where it begins in the whole story."""
        total = 0
        for known, stage in self.stages.items():
            if known == name:
                break
            total += stage.num_steps
        return total

    def place(self, step: float) -> tuple[str, float] | None:
        """The stage that a step of the whole story is in, and which of its steps that is."""
        offset = 0
        for name, stage in self.stages.items():
            if offset < step <= offset + stage.num_steps:
                return name, step - offset
            offset += stage.num_steps
        return None

    def nearest(self, step: float) -> float:
        """The reported step of the whole story that is nearest to a step."""
        place = self.place(step)
        if place is None or not len(steps := self.stages[place[0]].steps.steps):
            return step
        index = int(np.searchsorted(steps, place[1]))
        near = steps[max(0, index - 1) : index + 1]
        return self.offset(place[0]) + float(near[np.abs(near - place[1]).argmin()])

    def tale(self) -> list[Event]:
        """What is worth telling, in order: all but steps and progress, and the last of those."""
        told = [*self._seldom, *self._often, *self._last.values()]
        return [event for _, event in sorted(told, key=lambda pair: pair[0])]

    def _count_time(self, event: Event) -> None:
        """A trainer tells what it prepares before it says that it starts.

        So, of the gaps since the last event of a training, the longest one had no trainer.
        """
        gap = max(0.0, event.time - self._time) if self._time is not None else 0.0
        self._time = event.time
        if isinstance(event, RunStarted):
            self.spent_s -= self._longest_gap if self._has_started else 0.0
            self._has_started, self._longest_gap = True, 0.0
            return
        self.spent_s += gap
        is_preparing = isinstance(event, (Working, Noticed))
        self._longest_gap = max(self._longest_gap, gap) if is_preparing else 0.0

    def _keep(self, event: Event) -> None:
        self._number += 1
        self._count_time(event)
        if isinstance(event, StageStarted) and "finetune" not in event.stage:
            self.harm = ""
        elif isinstance(event, Noticed) and event.id == "start-kept":
            self.harm = event.text
        elif isinstance(event, ChanceLevel):
            self.chance[event.of] = event
        match event:
            case StepDone() | Progress() | Working():
                self._last[type(event)] = (self._number, event)
            case CheckpointSaved() | ProbeDone() | PreviewSaved() | Validated():
                self._often.append((self._number, event))
            case RunEnded() | RunStarted() | StageDone() | StageStarted() | StageResumed():
                self._last.clear()
                self._seldom.append((self._number, event))
            case _:
                self._seldom.append((self._number, event))

    def _take(self, event: Event) -> None:
        match event:
            case StageStarted():
                self.stages[event.stage] = StageHistory(event.num_steps)
            case StageResumed():
                stage = self._stage(event.stage, event.num_steps)
                stage.steps.cut(event.step)
                stage.probes.cut(event.step)
            case StepDone():
                own = [event.losses[name] for name in OBJECTIVES if name in event.losses]
                values = {
                    "time": event.time,
                    OF_OBJECTIVE: own[0] if own else None,
                    "lr": event.lr,
                    "images_per_s": event.images_per_s,
                    "memory_gib": event.memory_gib,
                    **{name: event.losses.get(name) for name in LOSSES},
                }
                self._stage(event.stage, event.num_steps).steps.append(event.step, values)
            case ProbeDone():
                values = {
                    "time": event.time,
                    "knn": event.knn,
                    "linear": event.linear,
                    "distance": event.distance_from_initial,
                    "rank": event.rank,
                    "below_start": float(event.has_fallen),
                }
                self._stage(event.stage, event.step).probes.append(event.step, values)
            case Validated():
                values = {"time": event.time, "accuracy": event.accuracy}
                self._stage(event.stage, event.step).probes.append(event.step, values)
            case StageDone() if event.summary.get("stopped_early"):
                # Ended early: the next stage begins here.
                steps = event.summary.get("steps")
                begun = self.stages.get(event.stage)
                if begun is not None and isinstance(steps, int):
                    begun.num_steps = min(begun.num_steps, steps)
            case _:
                pass

    def _stage(self, name: str, num_steps: int) -> StageHistory:
        return self.stages.setdefault(name, StageHistory(num_steps))

    def save(self, file: Path) -> None:
        """Write it as arrays."""
        tale = "\n".join(to_json(event) for event in self.tale())
        arrays: dict[str, Any] = {
            "names": np.array(list(self.stages), dtype=np.str_),
            "num_steps": np.array([stage.num_steps for stage in self.stages.values()], np.int64),
            "spent_s": np.array(self.spent_s),
            "tale": np.frombuffer(tale.encode("utf-8"), np.uint8),
        }
        for index, stage in enumerate(self.stages.values()):
            arrays[f"steps{index}"] = stage.steps.rows
            arrays[f"probes{index}"] = stage.probes.rows
        with file.open("wb") as out:
            np.savez(out, **arrays)

    @classmethod
    def load(cls, file: Path) -> "History":
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: It is not there or damaged.
        """
        history = cls()
        with np.load(file, allow_pickle=False) as arrays:
            for line in arrays["tale"].tobytes().decode("utf-8").split("\n"):
                if (event := from_json(line)) is not None:
                    history._keep(event)
            # The tale alone has other gaps.
            history.spent_s, history._longest_gap = float(arrays["spent_s"]), 0.0
            for index, (name, number) in enumerate(
                zip(arrays["names"], arrays["num_steps"], strict=True)
            ):
                history.stages[str(name)] = StageHistory(
                    int(number),
                    Table(STEP_COLUMNS, arrays[f"steps{index}"]),
                    Table(PROBE_COLUMNS, arrays[f"probes{index}"]),
                )
        history.version = 1
        return history
