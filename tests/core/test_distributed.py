"""Several processes train as one does: real gloo processes under torch's launcher."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from core.events import RunStarted, StepDone
from core.launch import send_command, trainer_command
from core.run_folder import RunFolder, RunState
from tests.helpers.trainers import ROOT, events_of, finished, losses_of
from tests.helpers.worlds import World, in_both_worlds, new_run


def start(run: RunFolder, cache: Path, processes: int) -> subprocess.Popen[bytes]:
    """Trainers that train together; on CPUs, one thread each."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "REDISTILL_CACHE": str(cache),
        "OMP_NUM_THREADS": "1",
    }
    with (run.path / "test-output.txt").open("ab") as output:
        return subprocess.Popen(
            trainer_command(run.path, processes), stdout=output, stderr=output, env=environment
        )


def assert_same_losses(found: RunFolder, expected: RunFolder) -> None:
    mine, theirs = losses_of(found), losses_of(expected)
    assert mine.keys() == theirs.keys()
    for stage, steps in theirs.items():
        assert mine[stage].keys() == steps.keys()
        for step, losses in steps.items():
            assert mine[stage][step] == pytest.approx(losses, abs=1e-5), (stage, step)


@in_both_worlds
def test_that_two_processes_give_the_losses_of_one_in_every_stage(
    world: World, tmp_path: Path
) -> None:
    # An odd batch: the two processes have 5 and 4 rows of it.
    changes: dict[str, object] = {
        "pretrain__batch_size": 9,
        "distill__batch_size": 9,
        "distill__flips": world.kind == "images",
        "finetune__batch_size": 9,
        "finetune__arms": ["distilled"],
    }
    alone = finished(new_run(world, tmp_path / "alone", **changes), world.cache)
    together = new_run(world, tmp_path / "together", **changes)
    process = start(together, world.cache, 2)
    assert process.wait(240) == 0, (together.path / "test-output.txt").read_text()[-3000:]
    (started,) = events_of(together, RunStarted)
    assert started.num_processes == 2
    assert_same_losses(together, alone)
    # Only one of them wrote: every step is there once.
    steps = [(event.stage, event.step) for event in events_of(together, StepDone)]
    assert len(steps) == len(set(steps))


@in_both_worlds
@pytest.mark.slow
def test_that_a_run_of_two_processes_is_resumed_by_one(world: World, tmp_path: Path) -> None:
    changes: dict[str, object] = {"pretrain__steps": 60, "finetune__arms": ["further"]}
    alone = finished(new_run(world, tmp_path / "alone", **changes), world.cache)
    run = new_run(world, tmp_path / "run", **changes)
    process = start(run, world.cache, 2)
    while not events_of(run, StepDone):
        assert process.poll() is None, (run.path / "test-output.txt").read_text()[-3000:]
        time.sleep(0.05)
    send_command(run, "pause")
    assert process.wait(120) == 0
    assert run.status().state is RunState.PAUSED
    finished(run, world.cache)
    assert_same_losses(run, alone)
