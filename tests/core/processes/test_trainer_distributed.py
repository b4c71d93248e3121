"""Several processes train as one does: real gloo processes, of one kind under torch's launcher."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.run.events import RunStarted, StepDone
from core.run.folder import RunFolder, RunState
from core.run.launch import send_command, trainer_command
from core.system import process_names
from tests.helpers.trainers import ROOT, Trainer, events_of, finished, losses_of
from tests.helpers.worlds import World, new_run, with_text_when_slow


def start(run: RunFolder, cache: Path, processes: int) -> subprocess.Popen[bytes]:
    """Trainers that train together; on CPUs, one thread each.

    Through the door that clusters know, as the documents tell `torchrun`: `-m core.trainer`.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "REDISTILL_CACHE": str(cache),
        "OMP_NUM_THREADS": "1",
    }
    command = trainer_command(run.path, processes)
    command[command.index(process_names.TRAINER)] = "core.trainer"
    with (run.path / "test-output.txt").open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, env=environment)


def finished_by_two(run: RunFolder, world: World, *, launched: bool = False) -> RunFolder:
    """Train a run with two processes: forked with what `torchrun` would set, or launched by it.

    The launcher's processes import torch three times.
    """
    if launched:
        process = start(run, world.cache, 2)
        assert process.wait(240) == 0, (run.path / "test-output.txt").read_text()[-3000:]
        return run
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    world_size = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    ranks = [{"RANK": rank, "LOCAL_RANK": rank, **where, **world_size} for rank in ("0", "1")]
    trainers = [Trainer(run, world.cache, environment=rank) for rank in ranks]
    codes = [trainer.wait() for trainer in trainers]
    assert codes == [0, 0], trainers[0].said()[-3000:]
    return run


def assert_same_losses(found: RunFolder, expected: RunFolder) -> None:
    mine, theirs = losses_of(found), losses_of(expected)
    assert mine.keys() == theirs.keys()
    for stage, steps in theirs.items():
        assert mine[stage].keys() == steps.keys()
        for step, losses in steps.items():
            assert mine[stage][step] == pytest.approx(losses, abs=1e-5), (stage, step)


def test_that_the_door_of_clusters_leads_to_the_trainer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "core.trainer", str(tmp_path / "nothing")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert said.returncode == 2
    assert '"error_id": "run-' in said.stdout


@with_text_when_slow
@pytest.mark.parametrize("launched", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_that_two_processes_give_the_losses_of_one_in_every_stage(
    world: World, tmp_path: Path, launched: bool
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
    finished_by_two(together, world, launched=launched)
    (started,) = events_of(together, RunStarted)
    assert started.num_processes == 2
    assert_same_losses(together, alone)
    # Only one of them wrote: every step is there once.
    steps = [(event.stage, event.step) for event in events_of(together, StepDone)]
    assert len(steps) == len(set(steps))


@pytest.mark.slow
def test_that_two_processes_contrast_with_the_whole_batch(world: World, tmp_path: Path) -> None:
    changes: dict[str, object] = {
        "pretrain__objective": "contrastive",
        "pretrain__batch_size": 9,
        "distill__batch_size": 9,
        "finetune__arms": ["distilled"],
    }
    alone = finished(new_run(world, tmp_path / "alone", **changes), world.cache)
    together = finished_by_two(new_run(world, tmp_path / "together", **changes), world)
    assert_same_losses(together, alone)


@with_text_when_slow
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
