"""Pausing, stopping, signals, a second trainer: asked of real processes."""

import signal
import sys
import time
from pathlib import Path

import pytest

from core.errors import RunError
from core.run.events import CheckpointSaved, Outcome, RunEnded, StageResumed, StepDone
from core.run.folder import RunFolder, RunState
from core.run.launch import TrainerProcess, send_command
from tests.helpers.trainers import (
    At,
    Trainer,
    events_of,
    finished,
    outcome,
    weights_of,
)
from tests.helpers.worlds import UNTUNED, World, new_run, with_text_when_slow

STAGE = "02-self-distill-round-1"
# Long enough that no checkpoint is due by time: what is saved was saved for the request.
RARELY = 60.0

pytestmark = with_text_when_slow


@pytest.fixture
def run(world: World, tmp_path: Path) -> RunFolder:
    """A run like `untuned`."""
    return new_run(world, tmp_path / "run", runtime__checkpoint_minutes=RARELY, **UNTUNED)


def held(run: RunFolder, world: World, stage: str = STAGE, step: int = 3) -> Trainer:
    """A trainer that holds still after a step."""
    trainer = Trainer(run, world.cache, At(run.path, "step_done", stage, step))
    trainer.wait_until_held()
    return trainer


def command(trainer: Trainer, verb: str) -> None:
    """Send a command and let the trainer go on when it has been read."""
    send_command(trainer.run, verb)
    while (trainer.run.path / "control.json").exists():
        time.sleep(0.01)
    # It is removed a moment before it is passed on.
    time.sleep(0.1)
    trainer.let_go()


def assert_saved_at(run: RunFolder, step: int) -> None:
    saved = [event for event in events_of(run, CheckpointSaved) if event.stage == STAGE]
    assert [event.step for event in saved] == [step]
    steps = [event.step for event in events_of(run, StepDone) if event.stage == STAGE]
    assert max(steps) == step


def test_that_a_paused_run_goes_on_as_if_it_had_never_stopped(
    run: RunFolder, world: World, untuned: RunFolder
) -> None:
    trainer = held(run, world)
    assert run.status().state is RunState.RUNNING
    command(trainer, "pause")
    assert trainer.wait() == 0
    assert run.status().state is RunState.PAUSED
    assert "redistill resume" in outcome(run).text
    assert_saved_at(run, 3)
    finished(run, world.cache)
    assert [(event.stage, event.step) for event in events_of(run, StageResumed)] == [(STAGE, 3)]
    assert weights_of(run) == weights_of(untuned)


@pytest.mark.slow
def test_that_a_stopped_run_keeps_its_encoder_and_can_still_go_on(
    run: RunFolder, world: World, untuned: RunFolder
) -> None:
    trainer = held(run, world)
    command(trainer, "stop")
    assert trainer.wait() == 0
    assert run.status().state is RunState.STOPPED
    assert outcome(run).outcome is Outcome.STOPPED
    assert (run.stage(STAGE) / "encoder.safetensors").is_file()
    assert not (run.stage(STAGE) / "summary.json").exists()
    finished(run, world.cache)
    assert weights_of(run) == weights_of(untuned)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_that_one_signal_finishes_the_step_and_saves(
    run: RunFolder, world: World, untuned: RunFolder, number: signal.Signals
) -> None:
    trainer = held(run, world)
    trainer.signal(number)
    time.sleep(0.3)
    assert trainer.is_alive()
    trainer.let_go()
    assert trainer.wait() == 0
    assert run.status().state is RunState.PAUSED
    assert_saved_at(run, 3)
    finished(run, world.cache)
    assert weights_of(run) == weights_of(untuned)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_that_a_second_signal_leaves_at_once(
    run: RunFolder, world: World, number: signal.Signals
) -> None:
    trainer = held(run, world)
    trainer.signal(number)
    time.sleep(0.3)
    trainer.signal(number)
    assert trainer.wait(10) == 128 + number
    assert run.status().state is RunState.INTERRUPTED
    assert not events_of(run, RunEnded)


def test_that_a_second_trainer_is_refused_and_the_state_is_told_as_it_is(
    run: RunFolder, world: World
) -> None:
    first = held(run, world, "01-further-pretrain", 1)
    status = run.status()
    assert (status.state, status.pid) == (RunState.RUNNING, first.pid)
    second = Trainer(run, world.cache)
    assert second.wait() == 2
    assert '"error_id": "run-locked"' in second.said()
    assert f"process {first.pid}" in second.said()
    # The refused one changed nothing.
    assert run.status() == status
    assert not events_of(run, RunEnded)
    first.kill()
    assert run.status().state is RunState.INTERRUPTED
    with pytest.raises(RunError) as caught:
        send_command(run, "pause")
    assert caught.value.id == "run-not-running"


def test_that_a_command_left_from_before_does_not_pause_the_next_trainer(
    world: World, tmp_path: Path
) -> None:
    run = new_run(world, tmp_path / "run", pretrain__steps=1, distill__rounds=0, finetune__steps=0)
    (run.path / "control.json").write_text('{"command": "stop"}')
    finished(run, world.cache)
    assert outcome(run).outcome is Outcome.FINISHED


def test_that_the_real_command_streams_events_pauses_and_dies_in_words(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    monkeypatch.chdir(tmp_path)
    run = new_run(world, tmp_path / "run", pretrain__steps=4000, distill__rounds=0)
    started = TrainerProcess(run)
    events = []
    for event in started.events():
        events.append(event)
        if isinstance(event, StepDone):
            started.process.kill()
    assert any(isinstance(event, StepDone) for event in events)
    last = events[-1]
    assert isinstance(last, RunEnded)
    assert last.error_id == "trainer-died"
    assert "redistill resume" in last.text
    assert run.status().state is RunState.INTERRUPTED
    assert started.process.stdout is not None
    started.process.stdout.close()
