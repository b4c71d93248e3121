"""What a run is doing, on the command line."""

import json
from pathlib import Path

import pytest

from core.queue.items import RunQueue
from core.recipe import preset_recipe
from core.run.event_log import EventLog
from core.run.events import Event, Noticed, Progress, RaceMoved, StepDone
from core.run.folder import RunFolder, RunState
from tests.core.cli.test_commands import said

STEP = StepDone(
    stage="01-further-pretrain",
    step=30,
    num_steps=80,
    losses={"loss": 0.5},
    lr=1e-4,
    images_per_s=100.0,
    stage_left_s=50.0,
    run_left_s=4000.0,
    memory_gib=1.0,
)
PART = Progress(stage="prepare", what="tokenising texts (MiB)", done=912, total=9537, left_s=3900.0)


def reported(run: RunFolder, *events: Event) -> None:
    log = EventLog(run.events_file)
    for event in events:
        log.append(event)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run folder that a trainer says it works on."""
    made = RunFolder.create(tmp_path / "run", preset_recipe("quick"))
    made.write_status(RunState.RUNNING, "Training.")
    return made


def test_that_the_step_and_both_times_left_are_said(run: RunFolder) -> None:
    with run.lock():
        reported(run, PART, STEP)
        words = said("status", str(run.path))
        assert "01-further-pretrain: step 30 of 80" in words
        assert "Stage: 50 s left; run: 1 h 07 min left." in words
        assert "okenising" not in words
        assert json.loads(said("status", str(run.path), "--json"))["part"] is None


def test_that_a_part_without_steps_is_said_with_its_time_left(run: RunFolder) -> None:
    with run.lock():
        # An earlier step says nothing of what is being done now.
        reported(run, STEP, PART)
        words = said("status", str(run.path))
        assert "Tokenising texts (MiB): 912 of 9,537; 1 h 05 min left." in words
        assert "step 30" not in words
        facts = json.loads(said("status", str(run.path), "--json"))
        assert (facts["part_done"], facts["part_left_s"], facts["step"]) == (912, 3900.0, None)


def test_that_no_time_left_is_said_of_a_run_that_nobody_works_on(run: RunFolder) -> None:
    reported(run, PART)
    words = said("status", str(run.path))
    assert "interrupted" in words
    assert "Tokenising texts (MiB): 912 of 9,537." in words
    assert " left" not in words


def test_that_the_state_of_a_race_is_said(run: RunFolder) -> None:
    moved = RaceMoved(stage="01-race", words="Round 1: LoRA.", rounds=["10 steps"], entries=[])
    with run.lock():
        reported(run, moved, Progress(stage="01-race", what="LoRA", done=3, total=10))
        words = said("status", str(run.path))
    assert "Race: Round 1: LoRA." in words
    assert "LoRA: 3 of 10" in words


def test_that_a_run_that_waits_for_room_says_so_where_it_is_looked_for(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "data"))
    RunQueue().add(run)
    full = Noticed(id="disk-full", text="The disk is full: a checkpoint can't be written.")
    other = Noticed(id="memory-low", text="Memory is low.")
    with run.lock():
        reported(run, STEP, full, other)
        words = said("status", str(run.path))
        assert full.text in words
        assert "left" not in words
        assert json.loads(said("queue", "list", "--json"))["items"][0]["text"] == full.text
        assert "The disk is full" in said("queue", "list")
        reported(run, STEP)
        words = said("status", str(run.path))
        assert "disk" not in words
        assert "run: 1 h 07 min left." in words
        assert "disk" not in said("queue", "list")
    reported(run, full)
    # Nothing waits where nothing runs.
    assert json.loads(said("status", str(run.path), "--json"))["waits"] is None


def test_that_a_run_that_was_moved_says_how_it_goes_on_where_it_lies(run: RunFolder) -> None:
    was = "Paused after a checkpoint. `redistill resume '/old place/run'` goes on."
    run.write_status(RunState.PAUSED, was)
    moved = run.path.rename(run.path.with_name("moved"))
    words = said("status", str(moved))
    assert f"`redistill resume {moved}` goes on." in words
    assert "/old place" not in words
