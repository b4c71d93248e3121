"""When one of several trainers is killed, hangs, fails or is paused, the others do not wait."""

import sys
from pathlib import Path

import pytest

from core.run.events import Noticed
from core.run.folder import RunFolder, RunState
from tests.helpers.several import Blind, Fault, seconds_to_end, start_together
from tests.helpers.trainers import At, Trainer, events_of, finished, losses_of, outcome
from tests.helpers.worlds import World, new_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

# In the order of a run; the number is that of the call.
PLACES = {
    "preparing": ("core.stages.prepare:read_manifest", 1),
    "decoding": ("core.images.modality:_pixels", 1),
    "border": ("core.stages.pipeline:_complete", 2),
    "step": ("core.training.loop:TrainingLoop._train_step", 6),
    # Sums of gradients have begun, and others wait for the rest of this process's.
    "sums": ("core.training.ranks:Ranks.begin_other_sums", 6),
    "checkpoint": ("core.training.loop:TrainingLoop._save", 6),
    "probe": ("core.stages.masked_job:probe_encoder", 1),
    "targets": ("core.stages.teacher_targets:encode_blocks", 1),
    "evaluation": ("core.stages.finetune_job:encode", 1),
}
CHANGES: dict[str, object] = {"finetune__steps": 0, "finetune__warmup_steps": 0, "probe__every": 0}
TUNED: dict[str, object] = {"finetune__arms": ["distilled"], "probe__every": 0}


@pytest.fixture(scope="module")
def alone(image_world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The run as one process trains it."""
    folder = tmp_path_factory.mktemp("alone")
    return finished(new_run(image_world, folder / "run", **CHANGES), image_world.cache)


def assert_same_losses(run: RunFolder, expected: RunFolder) -> None:
    theirs, found = losses_of(expected), losses_of(run)
    assert found.keys() == theirs.keys()
    for stage, steps in found.items():
        for step, losses in steps.items():
            assert losses == pytest.approx(theirs[stage][step], abs=1e-5), (stage, step)


def struck(
    world: World, folder: Path, place: tuple[str, int], what: str, rank: int
) -> tuple[float, list[int | None], RunFolder]:
    """Seconds until all had ended, their exit codes, and the run."""
    is_late = place == PLACES["evaluation"]
    run = new_run(world, folder / "run", **(TUNED if is_late else CHANGES))
    mark = folder / "struck"
    fault = Fault(place[0], what, mark, place[1])
    trainers = start_together(run, world.cache, {rank: fault})
    took = seconds_to_end(trainers, mark)
    return took, [trainer.process.exitcode for trainer in trainers], run


def assert_all_ended(world: World, folder: Path, place: str, what: str, rank: int) -> None:
    took, codes, run = struck(world, folder, PLACES[place], what, rank)
    assert took < 60
    if what == "pause":
        assert codes == [0, 0]
        assert run.status().state is RunState.PAUSED
    elif what == "fail":
        assert codes == [2, 2]
        assert run.status().state is RunState.FAILED
        # Also where rank 0 only heard of it.
        assert "a disk went up in smoke" in outcome(run).text
    elif rank == 1:
        assert codes[0] == 2
        assert outcome(run).error_id == "process-lost"
    else:
        # Who writes is gone: what is on disk says nothing, as after any kill.
        assert codes[1] == 2


@pytest.mark.parametrize(
    ("place", "what", "rank"),
    [
        pytest.param("step", "pause", 1, marks=pytest.mark.slow),
        pytest.param("targets", "fail", 1, marks=pytest.mark.slow),
        ("border", "kill", 0),
    ],
)
def test_that_nobody_waits_for_a_process_that_left(
    image_world: World, tmp_path: Path, place: str, what: str, rank: int
) -> None:
    assert_all_ended(image_world, tmp_path, place, what, rank)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize("what", ["kill", "freeze", "pause", "fail"])
@pytest.mark.parametrize("place", PLACES)
def test_that_nobody_waits_longer_than_a_minute_anywhere(
    image_world: World, tmp_path: Path, place: str, what: str, rank: int
) -> None:
    assert_all_ended(image_world, tmp_path, place, what, rank)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_that_nobody_waits_in_the_sum_of_gradients(
    image_world: World, tmp_path: Path, rank: int
) -> None:
    # A collective that no message can end: the process itself has to.
    place = ("core.training.ranks:Ranks.sum_gradients", 5)
    took, codes, run = struck(image_world, tmp_path, place, "freeze", rank)
    assert took < 60
    assert codes[1 - rank] == 2
    if rank == 1:
        assert outcome(run).error_id == "process-lost"


@pytest.mark.slow
def test_that_a_run_goes_on_alone_after_one_of_two_was_killed(
    image_world: World, tmp_path: Path, alone: RunFolder
) -> None:
    took, codes, run = struck(image_world, tmp_path, PLACES["targets"], "kill", 1)
    assert took < 60
    assert codes[0] == 2
    finished(run, image_world.cache)
    assert_same_losses(run, alone)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_that_a_torn_update_of_one_takes_all_back_to_the_checkpoint(
    image_world: World, tmp_path: Path, alone: RunFolder, rank: int
) -> None:
    run = new_run(image_world, tmp_path / "run", **CHANGES)
    fault = Fault("accelerate.optimizer:AcceleratedOptimizer.step", "tear", tmp_path / "struck", 5)
    trainers = start_together(run, image_world.cache, {rank: fault})
    codes = [trainer.wait(120) for trainer in trainers]
    assert codes == [0, 0], trainers[0].said()[-3000:]
    notices = [event.id for event in events_of(run, Noticed)]
    assert notices.count("update-torn") == 1
    assert_same_losses(run, alone)


@pytest.mark.slow
def test_that_processes_with_different_checkpoints_do_not_train_together(
    image_world: World, tmp_path: Path
) -> None:
    run = new_run(image_world, tmp_path / "run", **CHANGES)
    stage = "01-further-pretrain"
    killed = Trainer(run, image_world.cache, At(run.path, "checkpoint_saved", stage, 3, dies=True))
    assert killed.wait() < 0
    trainers = start_together(run, image_world.cache, {1: Blind()})
    assert [trainer.wait(60) for trainer in trainers] == [2, 2]
    ended = outcome(run)
    assert ended.error_id == "processes-differ"
    assert stage in ended.text


@pytest.mark.slow
def test_that_a_refusal_before_the_start_reaches_the_others(
    image_world: World, tmp_path: Path
) -> None:
    run = new_run(image_world, tmp_path / "run", **CHANGES)
    with run.lock():
        trainers = start_together(run, image_world.cache, {})
        codes = [trainer.wait(60) for trainer in trainers]
    assert codes == [2, 2]
