"""Damaged checkpoints: said, passed over, and without an effect on the result."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.run.events import Noticed, StageResumed
from core.run.folder import RunFolder, RunState
from tests.helpers.trainers import At, Trainer, events_of, finished, outcome, weights_of
from tests.helpers.worlds import UNTUNED, World, new_run, with_text_when_slow

STAGE = "02-self-distill-round-1"

pytestmark = with_text_when_slow


@pytest.fixture(scope="module")
def killed(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that died by SIGKILL with the checkpoints of steps 3 and 4 on disk."""
    run = new_run(world, tmp_path_factory.mktemp("killed") / "run", **UNTUNED)
    trainer = Trainer(run, world.cache, At(run.path, "checkpoint_saved", STAGE, 4, dies=True))
    assert trainer.wait() == -9
    return run


@pytest.fixture
def copy(killed: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of it, to be damaged."""
    shutil.copytree(killed.path, tmp_path / "run")
    return RunFolder.open(tmp_path / "run")


def checkpoint(run: RunFolder, step: int) -> Path:
    return run.stage(STAGE) / f"checkpoint-{step:08d}.safetensors"


def flip_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def garble_its_record(file: Path) -> None:
    file.with_suffix(".json").write_text('{"format": 1, "st')


def test_that_two_checkpoints_survive_a_kill(killed: RunFolder) -> None:
    assert killed.status().state is RunState.INTERRUPTED
    found = sorted(file.name for file in killed.stage(STAGE).glob("checkpoint-*"))
    assert found == [
        f"checkpoint-0000000{step}.{end}" for step in (3, 4) for end in ("json", "safetensors")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        flip_a_byte,
        garble_its_record,
        pytest.param(truncate, marks=pytest.mark.slow),
        pytest.param(Path.unlink, marks=pytest.mark.slow),
    ],
)
def test_that_a_damaged_newest_checkpoint_is_said_and_the_one_before_it_used(
    copy: RunFolder, world: World, untuned: RunFolder, damage: Callable[[Path], None]
) -> None:
    damage(checkpoint(copy, 4))
    finished(copy, world.cache)
    said = [notice for notice in events_of(copy, Noticed) if notice.id == "checkpoint-damaged"]
    assert len(said) == 1
    assert "checkpoint-00000004" in said[0].text
    assert [event.step for event in events_of(copy, StageResumed)] == [3]
    assert weights_of(copy) == weights_of(untuned)


def test_that_a_half_written_checkpoint_never_counts(
    copy: RunFolder, world: World, untuned: RunFolder
) -> None:
    newest = checkpoint(copy, 4)
    half = newest.read_bytes()[:5000]
    # Killed while writing step 6: a temporary file. Killed between its two renames: no record.
    newest.with_name(".checkpoint-00000006.123.tmp").write_bytes(half)
    checkpoint(copy, 5).write_bytes(newest.read_bytes())
    finished(copy, world.cache)
    assert not [notice for notice in events_of(copy, Noticed) if "checkpoint" in notice.id]
    assert [event.step for event in events_of(copy, StageResumed)] == [4]
    assert weights_of(copy) == weights_of(untuned)
    assert not list(copy.stage(STAGE).glob("*checkpoint-*"))


@pytest.mark.slow
def test_that_without_a_usable_checkpoint_the_run_stops_and_says_what_to_do(
    copy: RunFolder, world: World
) -> None:
    for step in (3, 4):
        flip_a_byte(checkpoint(copy, step))
    assert Trainer(copy, world.cache).wait() == 2
    assert copy.status().state is RunState.FAILED
    ended = outcome(copy)
    assert ended.error_id == "checkpoints-damaged"
    assert STAGE in ended.text
    assert "delete" in ended.text
    # What it says to do helps.
    shutil.rmtree(copy.stage(STAGE))
    finished(copy, world.cache)
