"""Running out of the device's memory: one episode, one change, and the same results."""

from pathlib import Path
from typing import Any

import pytest

from core.run.events import Noticed, StageResumed, StepDone
from core.run.folder import RunFolder
from core.training.context import Adjustments
from tests.helpers.trainers import events_of, finished, losses_of, outcome
from tests.helpers.worlds import World, in_both_worlds, new_run
from tests.later.kind import Later
from tests.later.memory import MEMORY
from tests.later.process import on_later

STAGE = "01-further-pretrain"
BATCH = 64


def a_run(world: World, path: Path, **changes: object) -> RunFolder:
    values: dict[str, Any] = {"data__labeled": None, "distill__rounds": 0, "pretrain__steps": 2}
    values |= {"pretrain__batch_size": BATCH, "runtime__device": "auto"}
    run = new_run(world, path, **{**values, **changes})
    # No previews: they would take more than a step.
    run.previews.rmdir() if run.previews.is_dir() else None
    run.previews.touch()
    return run


def trained(path: Path, cache: Path) -> int:
    """Train a run in this process; the most memory that a step took."""
    import os

    from core.processes.trainer import main

    os.environ["REDISTILL_CACHE"] = str(cache)
    assert main([str(path)]) == 0, (path / "log.txt").read_text()
    return MEMORY.peak


def torn(path: Path, cache: Path) -> None:
    """As `trained`; memory runs out in the second update."""
    import torch
    from accelerate.optimizer import AcceleratedOptimizer

    updates = 0
    step = AcceleratedOptimizer.step

    def with_a_shortage(self: AcceleratedOptimizer, closure: Any = None) -> None:
        nonlocal updates
        updates += 1
        if updates == 2:
            raise torch.OutOfMemoryError("Later out of memory.")
        step(self, closure)

    AcceleratedOptimizer.step = with_a_shortage
    trained(path, cache)


def noticed(run: RunFolder) -> list[str]:
    wanted = {"out-of-memory-halved", "examples-leave-device"}
    return [event.id for event in events_of(run, Noticed) if event.id in wanted]


@in_both_worlds
def test_that_one_shortage_halves_the_pieces_once_and_changes_no_result(
    world: World, tmp_path: Path
) -> None:
    whole, half = (
        a_run(world, tmp_path / "whole"),
        a_run(world, tmp_path / "half", runtime__micro_batch_size=BATCH // 2),
    )
    peaks = [on_later(trained, run.path, world.cache) for run in (whole, half)]
    limit = sum(peaks) // 2
    run = a_run(world, tmp_path / "run")
    on_later(trained, run.path, world.cache, later=Later(memory=limit))
    assert noticed(run) == ["out-of-memory-halved"]
    found = Adjustments.load(run.path / "adjustments.json")
    assert found.micro_batch_sizes == {"further-pretrain": BATCH // 2}
    assert [event.step for event in events_of(run, StepDone)] == [1, 2]
    for step, losses in losses_of(whole)[STAGE].items():
        assert losses_of(run)[STAGE][step] == pytest.approx(losses, rel=1e-4)


@pytest.mark.slow
def test_that_images_leave_the_device_before_pieces_become_single_rows(
    world: World, tmp_path: Path
) -> None:
    # Probes look at fewer than are trained on: their own shortages are another matter.
    few = {"pretrain__batch_size": 4, "runtime__micro_batch_size": 2, "probe__max_images": 2}
    two = a_run(world, tmp_path / "two", **few)
    peak = on_later(trained, two.path, world.cache)
    run = a_run(world, tmp_path / "run", **few)
    # The 24 images take 72 KiB; what else is there at once differs by some of them.
    on_later(trained, run.path, world.cache, later=Later(memory=peak - 30_000))
    assert noticed(run) == ["examples-leave-device"]
    assert losses_of(run) == losses_of(two)


def test_that_images_leave_the_device_when_memory_runs_out_in_an_update(
    world: World, tmp_path: Path
) -> None:
    few = {"pretrain__batch_size": 4, "runtime__micro_batch_size": 2, "probe__max_images": 2}
    run = a_run(world, tmp_path / "run", **few)
    on_later(torn, run.path, world.cache)
    assert noticed(run) == ["examples-leave-device"]
    # Weights that may be torn are not trained on: they come from the checkpoint.
    assert len(events_of(run, StageResumed)) == 1
    assert [event.step for event in events_of(run, StepDone)] == [1, 2]


def test_that_a_device_too_small_for_one_row_is_said_in_words(world: World, tmp_path: Path) -> None:
    run = a_run(world, tmp_path / "run", runtime__micro_batch_size=1)
    with pytest.raises(AssertionError):
        on_later(trained, run.path, world.cache, later=Later(memory=900_000))
    assert outcome(run).error_id in {"out-of-memory", "memory-spent"}


def test_that_the_next_stage_tries_a_larger_size(world: World, tmp_path: Path) -> None:
    run = a_run(world, tmp_path / "run", runtime__device="cpu")
    file = run.path / "adjustments.json"
    Adjustments(file, {"further-pretrain": 4}, {}, {"further-pretrain": "00-before"}).save()
    finished(run, world.cache)
    found = Adjustments.load(file)
    assert found.micro_batch_sizes == {"further-pretrain": 8}
    assert found.found_in == {"further-pretrain": STAGE}
