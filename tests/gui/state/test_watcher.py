"""The bridge to real trainers: started, watched, paused, killed, found again."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.recipe import Recipe
from core.run.events import CheckpointSaved, StepDone
from core.run.folder import RunFolder, RunState
from gui.state.watcher import RunWatcher, discard_folder
from tests.helpers.trainers import At, Trainer, events_of, finished, weights_of
from tests.helpers.worlds import UNTUNED, World, new_run

PRETRAIN = "01-further-pretrain"


def state_is(watcher: RunWatcher, state: RunState) -> bool:
    """Whether the watched run is in a state, and no trainer about to start."""
    return watcher.status is not None and watcher.status.state is state and not watcher.is_starting


@pytest.mark.slow
def test_that_a_run_is_started_paused_and_continued_from_the_window(
    world: World, tmp_path: Path, qtbot: QtBot, watcher: RunWatcher, monkeypatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    run = new_run(world, tmp_path / "run", pretrain__steps=100_000, distill__rounds=0)
    seen: list[object] = []
    watcher.events_arrived.connect(seen.extend)
    watcher.watch(run)
    watcher.start()
    assert watcher.is_starting
    watcher.start()  # a second click starts no second trainer
    qtbot.waitUntil(lambda: any(isinstance(event, StepDone) for event in seen), timeout=60_000)
    assert state_is(watcher, RunState.RUNNING)
    watcher.pause()
    assert watcher.asked == "pause"
    qtbot.waitUntil(lambda: state_is(watcher, RunState.PAUSED), timeout=60_000)
    assert watcher.asked is None
    assert not watcher.is_training
    assert any(isinstance(event, CheckpointSaved) for event in seen)
    watcher.start()
    qtbot.waitUntil(lambda: state_is(watcher, RunState.RUNNING), timeout=60_000)
    watcher.stop()
    qtbot.waitUntil(lambda: state_is(watcher, RunState.STOPPED), timeout=60_000)


def test_that_a_killed_trainer_is_said_and_the_run_goes_on_to_the_same_end(
    world: World, tmp_path: Path, qtbot: QtBot, watcher: RunWatcher, untuned: RunFolder
) -> None:
    run = new_run(world, tmp_path / "run", **UNTUNED)
    trainer = Trainer(run, world.cache, At(run.path, "step_done", PRETRAIN, 4))
    watcher.watch(run)
    trainer.wait_until_held()
    qtbot.waitUntil(lambda: state_is(watcher, RunState.RUNNING))
    os.kill(trainer.pid, signal.SIGKILL)
    trainer.process.join()
    qtbot.waitUntil(lambda: state_is(watcher, RunState.INTERRUPTED))
    assert watcher.status is not None
    assert "without a message" in watcher.status.text
    (run.path / "held").unlink()
    finished(run, world.cache)
    qtbot.waitUntil(lambda: state_is(watcher, RunState.FINISHED))
    assert weights_of(run) == weights_of(untuned)


@pytest.mark.slow
def test_that_a_run_trained_elsewhere_is_followed(
    world: World, tmp_path: Path, qtbot: QtBot, watcher: RunWatcher
) -> None:
    run = finished(new_run(world, tmp_path / "run", distill__rounds=0), world.cache)
    seen: list[object] = []
    watcher.events_arrived.connect(seen.extend)
    watcher.watch(run)
    qtbot.waitUntil(lambda: state_is(watcher, RunState.FINISHED))
    assert seen == events_of(run)


@pytest.mark.parametrize("harm", ["deleted", "state", "newer"])
def test_that_a_harmed_run_is_said_in_words(
    tmp_path: Path, qtbot: QtBot, watcher: RunWatcher, harm: str
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    watcher.watch(run)
    with qtbot.waitSignal(watcher.trouble, timeout=5000) as told:
        if harm == "deleted":
            shutil.rmtree(run.path)
        elif harm == "state":
            (run.path / "state.json").write_text("{broken")
        else:
            (run.path / "state.json").write_text('{"state": "dreaming"}')
    tone, what, action = told.args
    assert tone == "bad"
    assert str(run.path) in what
    assert action
    assert watcher.status is None
    watcher.pause()  # nothing to ask, and nothing breaks
    watcher.watch(None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_read_only_run_is_said(tmp_path: Path, qtbot: QtBot, watcher: RunWatcher) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    watcher.watch(run)
    run.path.chmod(0o500)
    try:
        with qtbot.waitSignal(watcher.trouble) as told:
            watcher.start()
        assert "can't be written" in told.args[1]
        assert not watcher.is_training
    finally:
        run.path.chmod(0o700)


@pytest.mark.slow
def test_that_a_trainer_that_can_not_start_is_said(
    tmp_path: Path, qtbot: QtBot, watcher: RunWatcher
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    watcher.watch(run)
    run.recipe_file.write_text("no recipe at all")
    watcher.start()
    qtbot.waitUntil(lambda: state_is(watcher, RunState.FAILED), timeout=60_000)
    assert watcher.status is not None
    assert "recipe" in watcher.status.text


def test_that_a_discarded_folder_is_gone(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "run" / "stages").mkdir(parents=True)
    assert discard_folder(tmp_path / "run")
    assert not (tmp_path / "run").exists()
