"""Run folders in every state, written as a trainer writes them but without training."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from core.recipe import Recipe
from core.run.event_log import EventLog
from core.run.events import RunStarted, StageStarted, StepDone
from core.run.folder import RunFolder, RunState
from core.system.atomic import write_json

STAGES = ["01-further-pretrain", "02-self-distill-round-1"]
RECIPE = {
    "data": {"unlabeled": ["/nowhere"]},
    "pretrain": {"steps": 100, "batch_size": 10},
    "distill": {"steps": 100, "batch_size": 10},
}


def make_run(
    path: Path, state: RunState = RunState.NEW, *, step: int = 0, left_s: float | None = None
) -> RunFolder:
    """A run in a state, `step` steps of 100 into its first stage."""
    run = RunFolder.create(path, Recipe.model_validate(RECIPE))
    if state is not RunState.NEW:
        log = EventLog(run.events_file)
        log.append(RunStarted(stages=STAGES, device="CPU", precision="float32", num_processes=1))
        log.append(StageStarted(stage=STAGES[0], num_steps=100))
        if step:
            log.append(step_done(step, left_s))
    # A trainer that died without a word left this behind.
    written = RunState.RUNNING if state is RunState.INTERRUPTED else state
    run.write_status(written, f"It is {state}.")
    return run


def step_done(step: int, left_s: float | None) -> StepDone:
    return StepDone(
        stage=STAGES[0],
        step=step,
        num_steps=100,
        losses={"loss": 1.0},
        lr=1e-3,
        images_per_s=10.0,
        stage_left_s=left_s,
        run_left_s=left_s,
        memory_gib=0.1,
    )


def finish(run: RunFolder) -> RunFolder:
    """All stages done, with results."""
    for name in STAGES:
        run.stage(name).mkdir(parents=True)
        write_json(run.stage(name) / "summary.json", {})
    arms = {
        arm: {
            "accuracy": value,
            "intervals": {"accuracy": {"value": value, "low": value - 0.1, "high": value + 0.1}},
            "against": {} if arm == "base" else {"base": {"value": 0.25, "low": -0.1, "high": 0.6}},
        }
        for arm, value in (("base", 0.5), ("distilled", 0.75))
    }
    write_json(run.results_file, {"format": 1, "verdict": "A gain.", "arms": arms})
    run.write_status(RunState.FINISHED, "A gain.")
    return run


def add_pictures(run: RunFolder, folder: Path, number: int = 6) -> None:
    """A manifest with pictures that are there."""
    folder.mkdir(parents=True)
    lines = [{"kind": "redistill-manifest", "format": 1, "roots": [str(folder)]}]
    for index in range(number):
        name = f"{index}.png"
        Image.fromarray(np.full((40, 60, 3), 20 * index, np.uint8)).save(folder / name)
        lines.append(["image", name, 0, 1, 1, "0", 60, 40, "", None, None])  # type: ignore[arg-type]
    run.manifest_file.write_text("".join(json.dumps(line) + "\n" for line in lines))
