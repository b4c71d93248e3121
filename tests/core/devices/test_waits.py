"""No step of training waits for the device, reports neither: the host does so between stages."""

from pathlib import Path

import pytest

from core.run.events import CheckpointSaved, StepDone
from core.run.folder import RunFolder
from tests.helpers.trainers import events_of, finished
from tests.helpers.worlds import World, in_both_worlds, new_run, with_text_when_slow
from tests.later.kind import Later
from tests.later.waits import Waits, read_waits

STEPS = 9
# Two groups of parameters, decayed or not: each is an update of its own.
UPDATES = 2
READ = "training.losses.hear"


def waits_of(world: World, folder: Path, **changes: object) -> tuple[RunFolder, Waits]:
    """A run that reports rarely, and what the host waited for but to show people previews."""
    lengths = {f"{section}__steps": STEPS for section in ("pretrain", "distill", "finetune")}
    rarely = {"runtime__report_s": 0.001, "runtime__checkpoint_minutes": 5.0, "probe__every": 0}
    device = {"runtime__device": "auto"}
    run = new_run(world, folder / "run", **{**lengths, **rarely, **device, **changes})
    finished(run, world.cache, Later(waits=folder / "waits.json"))
    waits = read_waits(folder / "waits.json")
    for key in [key for key in waits.seen if "previews" in key[1]]:
        del waits.seen[key]
    return run, waits


@in_both_worlds
def test_that_no_step_waits_for_the_device(world: World, tmp_path: Path) -> None:
    augmented = {"distill__flips": True} if world.kind == "images" else {}
    run, waits = waits_of(world, tmp_path, finetune__arms=["base"], **augmented)
    stages = len(list(run.stages.iterdir()))
    assert waits.updates == stages * STEPS * UPDATES
    ends = {stage * STEPS * UPDATES for stage in range(stages + 1)}
    assert [key for key in waits.seen if key[2] not in ends] == []
    # The losses of step 8 are there by the time of step 9, the last one.
    assert waits.places()[READ] == stages
    assert [event.step for event in events_of(run, StepDone)] == stages * [8, 9]


@pytest.mark.slow
@with_text_when_slow
def test_that_a_live_teacher_and_each_regulariser_let_the_host_run_ahead(
    world: World, tmp_path: Path
) -> None:
    crops = {}
    if world.kind == "images":
        # Whose teacher is live in every stage.
        crops = {"distill__random_resized_crops": True, "pretrain__objective": "features"}
    arms = ["base", "l2sp", "r3f", "mars", "recadam"]
    steps = {"pretrain__steps": 2, "distill__steps": 3, "finetune__steps": 3}
    how = {"distill__targets": "live", "finetune__arms": arms, "finetune__warmup_steps": 0}
    run, waits = waits_of(world, tmp_path, **how, **steps, **crops)
    places = waits.places()
    # Once at the end of each stage.
    assert places.pop(READ) == len(list(run.stages.iterdir()))
    begin_or_end = ("loop.__init__", "_upload", "frozen_teacher", "finite", "checkpoint")
    begin_or_end += (
        "encode",
        "first_head",
        "frozen",
        "weights",
        "classifier.<dictcomp>",
        "self_distill",
        "initial",
        "mars",
    )
    assert [place for place in places if not any(part in place for part in begin_or_end)] == []
    # The weights that a regulariser holds on to go to the device once.
    for place in places:
        if "initial" in place or "mars" in place:
            assert places[place] < 200


@with_text_when_slow
def test_that_checkpoints_on_the_way_are_copied_without_waiting(
    world: World, tmp_path: Path
) -> None:
    often = {"runtime__checkpoint_minutes": 1e-6, "distill__rounds": 0, "finetune__steps": 0}
    run, waits = waits_of(world, tmp_path, **often)
    assert [event.step for event in events_of(run, CheckpointSaved)] == [8, 9]
    there = {where for _, where, at in waits.seen if at == 8 * UPDATES}
    assert {READ, "training.failures.require_finite_weights"} <= there
    # The one that writes may have to wait for the copy, in its own thread.
    assert there <= {READ, "training.failures.require_finite_weights", "training.stored.write"}
