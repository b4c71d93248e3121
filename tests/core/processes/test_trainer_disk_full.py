"""A full disk: the trainer waits, says so, and goes on; nothing is lost."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.run.event_log import EventLog, read_events
from core.run.events import Event, Noticed
from core.run.folder import RunFolder
from tests.helpers.trainers import Trainer, finished, weights_of
from tests.helpers.worlds import World, new_run, with_text_when_slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, which only root can mount."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    mounted = subprocess.run(mount, check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(f"can't mount a small disk here: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


ROOM_FOR_EVENTS = 48 * 1024
CHANGES: dict[str, object] = {"pretrain__steps": 40, "distill__rounds": 0, "finetune__steps": 0}


@pytest.fixture(scope="module")
def expected(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The run on a disk that has room."""
    folder = tmp_path_factory.mktemp("expected")
    return finished(new_run(world, folder / "run", **CHANGES), world.cache)


def is_disk_full(event: Event) -> bool:
    return isinstance(event, Noticed) and event.id == "disk-full"


def fill(disk: Path, left: int = 0) -> Path:
    """Write until nothing more fits; then leave so many bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            os.truncate(filler, max(0, filler.stat().st_size - left))
            return filler


@with_text_when_slow
def test_that_a_full_disk_pauses_training_until_there_is_room(
    world: World, small_disk: Path, expected: RunFolder
) -> None:
    run = new_run(world, small_disk / "run", **CHANGES)
    trainer = Trainer(run, world.cache)
    trainer.wait_for(lambda event: event.kind == "checkpoint_saved")
    # Room for events, not for a checkpoint.
    filler = fill(small_disk, left=ROOM_FOR_EVENTS)
    trainer.wait_for(is_disk_full)
    assert trainer.is_alive()
    filler.unlink()
    assert trainer.wait() == 0, trainer.said()[-2000:]
    notices = [event.id for event in read_events(run.events_file) if isinstance(event, Noticed)]
    assert "disk-full" in notices
    assert "disk-has-room" in notices
    assert weights_of(run) == weights_of(expected)


@pytest.mark.slow
@with_text_when_slow
def test_that_pausing_on_a_full_disk_ends_with_the_last_checkpoint(
    world: World, small_disk: Path, expected: RunFolder
) -> None:
    run = new_run(world, small_disk / "run", **CHANGES)
    trainer = Trainer(run, world.cache)
    trainer.wait_for(lambda event: event.kind == "checkpoint_saved")
    filler = fill(small_disk, left=ROOM_FOR_EVENTS)
    trainer.wait_for(is_disk_full)
    trainer.signal(15)
    assert trainer.wait() == 0, trainer.said()[-2000:]
    filler.unlink()
    finished(RunFolder.open(run.path), world.cache)
    assert weights_of(run) == weights_of(expected)


def test_that_events_wait_for_room_and_keep_their_order(small_disk: Path) -> None:
    log = EventLog(small_disk / "events.jsonl")
    log.append(Noticed(id="first", text="there was room"))
    filler = fill(small_disk, left=4096)
    for number in range(200):
        log.append(Noticed(id=f"waits-{number}", text="x" * 100))
    assert len(list(read_events(small_disk / "events.jsonl"))) < 201
    filler.unlink()
    log.append(Noticed(id="last", text="there is room again"))
    found = [
        event.id for event in read_events(small_disk / "events.jsonl") if isinstance(event, Noticed)
    ]
    assert found == ["first", *(f"waits-{number}" for number in range(200)), "last"]
