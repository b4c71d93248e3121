"""Running out of memory, really: a limit on a trainer that has already begun."""

import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core.run.events import Noticed, StageResumed, StepDone
from core.run.folder import RunFolder
from core.training.context import Adjustments
from tests.helpers.text_worlds import save_tiny_masked_lm
from tests.helpers.trainers import (
    At,
    Trainer,
    events_of,
    finished,
    losses_of,
    outcome,
    weights_of,
)
from tests.helpers.worlds import UNTUNED, World, new_run, save_tiny_model, with_text_when_slow

STAGE = "01-further-pretrain"
BATCH = 1024

pytestmark = [
    with_text_when_slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS of another process"),
]


@pytest.fixture(scope="module")
def wide_model(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose batch takes much more memory than everything else."""
    folder = tmp_path_factory.mktemp("wide") / "model"
    if world.kind == "text":
        return save_tiny_masked_lm(folder, hidden_size=128, intermediate_size=512)
    save_tiny_model(folder, embed_dim=128)
    return folder


def a_run(world: World, model: Path, path: Path, micro_batch_size: int | None = None) -> RunFolder:
    return new_run(
        world,
        path,
        data__labeled=None,
        model__name=str(model),
        pretrain__steps=3,
        pretrain__batch_size=BATCH,
        distill__rounds=0,
        runtime__micro_batch_size=micro_batch_size,
    )


def address_space(trainer: Trainer) -> int:
    return psutil.Process(trainer.pid).memory_info().vms


def resident(trainer: Trainer) -> int:
    return psutil.Process(trainer.pid).memory_info().rss


def hold_before_training(run: RunFolder, world: World) -> Trainer:
    trainer = Trainer(run, world.cache, At(run.path, "stage_started", STAGE, 0))
    trainer.wait_until_held()
    return trainer


@pytest.fixture(scope="module")
def roomy(
    world: World, wide_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, int]:
    """The run with all the memory it wants, and how many bytes its training takes."""
    run = a_run(world, wide_model, tmp_path_factory.mktemp("roomy") / "run")
    trainer = hold_before_training(run, world)
    before = after = resident(trainer)
    trainer.let_go()
    # Read while it works: what is taken is not given back before the process ends.
    while trainer.is_alive():
        with suppress(psutil.NoSuchProcess):
            after = max(after, resident(trainer))
        time.sleep(0.005)
    assert trainer.wait() == 0, trainer.said()
    return run, after - before


@pytest.mark.slow
def test_that_memory_running_out_halves_the_micro_batch_and_changes_no_result(
    world: World, wide_model: Path, roomy: tuple[RunFolder, int], tmp_path: Path
) -> None:
    reference, needed = roomy
    assert needed > 100 * 2**20
    run = a_run(world, wide_model, tmp_path / "run")
    trainer = hold_before_training(run, world)
    process = psutil.Process(trainer.pid)
    soft, hard = process.rlimit(psutil.RLIMIT_AS)
    limit = address_space(trainer) + needed // 2
    process.rlimit(psutil.RLIMIT_AS, (limit, hard))
    trainer.let_go()
    ran_out = trainer.wait_for(lambda event: getattr(event, "id", "") == "out-of-memory-halved")
    trainer.wait_for(lambda event: isinstance(event, StepDone) and event.time > ran_out.time)
    # The size is found. What else a run does at its end may need more than steps so small.
    process.rlimit(psutil.RLIMIT_AS, (soft, hard))
    assert trainer.wait() == 0, trainer.said()[-3000:]

    said = [event for event in events_of(run, Noticed) if event.id == "out-of-memory-halved"]
    size = BATCH // 2 ** len(said)
    assert said
    assert f"now computed {size} examples at a time" in said[-1].text
    adjustments = Adjustments.load(run.path / "adjustments.json")
    assert adjustments.micro_batch_sizes == {"further-pretrain": size}
    # No step was lost or done twice, and each gave the loss of the whole batch.
    assert [event.step for event in events_of(run, StepDone)] == [1, 2, 3]
    for step, losses in losses_of(reference)[STAGE].items():
        assert losses_of(run)[STAGE][step] == pytest.approx(losses, abs=1e-5)


@pytest.mark.slow
def test_that_a_resumed_run_keeps_the_size_it_found(
    world: World, wide_model: Path, tmp_path: Path
) -> None:
    asked = finished(a_run(world, wide_model, tmp_path / "asked", 48), world.cache)
    run = a_run(world, wide_model, tmp_path / "found")
    Adjustments(run.path / "adjustments.json", {"further-pretrain": 48}).save()
    died = At(run.path, "checkpoint_saved", STAGE, 1, dies=True)
    assert Trainer(run, world.cache, died).wait() == -9
    finished(run, world.cache)
    assert [event.step for event in events_of(run, StageResumed)] == [1]
    # Sums in pieces of another size would round differently.
    assert weights_of(run) == weights_of(asked)
    assert weights_of(run) != weights_of(
        finished(a_run(world, wide_model, tmp_path / "whole"), world.cache)
    )


@pytest.mark.slow
def test_that_memory_running_out_between_steps_ends_in_words_and_can_be_resumed(
    world: World, tmp_path: Path, untuned: RunFolder
) -> None:
    run = new_run(world, tmp_path / "run", **UNTUNED)
    # The next thing it does is to look at the representation, for which it opens a file.
    trainer = Trainer(run, world.cache, At(run.path, "step_done", STAGE, 3))
    trainer.wait_until_held()
    limit = address_space(trainer)
    psutil.Process(trainer.pid).rlimit(psutil.RLIMIT_AS, (limit, limit))
    trainer.let_go()
    assert trainer.wait() == 2
    assert outcome(run).error_id == "memory-spent"
    assert "redistill resume" in outcome(run).text
    finished(run, world.cache)
    assert weights_of(run) == weights_of(untuned)
