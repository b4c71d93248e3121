"""Runs to look at: of tiny models, or those of the demo where the device is a GPU."""

import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from core.demo.demo import write_demo
from core.recipe import Recipe
from core.run.folder import RunFolder, RunState
from tests.gpu_day.day import LATER, Day, Skipped
from tests.helpers.text_worlds import build_text_world
from tests.helpers.trainers import Trainer
from tests.helpers.worlds import World, build_world, tiny_recipe
from tests.later.kind import Later

KINDS = ("images", "text")
# Whenever the loop reads its losses, which it does in every eighth step where the host runs ahead;
# 0 would make it do so in every step.
OFTEN_S = 0.001
_STEPS = 24
_BUILDERS = {"images": build_world, "text": build_text_world}


@dataclass(frozen=True)
class OnDevice:
    """What a trainer's process does first.

    Attributes:
        device: As of `Day`.
        memory: Bytes that it may take of the device; None for all.
        then: Done afterwards.
    """

    device: str
    memory: int | None = None
    then: Callable[[], None] | None = None

    def __call__(self) -> None:
        """In the process that trains."""
        if self.device == LATER:
            Later(memory=self.memory)()
        elif self.memory is not None:
            assert self.device.startswith("cuda")
            total = torch.cuda.get_device_properties(self.device).total_memory
            torch.cuda.set_per_process_memory_fraction(self.memory / total, self.device)
        if self.then is not None:
            self.then()


def tiny_world(day: Day, kind: str) -> World:
    """Tiny models and examples of a kind, made when they are first asked for."""
    folder = day.folder / "worlds" / kind
    making = folder.with_name(f"{kind}-making")
    if not folder.exists():
        shutil.rmtree(making, ignore_errors=True)
        _BUILDERS[kind](making)
        making.rename(folder)
    unlabeled = "unlabeled" if kind == "images" else "plain"
    timm_model = "timm-model" if kind == "images" else "model"
    names = (unlabeled, "labeled", "model", timm_model, "cache")
    return World(*(folder / name for name in names), kind)


def recipe_for(day: Day, kind: str, **changes: object) -> Recipe:
    """The demo's recipe with few steps, or a tiny one; changes as `section__key=value`."""
    changes = {"runtime__device": recipe_device(day), **changes}
    if not day.is_gpu:
        return tiny_recipe(tiny_world(day, kind), **changes)
    folder = day.folder / "demo" / kind
    known = folder / "recipe.json"
    if not known.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        recipe, _ = write_demo(folder, kind)
        known.write_text(recipe.model_dump_json(exclude_none=True))
    values = Recipe.model_validate_json(known.read_text()).model_dump(exclude_none=True)
    steps = {f"{section}__steps": _STEPS for section in ("pretrain", "distill", "finetune")}
    for name, value in {**steps, "runtime__report_s": OFTEN_S, **changes}.items():
        section, _, key = name.partition("__")
        values[section][key] = value
    return Recipe.model_validate(values)


def recipe_device(day: Day) -> str:
    """What a recipe calls the device."""
    return "auto" if day.device == LATER else day.device


def new_run(day: Day, name: str, recipe: Recipe) -> RunFolder:
    """A run that is not started yet."""
    path = day.folder / "runs" / name
    shutil.rmtree(path, ignore_errors=True)
    return RunFolder.create(path, recipe)


def begun(day: Day, run: RunFolder, first: OnDevice | None = None, **environment: str) -> Trainer:
    """A trainer at work on a run; beside a GPU one that is started as any user's is."""
    first = first or OnDevice(day.device)
    return Trainer(run, day.folder / "cache", first, environment, anew=day.is_gpu)


def ended(day: Day, trainer: Trainer) -> str:
    """Why a trainer failed, when it has ended; empty if it did not."""
    if trainer.wait(day.seconds) == 0:
        return ""
    status = trainer.run.status()
    return status.text if status.state is RunState.FAILED else trainer.said()[-500:]


def trained(day: Day, run: RunFolder, first: OnDevice | None = None) -> str:
    """Train a run to its end; why that failed, or nothing."""
    return ended(day, begun(day, run, first))


def finished_run(day: Day, kind: str) -> RunFolder:
    """The run of a kind in float32, of an earlier section or made now.

    Raises:
        Skipped: It can't be made.
    """
    path = day.folder / "runs" / f"{kind}-float32"
    if path.exists() and (run := RunFolder.open(path)).results_file.exists():
        return run
    run = new_run(day, path.name, recipe_for(day, kind, runtime__precision="float32"))
    if why := trained(day, run):
        raise Skipped(f"there is no run to look at: {why}")
    return run


def differences(found: dict[str, Any], expected: dict[str, Any]) -> float:
    """The largest relative difference of two runs' losses; infinite if steps are missing."""
    largest = 0.0 if found.keys() == expected.keys() else float("inf")
    for stage in found.keys() & expected.keys():
        steps, others = found[stage], expected[stage]
        if steps.keys() != others.keys():
            return float("inf")
        for step, losses in steps.items():
            mine, theirs = losses["loss"], others[step]["loss"]
            difference = abs(mine - theirs) / max(abs(theirs), 1e-6)
            # Written so that what is no number is the largest difference of all.
            largest = max(largest, difference) if difference >= 0 else float("inf")
    return largest


def with_device(day: Day, device: str) -> Day:
    """The same on another device."""
    return dataclasses.replace(day, device=device)


def folder_of(day: Day, name: str) -> Path:
    """A new folder for a section."""
    path = day.folder / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
