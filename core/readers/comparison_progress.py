"""What each fine-tuning of a comparison is doing, from its events and its folder."""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from core.recipe import Recipe
from core.recipe.arms import listed_place
from core.recipe.tasks import metric_of
from core.run.events import (
    Event,
    RunEnded,
    RunStarted,
    StageDone,
    StageResumed,
    StageStarted,
    StepDone,
)
from core.run.files import SUMMARY
from core.run.folder import RunFolder
from core.run.plan import USUAL_COSTS, fine_tuning_of, plan_stages
from core.run.possible import arms_of


class CellState(Enum):
    """What a stage is doing.

    `BEGUN`: it has a part of its steps and nobody works on it. `NONE`: there is no such stage,
    since a soup is one model of all seeds.
    """

    WAITING = auto()
    RUNNING = auto()
    BEGUN = auto()
    DONE = auto()
    NONE = auto()


@dataclass(frozen=True)
class Cell:
    """A stage.

    Attributes:
        state: What it is doing.
        share: Of its steps, from 0 to 1.
        score: The task's first metric on the test data; None while it is not known.
    """

    state: CellState
    share: float = 0.0
    score: float | None = None


class ComparisonProgress:
    """Stages of a comparison.

    Attributes:
        arms: The base model first.
        num_seeds: Fine-tunings per arm.
        stages: Names of all stages, in order.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.arms = sorted(arms_of(recipe), key=listed_place)
        self.num_seeds = recipe.finetune.num_seeds
        # Only names are asked of the plan.
        plan = plan_stages(recipe, USUAL_COSTS, decoder_is_fresh=False, can_finetune=True)
        self.stages = [stage.name for stage in plan]
        self._done: dict[str, float | None] = {}
        self._shares: dict[str, float] = {}
        self._at_work: set[str] = set()
        self._left: tuple[float, float] | None = None

    def take(self, events: Iterable[Event]) -> list[str]:
        """Take in what happened next; returns the stages that were completed."""
        completed = []
        for event in events:
            match event:
                case RunStarted():
                    self._start(event.stages)
                case RunEnded():
                    self._rest()
                case StageStarted():
                    self._work(event.stage, 0.0)
                case StageResumed() | StepDone():
                    self._work(event.stage, event.step / max(1, event.num_steps))
                    if isinstance(event, StepDone) and event.run_left_s is not None:
                        self._left = event.time, event.run_left_s
                case StageDone():
                    self._at_work.discard(event.stage)
                    self._done[event.stage] = _score(event.summary)
                    completed.append(event.stage)
                case _:
                    pass
        return completed

    def learn(self, done: Mapping[str, float | None]) -> None:
        """Take in which stages are complete on disk: a kill may have kept that out of the log."""
        self._done.update(done)

    @property
    def done(self) -> Mapping[str, float | None]:
        """Stages that are known to be complete, with the score of those that have one."""
        return self._done

    @property
    def num_done(self) -> int:
        """How many fine-tunings are complete."""
        return sum(1 for stage in self.stages if stage in self._done and fine_tuning_of(stage))

    @property
    def num_planned(self) -> int:
        """How many fine-tunings there are to be."""
        return sum(1 for stage in self.stages if fine_tuning_of(stage))

    @property
    def left(self) -> tuple[float, float] | None:
        """When the time left was said last (seconds since 1970), and how long it was in seconds."""
        return self._left

    def shared(self, *, is_training: bool) -> list[tuple[str, Cell]]:
        """The pre-training stages, which the arms share."""
        names = [stage for stage in self.stages if fine_tuning_of(stage) is None]
        return [(name, self._cell(name, is_training)) for name in names]

    def cells(self, *, is_training: bool) -> dict[tuple[str, int], Cell]:
        """Each fine-tuning by arm and seed.

        Args:
            is_training: Whether a trainer is at work; one that was killed told nobody.
        """
        found = {
            (arm, seed): Cell(CellState.NONE) for arm in self.arms for seed in range(self.num_seeds)
        }
        for stage in self.stages:
            tuned = fine_tuning_of(stage)
            if tuned in found:
                found[tuned] = self._cell(stage, is_training)
        return found

    def _cell(self, stage: str, is_training: bool) -> Cell:
        if stage in self._done:
            return Cell(CellState.DONE, 1.0, self._done[stage])
        share = self._shares.get(stage)
        if share is None:
            return Cell(CellState.WAITING)
        is_at_work = is_training and stage in self._at_work
        return Cell(CellState.RUNNING if is_at_work else CellState.BEGUN, share)

    def _start(self, stages: list[str]) -> None:
        """Another trainer took it up: somebody may have asked for more seeds meanwhile."""
        self.stages = stages
        seeds = [tuned[1] for stage in stages if (tuned := fine_tuning_of(stage)) is not None]
        self.num_seeds = max(seeds, default=self.num_seeds - 1) + 1
        self._rest()

    def _work(self, stage: str, share: float) -> None:
        self._shares[stage] = min(1.0, share)
        self._at_work.add(stage)

    def _rest(self) -> None:
        self._at_work.clear()
        self._left = None


def read_done(run: RunFolder, known: Container[str] = ()) -> dict[str, float | None]:
    """Complete stages of a run with the accuracies of those that have one.

    Args:
        run: The run.
        known: Names of stages that need not be read again.
    """
    found: dict[str, float | None] = {}
    for file in sorted(run.stages.glob(f"*/{SUMMARY}")):
        if (name := file.parent.name) not in known:
            try:
                found[name] = _score(json.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                continue  # gone or damaged: the trainer says so when it needs it
    return found


def _score(summary: Any) -> float | None:
    try:
        test = summary["test"]
        return float(test[metric_of(test).key]["value"])
    except (KeyError, TypeError, ValueError):
        return None
